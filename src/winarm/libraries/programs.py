"""Programs such as `xml2-config` for a build.

Those of the prefixes answer; those of the host explain that they describe the host.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.host import Host
from winarm.locate import folders
from winarm.locate.toolchain import wrapper_script

if TYPE_CHECKING:
    from winarm.libraries.view import Native

#: Programs of the host with such names that say nothing of a library.
_HARMLESS = ("pkg-config", "python", "pyenv", "git", "apt", "kernel", "cross-")


def config_programs(
    host: Host,
    native: Native,
    folder: Path,
    *,
    python: Path,
    script: Path,
    own: Iterable[Path] = (),
) -> dict[Path, str]:
    """Return the texts of the programs, by their files in `folder`.

    :param python: what runs `script`.
    :param script: the file `library_config.py` of the child.
    :param own: folders of the build's environment, whose programs stay as they are.
    """
    command = [str(python), "-I", "-S", str(script)]
    windows = host.system == "windows"
    pkgconf = native.programs / f"pkgconf{host.exe}" if native.programs else None
    found: dict[str, list[str]] = {name: [*command, name] for name in _of_host(host, own)}
    if pkgconf is not None:
        for name, package in _packages_of_programs(native.packages).items():
            found[name] = [*command, name, str(pkgconf), package]
            if not windows:
                # psycopg2 and others look through PATH for the name that it has on Windows.
                found[f"{name}.exe"] = found[name]
    return {
        folder / (f"{name}.cmd" if windows else name): wrapper_script([*words, "--"], host.system)
        for name, words in sorted(found.items())
    }


def _of_host(host: Host, own: Iterable[Path]) -> set[str]:
    """Return the names of the host's programs that describe its libraries."""
    kept = {name for folder in own for name in _names(folder)}
    places = map(Path, (host.variable("PATH") or "").split(os.pathsep))
    return {name for place in places if place.is_absolute() for name in _names(place)} - kept


def _names(folder: Path) -> list[str]:
    plain = (name.lower().removesuffix(".exe") for name in folders.names(folder))
    return [
        name
        for name in plain
        if name.endswith(("-config", "_config")) and not name.startswith(_HARMLESS)
    ]


#: Programs whose names no rule derives from a package's.
_PROGRAMS = {
    "libxml-2.0": ("xml2-config",),
    "libxslt": ("xslt-config",),
    "libpq": ("pg_config",),
    "freetype2": ("freetype-config",),
    "libcurl": ("curl-config",),
    "libpcre2-8": ("pcre2-config",),
    "libpcre": ("pcre-config",),
    "libmariadb": ("mariadb_config", "mysql_config"),
    "mysqlclient": ("mysql_config",),
    "icu-uc": ("icu-config",),
    "netcdf": ("nc-config",),
    "MagickWand": ("MagickWand-config",),
}


def _packages_of_programs(packages: Iterable[str]) -> dict[str, str]:
    """Return the package that answers for each program such as `libpng16-config`."""
    found: dict[str, str] = {}
    for name in packages:
        derived = (f"{name}-config", f"{name.removeprefix('lib')}-config")
        for program in (*_PROGRAMS.get(name, ()), *derived):
            found.setdefault(program, name)
    return found
