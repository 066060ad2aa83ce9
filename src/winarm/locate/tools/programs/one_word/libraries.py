"""Has zig make its C and C++ libraries with all processors, before the first link that needs them.

`zig cc` of zig 0.16 and 0.17 runs a compiler for every two processors: one at a time where there
are two, of 390 for the C library. `zig build-lib` takes the number, and what it makes is found by
every later link that has the same settings; those of the launcher's links are -O2 and -s.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from .layer import layer

#: The first zig that uses half of the processors.
FIRST = (0, 16)


def libraries(arguments: list[str]) -> int:
    """Make the library of a language, `c` or `c++`, and leave a mark; a link makes what is missing.

    The mark is left after a failure, too: the next attempt would fail as this one did.
    """
    language, mark = arguments
    if _version() >= FIRST:
        with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as scratch:
            _make(language, Path(scratch))
    Path(mark).parent.mkdir(parents=True, exist_ok=True)
    Path(mark).touch()
    return 0


def _make(language: str, scratch: Path) -> None:
    """Link a DLL of nothing with the library."""
    (scratch / "empty.c").touch()
    settings = ["-target", layer("target"), "-O", "ReleaseFast", "-fstrip"]
    needed = ["-lc", "-lc++"] if language == "c++" else ["-lc"]
    # Two for each compiler, and two for zig's own work beside.
    jobs = f"-j{2 * _processors() + 2}"
    command = [layer("zig"), "build-lib", "-dynamic", *settings, *needed, jobs, "empty.c"]
    # What it has to say, the link that follows says again.
    subprocess.run(  # noqa: S603
        [*command, "--cache-dir", str(scratch)], cwd=scratch, capture_output=True, check=False
    )


def _version() -> tuple[int, ...]:
    said = subprocess.run([layer("zig"), "version"], capture_output=True, check=False)  # noqa: S603
    numbers = said.stdout.decode("utf-8", "replace").split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdecimal())


def _processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on Windows and macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1
