"""Packages whose wheels for the target bring headers, libraries or DLLs.

They are fetched from the configured index and unpacked into the cache, never installed or
imported: their code is for another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import Tag
from packaging.utils import canonicalize_name

from winarm.errors import LibraryError, SettingsError, SourceError, UsageError, bullets
from winarm.project.archives import unpack
from winarm.project.index import IndexFile, best, package_index
from winarm.project.pip_config import PipConfiguration
from winarm.storage import cached_folder

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.target import PythonABI, Target

#: The package that has Visual C++'s runtime for each machine.
MSVC_RUNTIME = "msvc-runtime"
#: Versions that a message names.
_NAMED_VERSIONS = 20

#: What C code of others can use, and what says by whom it is and on which terms.
_FOR_OTHERS = (".h", ".hpp", ".hh", ".hxx", ".inc", ".lib", ".a", ".dll", ".pc", ".cmake")


def target_package(
    host: Host,
    requirement: str,
    abi: PythonABI | None,
    target: Target,
    pip: PipConfiguration,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Return a folder with the headers and libraries of a package's wheel for the target.

    :param abi: the Python that the wheel is for; None where none of its modules matter.
    :raises SettingsError: it is not a requirement.
    :raises LibraryError: there is no such wheel, or it cannot be had.
    :raises FileSystemError: the cache cannot be written.
    """
    try:
        wanted = Requirement(requirement)
    except InvalidRequirement as error:
        raise SettingsError([f"target-requires: {requirement}: {error}"]) from None
    try:
        with package_index(pip) as index:
            listing = index.files(canonicalize_name(wanted.name), "wheel")
            fitting = [file for file in listing.files if _fits(file, abi, target)]
            file = best(wanted, fitting)
            if file is None:
                raise _no_wheel(requirement, abi, target, fitting, listing.looked_at)
            wheel = index.fetch(file, host.cache / "wheels", progress=progress)
    except (SourceError, UsageError) as error:
        raise LibraryError(
            f"the {target.wheel_platform} wheel of {requirement} cannot be had: {error.what}",
            why=error.why,
            cure=error.cure,
        ) from error
    key = file.hashes.get("sha256", "")[:16] or "unhashed"
    done = ".unpacked"

    def make(folder: Path) -> None:
        unpack(wheel, folder, wanted=is_for_others)
        (folder / done).write_text(file.name, encoding="utf-8")

    return cached_folder(host.cache / "target-packages" / f"{wheel.stem}-{key}", [done], make)


def is_for_others(path: PurePosixPath) -> bool:
    """Return whether a member of a wheel is of use to code outside of it."""
    return path.suffix.lower() in _FOR_OTHERS or ".dist-info" in path.parts[0]


def cpp_runtime(
    host: Host,
    target: Target,
    pip: PipConfiguration,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Path:
    """Return a folder with msvcp140.dll and its relatives for the target.

    Python brings vcruntime140.dll itself; vcruntime140_1.dll on Arm is ARM64EC's. Neither counts
    as C++ runtime (`winarm.verify.dlls`).

    :raises LibraryError: the package cannot be had, or has no such DLL.
    """
    folder = target_package(host, MSVC_RUNTIME, None, target, pip, progress=progress)
    found = sorted(folder.glob("**/msvcp140.dll"))
    if not found:
        raise LibraryError(
            f"the {target.wheel_platform} wheel of {MSVC_RUNTIME} has no msvcp140.dll."
        )
    return found[0].parent


def _fits(file: IndexFile, abi: PythonABI | None, target: Target) -> bool:
    """Return whether a wheel is for the target and this Python, or any."""
    platform = target.wheel_platform
    if abi is None:
        return any(tag.platform == platform for tag in file.tags)
    usable = {Tag(abi.interpreter_tag, abi.tag, platform), Tag("py3", "none", platform)}
    usable |= {Tag(f"cp3{minor}", "abi3", platform) for minor in range(2, abi.minor + 1)}
    return not usable.isdisjoint(file.tags)


def _no_wheel(
    requirement: str,
    abi: PythonABI | None,
    target: Target,
    fitting: Sequence[IndexFile],
    looked_at: Sequence[str],
) -> LibraryError:
    versions = sorted({file.version for file in fitting})[-_NAMED_VERSIONS:]
    named = ", ".join(map(str, versions)) or "none"
    python = f" for {abi.tag}" if abi else ""
    return LibraryError(
        f"there is no wheel of {requirement}{python} on {target.wheel_platform}. "
        f"Versions that have one: {named}. Looked at:\n{bullets(looked_at)}",
        cure="Check the name and version in target-requires, and pip's index-url.",
    )
