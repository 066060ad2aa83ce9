"""Finding what a build compiles with: a toolchain, the target's Python, the target's NumPy."""

from __future__ import annotations

import configparser
import sysconfig
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import events
from winarm.environment.interpreter import ask
from winarm.environment.isolation import isolated
from winarm.errors import ToolchainNotFoundError, WinarmError
from winarm.locate import find_toolchain
from winarm.locate.lasting_zig import program_name
from winarm.locate.zig import REQUIREMENT
from winarm.storage import cached_folder
from winarm.target_python.numpy_headers import numpy_include
from winarm.target_python.target_python import provide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winarm.config import Settings
    from winarm.host import Host
    from winarm.locate import Toolchain
    from winarm.plan import Build, EquippedBuild
    from winarm.target import Target

#: Kinds for which the `ziglang` wheel from PyPI is enough, if nothing else is there.
MET_BY_ZIG = frozenset(("auto", "clang-cl", "zig"))

#: A DIST_EXTRA_CONFIG of more bytes is not read; cibuildwheel's has some hundred.
MAX_EXTRA_CONFIG = 2**20


def equip(build: Build, *, may_fetch: bool) -> EquippedBuild:
    """Find the toolchain and make what it needs to know of the target's Python.

    :param may_fetch: whether zig may be fetched where no toolchain is.
    :raises WinarmError: something is missing; the message names the cure.
    """
    listener, settings = build.listener, build.settings
    listener(events.Step("looking for a toolchain"))
    toolchain = _toolchain(build, may_fetch=may_fetch)
    listener(events.Detail(f"toolchain: {toolchain.kind} {toolchain.version}, {toolchain.origin}"))
    for note in toolchain.notes:
        listener(events.Note(note))
    listener(events.Step("preparing headers and libraries of the target's Python"))
    python = provide(
        build.host,
        build.interpreter,
        build.target,
        toolchain,
        python_dir=settings.python_dir,
        library_dirs=extra_library_dirs(build.host),
    )
    listener(events.Detail(f"target Python: {python.origin}"))
    return build.equipped(toolchain, python, _numpy(build))


def toolchain_for(
    host: Host,
    target: Target,
    settings: Settings,
    site_folders: Sequence[Path],
    *,
    lasting: bool = False,
) -> Toolchain:
    """Return the toolchain that `settings` ask for.

    :param lasting: copy a zig into the cache first, because its folder is temporary.
    :raises ToolchainNotFoundError: with every place that was looked at and why it was not it.
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


def _toolchain(build: Build, *, may_fetch: bool) -> Toolchain:
    """Return the toolchain; where none is, and zig is asked for or enough, fetch that."""
    folders = (*build.site_folders, *build.tool_folders)
    host, settings = build.host, build.settings
    try:
        return toolchain_for(host, build.target, settings, folders, lasting=True)
    except ToolchainNotFoundError:
        if not may_fetch or settings.toolchain not in {"auto", "zig"}:
            raise
    _fetch_zig(build)
    return toolchain_for(host, build.target, settings, (_cached_site(host),))


def tool_folders(host: Host) -> tuple[Path, ...]:
    """Return where a `ziglang` package may be: with winarm itself, and in its cache."""
    return (Path(sysconfig.get_path("platlib")), _cached_site(host))


def _fetch_zig(build: Build) -> None:
    """Install zig from the package index into the cache, once.

    :raises IsolationError: it cannot be fetched.
    """
    host, listener = build.host, build.listener
    text = "fetching zig from the package index (about 100 MB, once)"
    listener(events.Note(text))
    interpreter = ask(host, host.executable)

    def make(folder: Path) -> None:
        environment = isolated(host, interpreter, folder / "env", build.pip)
        environment.install([REQUIREMENT], output=lambda data: listener(events.Output(data)))

    folder = _zig_folder(host)
    program = _cached_site(host) / "ziglang" / program_name(host)
    cached_folder(folder, (program.relative_to(folder).as_posix(),), make)


def _zig_folder(host: Host) -> Path:
    return host.cache / "tools" / f"zig-{sysconfig.get_python_version()}"


def _cached_site(host: Host) -> Path:
    env = str(_zig_folder(host) / "env")
    # Not the default scheme: Debian's own Python has another for itself than for its venvs.
    return Path(sysconfig.get_path("platlib", "venv", vars={"base": env, "platbase": env}))


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

    def progress(text: str) -> None:
        build.listener(events.Step(text))

    progress(f"looking for the target's headers of NumPy {version}")
    try:
        include = numpy_include(
            build.host, build.interpreter, version, build.pip, progress=progress
        )
    except WinarmError as error:
        return {"error": str(error)}
    return {"include": str(include)}


def installed_version(name: str, site_folders: tuple[Path, ...]) -> str | None:
    """Return the version of the distribution `name` that is installed in one of the folders."""
    found = distributions(name=name, path=[str(folder) for folder in site_folders])
    return next((distribution.version for distribution in found), None)
