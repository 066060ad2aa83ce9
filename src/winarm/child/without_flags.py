"""Run a compiler without the arguments that the user asked to be dropped.

    python without_flags.py PATTERN... -- COMPILER ARGUMENT...

CMake puts it before the compiler of a project (CMAKE_<LANG>_COMPILER_LAUNCHER). It tells on
standard error what it left out, so that nobody has to guess.
"""

import fnmatch
import subprocess
import sys


def kept(arguments: list[str], patterns: list[str]) -> tuple[list[str], list[str]]:
    """Return the arguments that match none of `patterns`, and the others.

    >>> kept(["cc", "-msse4.2", "-O2", "/arch:AVX2"], ["-msse*", "/arch:*"])
    (['cc', '-O2'], ['-msse4.2', '/arch:AVX2'])
    """
    dropped = [
        argument
        for argument in arguments
        if any(fnmatch.fnmatchcase(argument, pattern) for pattern in patterns)
    ]
    return [argument for argument in arguments if argument not in dropped], dropped


def main(words: list[str]) -> int:
    """Run what stands behind the first `--` and return its exit status."""
    end = words.index("--")
    command, dropped = kept(words[end + 1 :], words[:end])
    if dropped:
        sys.stderr.write(f"winarm: dropped as asked: {' '.join(dropped)}\n")
        sys.stderr.flush()
    return subprocess.run(command, check=False).returncode  # noqa: S603 - what CMake runs anyway


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
