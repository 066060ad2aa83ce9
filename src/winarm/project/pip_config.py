"""How the user has configured pip: where packages come from, as a value.

Read from the places that pip's documentation names ("Configuration", PIP_* variables and
configuration files) instead of by `pip config list`, because that costs a third of a second, which
is more than uv needs to fill an environment, and because pip need not be installed.
"""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from winarm.errors import SettingsError

if TYPE_CHECKING:
    from winarm.host import Host

DEFAULT_INDEX = "https://pypi.org/simple/"

#: Sections that apply to an install, weakest first, as pip itself orders them.
_SECTIONS = ("global", "install")

#: Options with values that decide which files are installed, and that another installer is given.
_SELECTIVE = ("build-constraint", "no-binary", "only-binary", "uploaded-prior-to")


@dataclass(frozen=True, slots=True)
class PipConfiguration:
    """Where pip takes packages from; places on this machine that do not exist are left out."""

    #: The main index, or None when `no-index` is set.
    index: str | None = DEFAULT_INDEX
    #: Whether the user named the main index, or turned it off.
    index_is_chosen: bool = False
    extra_indexes: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    #: A file or folder of certificate authorities.
    certificates: Path | None = None
    #: A file with the user's own certificate and key.
    client_certificate: Path | None = None
    proxy: str | None = None
    #: Seconds without an answer until a connection is given up.
    timeout: float = 15.0
    #: The options of `_SELECTIVE` that are set, each with its values.
    selective: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def indexes(self) -> tuple[str, ...]:
        """Return every index, the main one first."""
        return (*((self.index,) if self.index else ()), *self.extra_indexes)


def pip_configuration(host: Host) -> PipConfiguration:
    """Read how pip is configured for the Python that runs winarm.

    :raises SettingsError: a configuration file is not what pip can read.
    """
    options = {**_from_files(host), **_from_variables(host)}
    no_index = options.get("no-index", "").lower() in {"1", "true", "yes", "on"}
    certificates = options.get("cert") or _first(host, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    client = options.get("client-cert")
    return PipConfiguration(
        index=None if no_index else options.get("index-url") or DEFAULT_INDEX,
        index_is_chosen=no_index or bool(options.get("index-url")),
        extra_indexes=() if no_index else tuple(_existing(options.get("extra-index-url", ""))),
        find_links=tuple(_existing(options.get("find-links", ""))),
        trusted_hosts=tuple(options.get("trusted-host", "").split()),
        constraints=tuple(_absolute(options.get("constraint", ""))),
        certificates=Path(certificates) if certificates else None,
        client_certificate=Path(client) if client else None,
        proxy=options.get("proxy"),
        timeout=_seconds(options.get("timeout") or options.get("default-timeout")),
        selective=tuple(
            (name, tuple(options[name].replace(",", " ").split()))
            for name in _SELECTIVE
            if options.get(name)
        ),
    )


def redacted(url: str) -> str:
    """Return `url` without the name and password that it may carry."""
    # Not by urlsplit: it refuses malformed addresses, which may have a password, too.
    return re.sub(r"^([\w+.-]*:?//)[^/?#]*@", r"\1***@", url)


def _from_variables(host: Host) -> dict[str, str]:
    """Return the options that PIP_* variables set; an empty one is unset, as for pip."""
    return {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in host.environ.items()
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE" and value
    }


def _from_files(host: Host) -> dict[str, str]:
    """Return the options of pip's configuration files; a later file is stronger."""
    options: dict[str, str] = {}
    for file in _files(host):
        sections = _parse(file)
        for section in _SECTIONS:
            options |= {
                name.replace("_", "-"): value for name, value in sections.get(section, {}).items()
            }
    return options


def _files(host: Host) -> Iterator[Path]:
    """Name the configuration files that pip would read, weakest first."""
    named = host.variable("PIP_CONFIG_FILE")
    if named == os.devnull:  # pip's documented way to switch all of them off
        return
    base = "pip.ini" if host.system == "windows" else "pip.conf"
    yield from (folder / base for folder in _machine_folders(host))
    if named is None or not Path(named).exists():
        yield from (folder / base for folder in _user_folders(host))
    # The environment of the Python that runs winarm: its sys.prefix.
    prefix = host.executable.parent
    yield (prefix if (prefix / base).exists() else prefix.parent) / base
    if named is not None:
        yield Path(named)


def _machine_folders(host: Host) -> Iterator[Path]:
    if host.system == "windows":
        yield Path(host.variable("PROGRAMDATA") or "C:/ProgramData") / "pip"
        return
    if host.system == "macos":
        yield Path("/Library/Application Support/pip")
    for folder in (host.variable("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        yield Path(folder) / "pip"
    yield Path("/etc")


def _user_folders(host: Host) -> Iterator[Path]:
    home = Path(host.variable("USERPROFILE" if host.system == "windows" else "HOME") or Path.home())
    if host.system == "windows":
        yield home / "pip"
        yield Path(host.variable("APPDATA") or home / "AppData" / "Roaming") / "pip"
        return
    yield home / ".pip"
    mac = home / "Library" / "Application Support" / "pip"
    if host.system == "macos" and mac.is_dir():
        yield mac
    else:
        yield Path(host.variable("XDG_CONFIG_HOME") or home / ".config") / "pip"


def _parse(file: Path) -> Mapping[str, Mapping[str, str]]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        reason = str(error).replace("\n", " ")
        raise SettingsError([f"{file} cannot be read as pip's configuration: {reason}"]) from None
    return {section: dict(parser[section]) for section in parser.sections()}


def _existing(locations: str) -> Iterator[str]:
    """Drop the folders and files that are not there: pip warns of them and goes on."""
    from urllib.request import url2pathname  # noqa: PLC0415 - 14 ms, and few name a location

    for location in _absolute(locations):
        is_file = location.lower().startswith("file:")
        path = url2pathname(urlsplit(location).path) if is_file else location
        if ("://" in location and not is_file) or Path(path).exists():
            yield location


def _absolute(locations: str) -> Iterator[str]:
    """Yield each location; a relative path counts from the working directory."""
    for location in locations.split():
        yield location if "://" in location else str(Path(location).absolute())


def _first(host: Host, *names: str) -> str | None:
    return next(filter(None, map(host.variable, names)), None)


def _seconds(written: str | None) -> float:
    try:
        return float(written or 15)
    except ValueError:
        return 15.0
