"""Python for Windows ARM64 in a folder: NuGet's layout, python.org's or uv's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import read_machine
from winarm.errors import TargetPythonError, bullets
from winarm.search import Search, miss
from winarm.target import TARGETS, WIN_ARM64, PythonABI

_DLL = re.compile(r"python(3)([0-9]{1,2})(t?)\.dll", re.IGNORECASE)
#: Bytes of an image in which its header is.
_HEAD = 4096


@dataclass(frozen=True, slots=True)
class WindowsPython:
    """A Python that runs on Windows ARM64."""

    executable: Path
    abi: PythonABI

    @property
    def folder(self) -> Path:
        """Return the folder that the Python is in."""
        return self.executable.parent


def spelled(abi: PythonABI) -> str:
    """Return how users write a version: `3.13`, `3.13t`."""
    return f"{abi.version}{'t' if abi.free_threaded else ''}"


def pythons_in(folder: Path) -> Search[tuple[WindowsPython, ...]]:
    """Return the Pythons for Windows ARM64 in a folder, or why there is none."""
    reasons = []
    for root in (folder, folder / "tools"):
        try:
            names = sorted(entry.name for entry in root.iterdir())
        except OSError as error:
            if root == folder:
                reasons.append(f"{root} cannot be read: {error.strerror}")
            continue
        found = []
        for name in names:
            dll = _DLL.fullmatch(name)
            if dll is None:
                continue
            abi = PythonABI(int(dll[2]), bool(dll[3]))
            machine = _machine(root / name)
            if machine != WIN_ARM64.machine:
                reasons.append(f"{root / name} is for {_spelled_machine(machine)}, not ARM64")
                continue
            executable = next((root / exe for exe in _executables(abi) if exe in names), None)
            if executable is None:
                reasons.append(f"{root} has {name} and no python.exe")
                continue
            found.append(WindowsPython(executable, abi))
        if found:
            return Search(tuple(found))
    return miss(*(reasons or [f"{folder} has no python3XX.dll, nor has its folder tools"]))


def find_windows_python(abi: PythonABI, folders: Iterable[Path]) -> WindowsPython:
    """Return the Python of an ABI in one of the folders.

    :raises TargetPythonError: there is none; the message names everything that was looked at.
    """
    misses = []
    for folder in folders:
        search = pythons_in(folder)
        for python in search.found or ():
            if python.abi == abi:
                return python
        others = " and ".join(spelled(python.abi) for python in search.found or ())
        misses.append(search.why or f"{folder} holds Python {others}")
    what = f"there is no Python {spelled(abi)} for Windows ARM64 to try the wheel with."
    if misses:
        what += f" Looked at:\n{bullets(misses)}"
    raise TargetPythonError(what, cure=CURE)


#: What helps where no Python for Windows ARM64 is found.
CURE = (
    "Name a folder that has one with --python or WINARM_TARGET_PYTHON: the unpacked NuGet package "
    "pythonarm64, or where python.org's installer put Python."
)


def _executables(abi: PythonABI) -> tuple[str, ...]:
    return (f"python{abi.version}t.exe", "python.exe") if abi.free_threaded else ("python.exe",)


def _machine(image: Path) -> int | None:
    try:
        with image.open("rb") as file:
            return read_machine(file.read(_HEAD))
    except (OSError, MalformedError):
        return None


def _spelled_machine(machine: int | None) -> str:
    names: Iterator[str] = (known.processor for known in TARGETS if known.machine == machine)
    return next(names, "an unknown machine")
