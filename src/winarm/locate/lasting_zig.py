"""A zig that stays where it is: the one of an isolated environment, kept in winarm's cache.

zig makes its C and C++ libraries when they are first asked for and keeps them, but the paths of its
own `lib` folder count among what they were made from. A front-end puts ziglang into another
temporary folder for each build, so each would wait minutes for libraries that are there already.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from packaging.version import InvalidVersion, Version

from winarm.host import Host
from winarm.storage import cached_folder, link_or_copy


def program_name(host: Host) -> str:
    """Return what zig's program is called on `host`."""
    return "zig.exe" if host.system == "windows" else "zig"


def lasting_program(host: Host, program: Path) -> Path:
    """Return the zig of a `ziglang` package in the cache, made from `program` if need be.

    Any other program is returned as it is.

    :raises FileSystemError: the cache cannot be written.
    """
    site_folder = program.parent.parent
    return lasting(host, site_folder) / program.relative_to(site_folder)


def zig_folders(host: Host) -> tuple[Path, ...]:
    """Return where a `ziglang` package may be: with winarm itself, then in its cache."""
    return (host.site_packages, *lasting_folders(host))


def lasting_folders(host: Host) -> tuple[Path, ...]:
    """Return the folders of the cache that hold a ziglang for this machine, the newest first."""
    beginning, ending = "ziglang-", f"-{host.system}-{host.machine}"
    found = [
        (parsed, folder)
        for folder in (host.cache / "tools").glob(f"{beginning}*{ending}")
        if (parsed := _parsed(folder.name.removeprefix(beginning).removesuffix(ending)))
    ]
    return tuple(folder for _, folder in sorted(found, reverse=True))


def lasting(host: Host, site_folder: Path, *, is_temporary: bool = False) -> Path:
    """Return a folder of the cache with the ziglang of `site_folder`, or that itself without one.

    :param is_temporary: whether `site_folder` will be removed although it is in the cache.
    :raises FileSystemError: the cache cannot be written.
    """
    program = Path("ziglang", program_name(host))
    version = _version(site_folder)
    if version is None or not (site_folder / program).is_file():
        return site_folder
    if site_folder.is_relative_to(host.cache) and not is_temporary:
        return site_folder
    # A cache may be shared by machines, or by both kinds of Python on one.
    name = f"ziglang-{version}-{host.system}-{host.machine}"

    def make(folder: Path) -> None:
        source = site_folder / program.parent
        # Linked, for there are 20,000 files.
        shutil.copytree(source, folder / program.parent, copy_function=link_or_copy)

    return cached_folder(host.cache / "tools" / name, (program.as_posix(),), make)


def _parsed(version: str) -> Version | None:
    try:
        return Version(version)
    except InvalidVersion:
        return None


def _version(site_folder: Path) -> str | None:
    found = [path.stem for path in site_folder.glob("ziglang-*.dist-info")]
    return found[0].removeprefix("ziglang-") if len(found) == 1 else None
