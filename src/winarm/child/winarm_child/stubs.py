"""Stand in for programs that import a module in order to describe it, where that cannot be.

nanobind's stubgen imports the module that was just built (nanobind_add_stub; FEniCS/basix#1011),
and a module of the target cannot be imported here. Its stub is then an incomplete one, in the form
that the typing specification has for that, so that what installs the stub finds one.
"""

import os
import sys
from collections.abc import Sequence

#: https://typing.python.org/en/latest/guides/writing_stubs.html#incomplete-stubs
INCOMPLETE = """\
# Incomplete: built for another machine, where this module cannot be imported to describe it.
from typing import Any

def __getattr__(name: str) -> Any: ...
"""


def generator_arguments(argv: Sequence[str]) -> list[str] | None:
    """Return the arguments of nanobind's stubgen if this command line runs it, else None.

    >>> generator_arguments(["python", "/env/nanobind/stubgen.py", "-q", "-m", "a"])
    ['-q', '-m', 'a']
    >>> generator_arguments(["python", "-m", "nanobind.stubgen", "-m", "a"])
    ['-m', 'a']
    >>> generator_arguments(["python", "-m", "pip", "install", "nanobind"]) is None
    True
    """
    for position, word in enumerate(argv[1:], start=1):
        if word == "-m":
            found = argv[position + 1 : position + 2] == ["nanobind.stubgen"]
            return list(argv[position + 2 :]) if found else None
        if not word.startswith("-"):
            parts = word.replace("\\", "/").split("/")
            # In a source tree of nanobind it is nanobind/src/stubgen.py.
            found = parts[-1] == "stubgen.py" and any("nanobind" in part for part in parts[-3:-1])
            return list(argv[position + 1 :]) if found else None
    return None


def write_incomplete(arguments: Sequence[str]) -> None:
    """Write the files that these arguments ask stubgen for, and say so on standard error."""
    import argparse

    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("-o", "--output-file")
    parser.add_argument("-O", "--output-dir")
    parser.add_argument("-m", "--module", action="append", default=[])
    parser.add_argument("-M", "--marker-file", action="append", default=[])
    # So that their values are not taken for files.
    parser.add_argument("-i", "--import", action="append", dest="path")
    parser.add_argument("-p", "--pattern-file", action="append")
    asked, _ = parser.parse_known_args(arguments)
    for module in asked.module:
        name = module.rpartition(".")[2] + ".pyi"
        path = asked.output_file or os.path.join(asked.output_dir or ".", name)
        _write(path, INCOMPLETE)
        sys.stderr.write(
            f"winarm: warning: no stub of {module}: it was built for another machine and cannot "
            f"be imported here; {os.path.basename(path)} is an incomplete stub.\n"
        )
    for marker in asked.marker_file:
        _write(marker, "")


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
