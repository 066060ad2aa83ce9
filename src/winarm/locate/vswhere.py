r"""Instances of Visual Studio: asked of vswhere in one call, or found on the disk.

vswhere prints JSON of its own making: only `"` and `\\` are escaped, the encoding is the
console's unless a version obeys `-utf8` (vswhere#262), properties may be absent, and without
`-products * -prerelease -all` it leaves out Build Tools, previews and whatever awaits a reboot.
The folder's name is not the release (Visual Studio 2026 is in `18`), so it is never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from winarm.host import Host, ProgramError
from winarm.locate import folders
from winarm.locate.request import numbers
from winarm.search import Search, miss

#: Everything in one call; what to take of it is decided here, not there.
ARGUMENTS = ("-all", "-prerelease", "-products", "*", "-format", "json", "-utf8", "-nologo")

#: Seconds; it answers in a twentieth of one.
TIMEOUT = 10.0

#: Replaces a byte that was not UTF-8.
_UNDECODED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Instance:
    """One installation of Visual Studio or its Build Tools."""

    path: Path
    #: `17.14.36811.4`; empty where only the disk was asked.
    version: str
    #: For people: `Visual Studio Build Tools 2022`.
    name: str
    complete: bool = True
    prerelease: bool = False

    def __str__(self) -> str:
        """Return what to call it in a message."""
        state = ", a preview" * self.prerelease + ", not installed completely" * (not self.complete)
        return f"{self.name} {self.version}".strip() + f" in {self.path}{state}"


def find_instances(host: Host) -> Search[tuple[Instance, ...]]:
    """Return every instance whose folder is there, and a miss for everything else."""
    listed = _vswhere(host).then(lambda program: _asked(host, program))
    on_disk = [_on_disk(instance) for instance in listed.found or ()]
    misses = (*listed.misses, *(line for search in on_disk for line in search.misses))
    there = tuple(search.found for search in on_disk if search.found)
    # COM is not registered on some ARM64 machines (cc-rs#597): vswhere sees nothing then.
    there = there or tuple(_walked(host))
    if there:
        return Search(there, misses)
    return miss(*misses, "Microsoft Visual Studio in the program folders: not there")


def program_folders(host: Host) -> tuple[Path, ...]:
    """Return the folders where programs are installed, the 32-bit one first."""
    found = (host.variable(name) for name in ("ProgramFiles(x86)", "ProgramFiles", "ProgramW6432"))
    return tuple(Path(folder) for folder in dict.fromkeys(filter(None, found)))


def _vswhere(host: Host) -> Search[Path]:
    """Return vswhere.exe from its fixed place, or from where package managers put a copy."""
    places = [folder / "Microsoft Visual Studio" / "Installer" for folder in program_folders(host)]
    for variable, below in (
        ("ChocolateyInstall", "bin"),
        ("LOCALAPPDATA", "Microsoft/WinGet/Links"),
        ("USERPROFILE", "scoop/shims"),
        ("SCOOP", "shims"),
    ):
        folder = host.variable(variable)
        if folder:
            places.append(Path(folder) / below)
    found = next((path for place in places if (path := folders.inside(place, "vswhere.exe"))), None)
    found = found or host.which("vswhere")
    if found is None:
        return miss(f"vswhere.exe: not in {places[0] if places else 'any program folder'}")
    return Search(found)


def _asked(host: Host, program: Path) -> Search[tuple[Instance, ...]]:
    try:
        answer = host.run([program, *ARGUMENTS], timeout=TIMEOUT)
    except ProgramError as error:
        return miss(f"vswhere: {error.what}")
    if not answer.ok:
        said = (answer.stderr.strip() or answer.stdout.strip()).splitlines()
        words = f": {said[0][:200]}" if said else ""
        return miss(f"{program}: ended with exit status {answer.status}{words}")
    return parse_instances(answer.stdout).at(str(program))


def parse_instances(text: str) -> Search[tuple[Instance, ...]]:
    """Return the instances in vswhere's JSON, and a miss for entries that are not instances."""
    try:
        # Control characters in names are not escaped.
        entries = json.loads(text.removeprefix("\N{BYTE ORDER MARK}").strip() or "[]", strict=False)
    except (ValueError, RecursionError) as error:
        return miss(f"its answer is not JSON ({str(error)[:120]})")
    if not isinstance(entries, list):
        return miss("its answer is not a list of instances")
    if not entries:
        return miss("it knows of no Visual Studio")
    instances = [_instance(entry) for entry in entries]
    lines = ("it lists an instance without a folder",) if None in instances else ()
    return Search(tuple(filter(None, instances)), lines)


def _instance(entry: Any) -> Instance | None:  # noqa: ANN401 - whatever JSON has
    if not isinstance(entry, dict):
        return None
    path, version = entry.get("installationPath"), entry.get("installationVersion")
    if not isinstance(path, str) or not path.strip() or "\0" in path:
        return None
    name = entry.get("displayName") or entry.get("installationName") or "Visual Studio"
    return Instance(
        path=Path(path.strip()),
        version=version if isinstance(version, str) and numbers(version) else "",
        name=str(name)[:100],
        # An instance that awaits a reboot is complete for our purpose: its files are asked.
        complete=entry.get("isComplete", True) is not False,
        prerelease=entry.get("isPrerelease", False) is True,
    )


def _on_disk(instance: Instance) -> Search[Instance]:
    path = _decoded(instance.path)
    if path is None or not path.is_dir():
        return miss(f"{instance}: the folder is gone")
    return Search(replace(instance, path=path))


def _decoded(path: Path) -> Path | None:
    """Return a path that vswhere printed in another code page, as the disk has it."""
    if _UNDECODED not in str(path):
        return path
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        if _UNDECODED in part:
            form = re.compile(".+".join(map(re.escape, re.split(f"{_UNDECODED}+", part))))
            fitting = [name for name in folders.names(found) if form.fullmatch(name)]
            if len(fitting) != 1:
                return None
            part = fitting[0]  # noqa: PLW2901 - the same part, spelled correctly
        found /= part
    return found


def _walked(host: Host) -> Iterator[Instance]:
    for programs in program_folders(host):
        home = programs / "Microsoft Visual Studio"
        for release in folders.names(home):
            for edition in folders.names(home / release):
                path = home / release / edition
                if folders.inside(path, "VC", "Tools", "MSVC"):
                    yield Instance(path, "", f"Visual Studio {edition}")
