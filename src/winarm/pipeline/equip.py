"""Finding what a build compiles with: a toolchain, the target's Python, the target's NumPy."""

from __future__ import annotations

import configparser
import contextlib
import dataclasses
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import events
from winarm.environment.interpreter import ask
from winarm.environment.isolation import installed_version, isolated
from winarm.errors import CacheError, SettingsError, ToolchainNotFoundError, WinarmError
from winarm.host import Host
from winarm.libraries.prefix import is_folder
from winarm.libraries.target_packages import target_package
from winarm.libraries.view import Native, native_libraries
from winarm.locate import Toolchain, find_toolchain
from winarm.locate.toolchain import Style
from winarm.locate.zig import lasting, lasting_folders, requirement
from winarm.storage import scratch_folder
from winarm.target import Target
from winarm.target_python.numpy_headers import numpy_include
from winarm.target_python.target_python import provide

if TYPE_CHECKING:
    from winarm.config import Settings
    from winarm.plan import Build, EquippedBuild

#: Kinds for which the `ziglang` wheel from PyPI is enough, if nothing else is there.
MET_BY_ZIG = frozenset(("auto", "clang-cl", "zig"))

#: A DIST_EXTRA_CONFIG of more bytes is not read; cibuildwheel's has some hundred.
MAX_EXTRA_CONFIG = 2**20


def equip(build: Build, *, may_fetch: bool) -> EquippedBuild:
    """Find the toolchain and make what it needs to know of the target's Python.

    :param may_fetch: whether zig may be fetched where no toolchain is.
    :raises WinarmError: something is missing; the message names the cure.
    """
    build.step("looking for a toolchain")
    folders = (*build.site_folders, *build.tool_folders)
    toolchain = _toolchain(build, folders, may_fetch=may_fetch)
    build.detail(f"toolchain: {toolchain.kind} {toolchain.version}, {toolchain.origin}")
    for note in toolchain.notes:
        build.note(note)
    build.step("preparing headers and libraries of the target's Python")
    python = provide(
        build.host,
        build.interpreter,
        build.target,
        toolchain,
        python_dir=build.settings.python_dir,
        library_dirs=extra_library_dirs(build.host),
    )
    build.detail(f"target Python: {python.origin}")
    return build.equipped(toolchain, python, _numpy(build), _libraries(build, toolchain))


def with_early_libraries(build: Build) -> Build:
    """Return the build with the libraries of its prefixes, for hooks that compile nothing.

    A setup.py may ask `pkg-config` or `xml2-config` whenever it is run.

    :raises WinarmError: a folder that the settings name is missing, or has nothing for the target.
    """
    settings = build.settings
    missing = [one for one in settings.include_dirs if not is_folder(one)]
    if missing:
        raise SettingsError([f"include-dirs: {one} is not a folder" for one in missing])
    return dataclasses.replace(build, native=_native(build, "gnu", settings.prefix, early=True))


def _libraries(build: Build, toolchain: Toolchain) -> Native:
    """Return the target's libraries that the settings name."""
    host, abi = build.host, build.interpreter.abi
    packages = [
        target_package(host, requirement, abi, build.target, build.pip, progress=build.step)
        for requirement in build.settings.target_requires
    ]
    named = [*build.settings.prefix, *map(str, packages)]
    if named or build.settings.library_dirs:
        build.step("looking at the libraries of the target")
    native = _native(build, toolchain.style, named, early=False)
    for note in native.notes:
        build.note(note)
    for detail in native.details:
        build.detail(detail)
    return native


def _native(build: Build, style: Style, named: Sequence[str], *, early: bool) -> Native:
    settings = build.settings
    return native_libraries(
        build.host,
        build.target,
        style,
        named=named,
        library_dirs=settings.library_dirs,
        linkage="static" if settings.linkage == "static" else "shared",
        pkgconf=pkgconf_program(build.host),
        must_have_pkgconf=not early,
    )


def pkgconf_program(host: Host) -> Path | None:
    """Return the program of the `pkgconf` package that is installed with winarm."""
    spec = find_spec("pkgconf")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / ".bin" / f"pkgconf{host.exe}"
    return file if file.is_file() else None


