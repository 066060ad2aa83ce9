"""NumPy's headers for the target: those of the host describe the host's types.

`NPY_SIZEOF_LONG` is 8 on Linux and 4 on Windows, `NPY_SIZEOF_LONGDOUBLE` 16 and 8: a module built
against the host's headers compiles, loads, and computes nonsense. So they come from the wheel of
the same NumPy for the target.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.tags import Tag
from packaging.version import InvalidVersion, Version

from winarm.errors import SourceError, TargetPythonError, UsageError
from winarm.project.archives import unpack
from winarm.project.index import IndexFile, package_index
from winarm.project.pip_config import PipConfiguration
from winarm.storage import cached_folder
from winarm.target import WIN_ARM64, PythonABI, Target

if TYPE_CHECKING:
    from winarm.environment.interpreter import Interpreter
    from winarm.host import Host

#: Other versions that an error names.
_NAMED_VERSIONS = 40


def numpy_include(
    host: Host,
    interpreter: Interpreter,
    numpy_version: str,
    pip: PipConfiguration,
    *,
    progress: Callable[[str], None] = lambda _: None,
    target: Target = WIN_ARM64,
) -> Path:
    """Return the folder to use in place of `numpy.get_include()` of that version.

    The libraries that NumPy offers to C code, npymath.lib, are in their place next to it, in
    `../lib`.

    :raises TargetPythonError: there is no wheel of it for the target.
    :raises SourceError: no package index can be reached.
    :raises FileSystemError: the cache cannot be written.
    """
    try:
        version = Version(numpy_version)
    except InvalidVersion:
        raise TargetPythonError(
            f"the build environment has NumPy {numpy_version!r}, which is not a version."
        ) from None
    core = PurePosixPath("numpy", "core" if version < Version("2.0.dev0") else "_core")
    include = core / "include"
    name = f"{version}-{interpreter.abi.tag}-{target.wheel_platform}"

    def make(folder: Path) -> None:
        wheel = _fetched(host, interpreter.abi, version, target, pip, progress=progress)
        unpack(wheel, folder, wanted=lambda path: _is_for_c(path, core))

    try:
        folder = cached_folder(
            host.cache / "numpy" / name,
            [str(include / "numpy" / "arrayobject.h"), str(include / "numpy" / "_numpyconfig.h")],
            make,
        )
    except (SourceError, UsageError) as error:
        raise TargetPythonError(
            f"NumPy {version}'s headers for {target.wheel_platform} cannot be had: {error.what}",
            why=error.why,
            cure=error.cure,
        ) from error
    return folder / include


def _is_for_c(path: PurePosixPath, core: PurePosixPath) -> bool:
    """Tell whether a member of NumPy's wheel is meant for C code that uses NumPy."""
    return path.is_relative_to(core / "include") or (
        path.is_relative_to(core / "lib") and path.suffix in {".lib", ".a", ".ini", ".pc"}
    )


def _fetched(
    host: Host,
    abi: PythonABI,
    version: Version,
    target: Target,
    pip: PipConfiguration,
    *,
    progress: Callable[[str], None],
) -> Path:
    with package_index(pip) as index:
        listing = index.files("numpy", "wheel")
        tag = Tag(abi.interpreter_tag, abi.tag, target.wheel_platform)
        fitting = [file for file in listing.files if tag in file.tags]
        exact = [file for file in fitting if file.version == version]
        if not exact:
            what = f"NumPy {version} for {abi.tag} on {target.wheel_platform}"
            if listing.unreachable:
                otherwise = "put that wheel into a folder and name it in PIP_FIND_LINKS"
                raise listing.unreached(what, otherwise)
            raise _no_wheel(what, version, fitting)
        # The one with a checksum is better.
        best = max(exact, key=lambda file: "sha256" in file.hashes)
        return index.fetch(best, host.cache / "wheels", progress=progress)


def _no_wheel(what: str, version: Version, fitting: list[IndexFile]) -> TargetPythonError:
    versions = sorted({file.version for file in fitting if not file.version.is_prerelease})
    if not versions:
        cure = "Check pip's index-url, or build with another Python."
    else:
        nearest = next((other for other in versions if other > version), versions[-1])
        cure = (
            "Build against one of these: require it in [build-system] requires, or set "
            f"PIP_CONSTRAINT to a file with numpy=={nearest} in it."
        )
    named = ", ".join(map(str, versions[-_NAMED_VERSIONS:])) or "none"
    return TargetPythonError(
        f"there is no wheel of {what}. Versions that have one: {named}.",
        why="The project builds against NumPy, whose headers on this machine describe this "
        "machine's types; the target's come from NumPy's own wheel.",
        cure=cure,
    )
