"""What a project's own sources say of a failure: a header or function that it has itself."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from winarm.pipeline.hints import ALSO_NATIVE, NOT_NATIVE, Hint, no_module
from winarm.project.facts import own_files

#: Files of a project among which a header is looked for.
_MOST_FILES = 20_000
#: Sources that are searched for a function, and bytes of each.
_MOST_SOURCES, _MOST_OF_SOURCE = 2_000, 2**20
#: Files that a compiler names of which so many are looked at.
_MOST_NAMED = 50


def own_header(output: str, project: Path) -> Hint | None:
    """Return what is wrong with a missing header that the project has itself, if it has."""
    match = re.search(r"fatal error: '(?P<header>[^'\n\\]+)' file not found", output)
    if match is None:
        return None
    header = match["header"]
    name = header.rpartition("/")[2]
    alike = [
        path
        for path in islice(own_files(project), _MOST_FILES)
        if path.name.lower() == name.lower()
    ]
    if not alike:
        return None
    found = min(alike, key=lambda path: path.name != name)
    place = found.relative_to(project).as_posix()
    if f"/{place}".endswith(f"/{header}"):
        return Hint(
            f"The project has {header} itself ({place}), and that folder is not among those that "
            "the compiler searches.",
            "Name it in include-dirs of [tool.winarm], or see why the project's own build leaves "
            "it out for Windows.",
        )
    if f"/{place}".lower().endswith(f"/{header}".lower()):
        return Hint(
            f"The code includes {header}, and the project has it as {place}: Windows finds files "
            f"in any case, this machine does not. {NOT_NATIVE}",
            "Have the project write the name as the file has it.",
        )
    return None


def own_module(output: str, project: Path) -> Hint | None:
    """Return what is wrong with a missing Python module that the project has itself, if it has."""
    match = re.search(no_module(r"(?P<module>\w+)"), output, re.MULTILINE)
    if match is None:
        return None
    module = match["module"]
    found = [
        name for name in (f"{module}.py", f"{module}/__init__.py") if (project / name).exists()
    ]
    if not found:
        return None
    return Hint(
        f"The project has {module} itself ({found[0]}), and its folder is not among those that "
        f"Python searches when a build backend runs setup.py. {ALSO_NATIVE}",
        'Have the project write backend-path = ["."] into [build-system], or leave out '
        "build-backend there: setuptools then adds the folder.",
    )


def own_inline(missing: Sequence[str], project: Path) -> Hint | None:
    """Return what is wrong with a missing function that the project itself makes inline in C."""
    if not missing:
        return None
    inline = re.compile(
        r"^(?P<before>[\w \t*]*)\b(?:__)?inline(?:__)?\b[\w\s*]*?"
        rf"\b(?P<symbol>{'|'.join(map(re.escape, missing))})\s*\([^;{{}}]*\)\s*\{{",
        re.MULTILINE,
    )
    sources = (path for path in own_files(project) if path.suffix in {".c", ".h"})
    for path in islice(sources, _MOST_SOURCES):
        with contextlib.suppress(OSError), path.open(encoding="utf-8", errors="replace") as file:
            for match in inline.finditer(file.read(_MOST_OF_SOURCE)):
                if not re.search(r"\b(?:static|extern)\b", match["before"]):
                    return Hint(
                        f"{match['symbol']} is inline and not static in "
                        f"{path.relative_to(project).as_posix()}: by the standard of C such a "
                        "definition makes no code, and no file of the project does. "
                        f"{NOT_NATIVE}",
                        "Have the project write static inline; or, where one file alone has it, "
                        "-C winarm.cflags=-fgnu89-inline makes the code.",
                    )
    return None


def asks_for_msvc(output: str, project: Path) -> str:
    """Return a file of those in a compiler's error that decides by its being Microsoft's."""
    lines = re.finditer(
        r"^(?:In file included from )?(?P<file>[^\s:][^\n:]*):\d+", output, re.MULTILINE
    )
    for name in list(dict.fromkeys(line["file"] for line in lines))[:_MOST_NAMED]:
        path = project / name
        if not path.resolve().is_relative_to(project.resolve()):
            continue
        with contextlib.suppress(OSError), path.open("rb") as file:
            if b"_MSC_VER" in file.read(_MOST_OF_SOURCE):
                return name
    return ""