def toolchain_for(
    host: Host,
    target: Target,
    settings: Settings,
    site_folders: Sequence[Path],
    *,
    lasting: bool = False,
) -> Toolchain:
    """Return the toolchain that `settings` ask for.

    :param lasting: for a build: copy a zig into the cache first, because its folder is temporary,
        and give it one-word programs.
    :raises ToolchainNotFoundError: there is none; names every place that was looked at, and why.
    :raises FileSystemError: the cache, where zig is kept, cannot be written.
    """
    return find_toolchain(
        host,
        target,
        settings.toolchain,
        site_folders=site_folders,
        version=settings.toolchain_version,
        sysroot=settings.sysroot,
        lasting=lasting,
    )


def can_fetch_zig(settings: Settings) -> bool:
    """Return whether zig may be fetched for these settings: it is asked for, or is enough."""
    version = settings.toolchain_version
    # The versions of other toolchains begin with another number.
    return settings.toolchain == "zig" or (
        settings.toolchain == "auto" and (version is None or version.startswith("0."))
    )


def _toolchain(build: Build, folders: Sequence[Path], *, may_fetch: bool) -> Toolchain:
    """Return the toolchain; where none is, and zig is asked for or enough, fetch that if we may.

    :raises ToolchainNotFoundError: none is there, and another than zig is asked for.
    :raises IsolationError: zig cannot be fetched.
    """
    host, settings = build.host, build.settings

    def found_in(folders: Sequence[Path]) -> Toolchain:
        return toolchain_for(host, build.target, settings, folders, lasting=True)

    try:
        return found_in(folders)
    except ToolchainNotFoundError:
        if not (may_fetch and can_fetch_zig(settings)):
            raise
    # On the disk of the cache, where the installed files can be linked to.
    with scratch_folder(host.cache / "tools" / "fetching", CacheError) as scratch:
        # Another build may have fetched it while this one waited for the folder.
        with contextlib.suppress(ToolchainNotFoundError):
            return found_in(lasting_folders(host))
        build.note("fetching zig from the package index (about 100 MB, once)")
        build.step("fetching zig")
        environment = isolated(host, ask(host, host.executable), scratch / "env", build.pip)
        wanted = requirement(settings.toolchain_version)
        environment.install([wanted], output=lambda data: build.listener(events.Output(data)))
        kept = lasting(host, environment.site_packages, is_temporary=True)
    return found_in((kept,))


def extra_library_dirs(host: Host) -> tuple[Path, ...]:
    """Return the folders with import libraries that DIST_EXTRA_CONFIG names.

    cibuildwheel cross-builds for ARM64 on x64 Windows by a file in setup.cfg's format;
    `library_dirs` of `[build_ext]` is the `libs` folder of the ARM64 Python.
    """
    named = host.variable("DIST_EXTRA_CONFIG")
    if named is None:
        return ()
    parser = configparser.RawConfigParser()
    try:
        with Path(named).open(encoding="utf-8") as file:
            parser.read_string(file.read(MAX_EXTRA_CONFIG))
    except (OSError, ValueError, configparser.Error):
        # distutils ignores a file that is not there; what it cannot parse, it reports itself.
        return ()
    written = parser.get("build_ext", "library_dirs", fallback="")
    separator = ";" if host.system == "windows" else ":"
    folders = (part.strip() for part in written.replace("\n", separator).split(separator))
    return tuple(Path(folder) for folder in folders if folder)


def _numpy(build: Build) -> dict[str, str]:
    """Return where the target's NumPy headers are, if the build requires NumPy, or why not.

    A project may require NumPy and never compile against it, so a failure waits until its
    headers are asked for.
    """
    version = installed_version("numpy", build.site_folders)
    if version is None:
        return {"error": "NumPy is not in the build environment"}

    build.step(f"looking for the target's headers of NumPy {version}")
    try:
        include = numpy_include(
            build.host, build.interpreter, version, build.pip, progress=build.step
        )
    except WinarmError as error:
        return {"error": str(error)}
    return {"include": str(include)}
