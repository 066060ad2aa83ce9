"""Answer as `xml2-config` and similar programs do, for the target's libraries.

    python library_config.py PROGRAM PKGCONF PACKAGE -- ARGUMENT...
    python library_config.py PROGRAM -- ARGUMENT...

The first form asks pkgconf about a package of the prefixes. The second explains why the program
of this machine does not answer: it describes the libraries of this machine.
"""

import os
import subprocess
import sys

#: What pkgconf calls each question; these end the list of what is asked for on one line.
FLAGS = {
    "--cflags": "--cflags",
    "--cppflags": "--cflags",
    "--includes": "--cflags-only-I",
    "--libs": "--libs",
    "--link": "--libs",
    "--ldflags": "--libs-only-L",
    "--libs-only-L": "--libs-only-L",
    "--libs-only-l": "--libs-only-l",
    "--cflags-only-I": "--cflags-only-I",
}
#: Questions that name a folder, by the variable of the package.
FOLDERS = {
    "--prefix": "prefix",
    "--exec-prefix": "exec_prefix",
    "--includedir": "includedir",
    "--incdir": "includedir",
    # pg_config's, of the server: psycopg2 asks for it and needs nothing that is there.
    "--includedir-server": "includedir",
    "--pkgincludedir": "includedir",
    "--libdir": "libdir",
    "--pkglibdir": "libdir",
    "--bindir": "bindir",
}
#: What changes nothing here: which kind of library is taken is decided by `linkage`.
IGNORED = ("--static", "--shared", "--dynamic", "--link-shared", "--link-static")

EXPLANATION = """\
winarm: {program} of this machine describes this machine's libraries, and this build is for
winarm: another one. Name an install tree of the library for the target: -C winarm.prefix=DIR.
winarm: See https://winarm.github.io/winarm/libraries.html
"""


def question(option: str) -> str | None:
    """Return pkgconf's option for an option of such a program, or None.

    >>> question("--libs"), question("--includedir"), question("--colour")
    ('--libs', '--variable=includedir', None)
    """
    if option in FOLDERS:
        return f"--variable={FOLDERS[option]}"
    return "--modversion" if option == "--version" else FLAGS.get(option)


def answers(program: str, pkgconf: str, package: str, options: list[str]) -> list[str]:
    """Return the lines that the program prints.

    :raises ValueError: an option is none that such programs have.
    """
    lines: list[str] = []
    flags: list[str] = []
    for option in options:
        if option in IGNORED:
            continue
        asked = question(option)
        if asked is None:
            raise ValueError(option)
        answer = _ask(pkgconf, package, asked)
        if option == "--bindir" and not answer:
            answer = os.path.join(_ask(pkgconf, package, "--variable=prefix"), "bin")
        if option == "--version" and program == "pg_config":
            answer = f"PostgreSQL {answer}"
        (flags if option in FLAGS else lines).append(answer)
    return [*lines, " ".join(flags)] if flags else lines


def _ask(pkgconf: str, package: str, option: str) -> str:
    command = [pkgconf, option, package]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return done.stdout.decode("utf-8", "replace").strip()


def main(words: list[str]) -> int:
    """Answer and return the exit status."""
    end = words.index("--")
    program, *rest = words[:end]
    if not rest:
        sys.stderr.write(EXPLANATION.format(program=program))
        return 1
    (pkgconf, package), options = rest, words[end + 1 :]
    try:
        for line in answers(program, pkgconf, package, options):
            print(line)
    except ValueError as error:
        sys.stderr.write(f"winarm: {program}: {error} has no answer in {package}.pc\n")
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
