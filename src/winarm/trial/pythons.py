"""Pythons for Windows ARM64 that trials run: in folders, of the cache or of uv, or from NuGet.

A folder has the layout of NuGet's package, of python.org's installer or of uv.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from winarm.coff.buffer import MalformedError
from winarm.coff.headers import read_machine
from winarm.environment.uv import find_uv
from winarm.errors import SourceError, TargetPythonError, bullets
from winarm.events import Listener, Note, Step
from winarm.host import Host, ProgramError
from winarm.search import Search, miss
from winarm.target import TARGETS, WIN_ARM64, PythonABI
from winarm.trial.nuget import fetch_python
from winarm.trial.options import TrialOptions

_DLL = re.compile(r"python(3)([0-9]{1,2})(t?)\.dll", re.IGNORECASE)
#: Bytes of an image in which its header is.
_HEAD = 4096
#: What helps where no Python for Windows ARM64 is found.
CURE = (
    "Name a folder that has one with --python or WINARM_TARGET_PYTHON: the unpacked NuGet package "
    "pythonarm64, or where python.org's installer put Python."
)


@dataclass(frozen=True, slots=True)
class WindowsPython:
    """A Python that runs on Windows ARM64."""

    executable: Path
    abi: PythonABI

    @property
    def folder(self) -> Path:
        """Return the folder that the Python is in."""
        return self.executable.parent


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


def known_pythons(host: Host, options: TrialOptions) -> Mapping[PythonABI, WindowsPython]:
    """Return the Pythons of the folders that the user names and of winarm's cache."""
    found: dict[PythonABI, WindowsPython] = {}
    for folder in _folders(host, options):
        for python in pythons_in(folder).found or ():
            found.setdefault(python.abi, python)
    return found


def python_for(
    host: Host, abi: PythonABI, options: TrialOptions, listener: Listener
) -> WindowsPython:
    """Return a Python of an ABI that is here, or that is fetched.

    :raises TargetPythonError: there is none, and none can be fetched; the message names
        everything that was looked at.
    """
    misses = []
    for folder in (*_folders(host, options), *_uv_pythons(host)):
        search = pythons_in(folder)
        if python := _of(abi, search):
            return python
        others = " and ".join(python.abi.spelling for python in search.found or ())
        misses.append(search.why or f"{folder} holds Python {others}")
    wanted, source = f"Python {abi.spelling} for Windows ARM64", options.python_source
    what = f"there is no {wanted} to try the wheel with."
    if misses:
        what += f" Looked at:\n{bullets(misses)}"
    if not source:
        raise TargetPythonError(what, cure=CURE)
    listener(Note(f"fetching {wanted} from {source}"))
    try:
        fetched = fetch_python(host, abi, source, lambda text: listener(Step(text)))
    except SourceError as error:
        raise TargetPythonError(what, why=error.what, cure=CURE) from error
    if python := _of(abi, pythons_in(fetched)):
        return python
    raise TargetPythonError(what, why=f"{fetched.name} of {source} is another Python.", cure=CURE)


def _of(abi: PythonABI, search: Search[tuple[WindowsPython, ...]]) -> WindowsPython | None:
    return next((python for python in search.found or () if python.abi == abi), None)


def _uv_pythons(host: Host) -> tuple[Path, ...]:
    """Return the folders of the Pythons for Windows ARM64 that uv has installed."""
    uv = find_uv(host)
    if uv is None:
        return ()
    try:
        folder = Path(host.run([*uv, "python", "dir"]).stdout.strip())
        return tuple(sorted(folder.glob("cpython-*-windows-aarch64-*"), reverse=True))
    except (OSError, ProgramError):
        return ()


def _folders(host: Host, options: TrialOptions) -> tuple[Path, ...]:
    cached = host.cache / "trial" / "pythons"
    with contextlib.suppress(OSError):
        return (*options.python_dirs, *sorted(cached.iterdir()))
    return options.python_dirs


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
