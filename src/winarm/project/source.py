"""What the user asks to be built: a folder, a source distribution, or one from the index."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.requirements import InvalidRequirement, Requirement

from winarm.errors import FileSystemError, SourceError, UsageError
from winarm.project.archives import ENDINGS, ending, top_folder, unpack
from winarm.project.pip_config import PipConfiguration
from winarm.project.releases import fetch_sdist

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.target import PythonABI

#: The files of which a project has at least one, as pip looks for them.
_BUILD_FILES = ("pyproject.toml", "setup.py")
_WHAT_IT_MAY_BE = (
    "It may be a folder, a source distribution (.tar.gz, .zip) or a requirement such as "
    "annoy==1.17.3."
)


def open_source(
    host: Host,
    spec: str,
    workdir: Path,
    pip: PipConfiguration,
    *,
    progress: Callable[[str], None],
    python: PythonABI | None = None,
    announce: Callable[[str], None] = lambda _: None,
) -> Path:
    """Return the folder of the project that `spec` names, fetched and unpacked; none of it is run.

    A folder or file of that name is stronger than a requirement of that name.

    :param workdir: an existing folder that an archive is unpacked into.
    :param pip: where a requirement is fetched from.
    :param progress: is called with a few words on what takes time.
    :param python: only releases for this Python are fetched; any, when not given.
    :param announce: is called with what is fetched from where, before it is.
    :raises UsageError: `spec` is nothing that winarm builds.
    :raises SourceError: it cannot be found, fetched or unpacked, or has no build system.
    """
    path = Path(spec)
    match _kind(path) if spec else "nothing":
        case "folder":
            return _folder(path, spec)
        case "file":
            return _archive(path, workdir)
        case "nothing":
            requirement = _requirement(spec)
            progress(f"looking for the source of {requirement}")
            sdist = fetch_sdist(host, requirement, pip, progress, python, announce=announce)
            return _archive(sdist, workdir)


def _kind(path: Path) -> Literal["folder", "file", "nothing"]:
    try:
        if path.is_dir():
            return "folder"
        return "file" if path.exists() else "nothing"
    except (OSError, ValueError):  # a name that is too long, or has a null byte
        return "nothing"


def _folder(path: Path, spec: str) -> Path:
    folder = path.resolve()
    if not _has_build_system(folder):
        cure = "Name the folder that has pyproject.toml in it."
        if spec == path.name:
            cure += f" To build {spec} from the package index, write '{spec}>=0'."
        raise _no_build_system(spec, cure)
    return folder


def _archive(path: Path, workdir: Path) -> Path:
    if ending(path.name) is None:
        raise _unusable_file(path)
    into = workdir / "source"
    try:
        into.mkdir()
    except OSError as error:
        raise FileSystemError(into, error) from error
    unpack(path, into)
    folder = top_folder(into, path)
    if not _has_build_system(folder):
        raise _no_build_system(path.name, "Name the source distribution of a Python project.")
    return folder


def _has_build_system(folder: Path) -> bool:
    return any((folder / file).is_file() for file in _BUILD_FILES)


def _requirement(spec: str) -> Requirement:
    """Return `spec`, which is neither folder nor file, as a requirement on an index."""
    if "://" in spec or spec.startswith("git@"):
        raise UsageError(
            f"{spec} is an address, and winarm fetches only from the package index.",
            cure="Clone or download it, and name the folder or file.",
        )
    # A requirement has no path separators outside an address, and no archive's ending.
    if "/" in spec or "\\" in spec or spec.startswith((".", "~")) or _looks_like_file(spec):
        raise UsageError(f"there is no folder or file {spec}.", cure=_WHAT_IT_MAY_BE)
    try:
        return Requirement(spec)
    except InvalidRequirement:
        raise UsageError(
            f"{spec!r} is neither a folder nor a file nor a requirement.", cure=_WHAT_IT_MAY_BE
        ) from None


def _looks_like_file(spec: str) -> bool:
    return spec.lower().endswith((*ENDINGS, ".whl", ".toml", ".py"))


def _no_build_system(name: str, cure: str) -> SourceError:
    return SourceError(
        f"{name} has no build system: there is neither pyproject.toml nor setup.py in it.",
        why="It is not the top folder of a Python project.",
        cure=cure,
    )


def _unusable_file(path: Path) -> UsageError:
    if path.suffix.lower() == ".whl":
        message = f"{path.name} is a wheel: it has been built already."
        cure = f"Name the source. To look at the wheel: winarm verify {path}"
        return UsageError(message, cure=cure)
    if path.name in _BUILD_FILES:
        return UsageError(f"{path} is part of a project.", cure=f"Name its folder: {path.parent}")
    if path.suffix.lower() == ".txt":
        message = f"{path} is not a source distribution."
        cure = f"To build what a requirements file lists: winarm build -r {path}"
        return UsageError(message, cure=cure)
    message = f"{path} is not a source distribution."
    return UsageError(message, cure=_WHAT_IT_MAY_BE)
