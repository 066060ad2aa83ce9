"""Where the target's Python comes from: a folder that is named, the cache, uv, or NuGet."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from winarm.environment.uv import find_uv
from winarm.errors import TargetPythonError
from winarm.events import Listener, Note, Step
from winarm.host import Host, ProgramError
from winarm.target import PythonABI
from winarm.trial.nuget import fetch_python
from winarm.trial.options import TrialOptions
from winarm.trial.pythons import WindowsPython, find_windows_python, pythons_in, spelled


def python_for(
    host: Host, abi: PythonABI, options: TrialOptions, listener: Listener
) -> WindowsPython:
    """Return a Python of an ABI that is here, or that is fetched.

    :raises TargetPythonError: there is none, and none can be fetched.
    """
    folders = (*_folders(host, options), *_uv_pythons(host))
    try:
        return find_windows_python(abi, folders)
    except TargetPythonError as missing:
        if not options.python_source:
            raise
        listener(
            Note(f"fetching Python {spelled(abi)} for Windows ARM64 from {options.python_source}")
        )
        try:
            return fetch_python(host, abi, options.python_source, lambda text: listener(Step(text)))
        except TargetPythonError as error:
            raise TargetPythonError(missing.what, why=str(error.what), cure=error.cure) from error


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


def known_pythons(host: Host, options: TrialOptions) -> Mapping[PythonABI, WindowsPython]:
    """Return the Pythons of the folders that the user names and of winarm's cache."""
    found: dict[PythonABI, WindowsPython] = {}
    for folder in _folders(host, options):
        for python in pythons_in(folder).found or ():
            found.setdefault(python.abi, python)
    return found


def _folders(host: Host, options: TrialOptions) -> tuple[Path, ...]:
    cached = host.cache / "trial" / "pythons"
    with contextlib.suppress(OSError):
        return (*options.python_dirs, *sorted(cached.iterdir()))
    return options.python_dirs
