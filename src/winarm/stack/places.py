"""Where packages come from: the indexes and folders that pip, uv and the project name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, quote, urlsplit

from winarm.errors import UsageError
from winarm.project.pip_config import PipConfiguration, pip_configuration, redacted

if TYPE_CHECKING:
    from winarm.host import Host


@dataclass(frozen=True, slots=True)
class Place:
    """An index, or a folder or page of links to files."""

    url: str
    is_index: bool = True

    def __post_init__(self) -> None:
        """Raise UsageError where the address is malformed."""
        _parts(self.url)

    @property
    def name(self) -> str:
        """Return its address without a password."""
        return redacted(self.url)


@dataclass(frozen=True, slots=True)
class Places:
    """Every place to look in, and how to reach it."""

    all: tuple[Place, ...]
    pip: PipConfiguration

    def with_options(
        self,
        *,
        index: str | None = None,
        extra: tuple[str, ...] = (),
        links: tuple[str, ...] = (),
        no_index: bool = False,
    ) -> Places:
        """Return the places with those that a command line or a requirements file adds."""
        indexes = [place for place in self.all if place.is_index]
        if index:
            indexes = [Place(index), *indexes[1:]]
        indexes += [Place(url) for url in extra]
        folders = [place for place in self.all if not place.is_index]
        folders += [Place(url, is_index=False) for url in links]
        every = folders if no_index else [*indexes, *folders]
        return replace(self, all=tuple(dict.fromkeys(every)))


def configured_places(host: Host, tool_uv: Mapping[str, Any] | None = None) -> Places:
    """Return the places of pip's configuration, uv's variables and `[tool.uv]`.

    :raises SettingsError: pip's configuration cannot be read.
    :raises UsageError: an address is malformed.
    """
    pip = pip_configuration(host)
    default, more, links = _of_uv(host, tool_uv or {})
    main = default or pip.index
    indexes = [Place(url) for url in (*((main,) if main else ()), *pip.extra_indexes, *more)]
    folders = [Place(url, is_index=False) for url in (*pip.find_links, *links)]
    return Places(tuple(dict.fromkeys((*indexes, *folders))), pip)


def _of_uv(host: Host, tool: Mapping[str, Any]) -> tuple[str | None, list[str], list[str]]:
    """Return uv's default index, further indexes and folders; a variable beats the project."""
    default = host.variable("UV_DEFAULT_INDEX") or host.variable("UV_INDEX_URL")
    more = []
    for name, url, is_default in _tables(tool):
        address = with_credentials(host, name, url)
        if is_default:
            default = default or address
        else:
            more.append(address)
    for variable in ("UV_INDEX", "UV_EXTRA_INDEX_URL"):
        for word in (host.variable(variable) or "").split():
            name, _, url = (
                word.rpartition("=") if re.match(r"[\w-]+=\w+:", word) else ("", "", word)
            )
            more.append(with_credentials(host, name, url))
    links = _texts(tool.get("find-links"))
    links += re.split(r"[\s,]+", host.variable("UV_FIND_LINKS") or "")
    return default, more, list(filter(None, links))


def _tables(tool: Mapping[str, Any]) -> Iterator[tuple[str, str, bool]]:
    for table in tool.get("index") or ():
        # An explicit index serves only the packages that name it.
        if isinstance(table, dict) and isinstance(table.get("url"), str):
            yield str(table.get("name", "")), table["url"], bool(table.get("default"))
    for key, is_default in (("index-url", True), ("extra-index-url", False)):
        value = tool.get(key)
        for url in [value] if isinstance(value, str) else _texts(value):
            yield "", url, is_default


def with_credentials(host: Host, name: str, url: str) -> str:
    """Return `url` with the name and password that UV_INDEX_<NAME>_* variables hold for it."""
    prefix = f"UV_INDEX_{re.sub('[^A-Z0-9]', '_', name.upper())}"
    user, password = host.variable(f"{prefix}_USERNAME"), host.variable(f"{prefix}_PASSWORD")
    parts = _parts(url)
    if not name or not (user or password) or "@" in parts.netloc:
        return url
    secret = f"{quote(user or '', safe='')}:{quote(password or '', safe='')}"
    return parts._replace(netloc=f"{secret}@{parts.netloc}").geturl()


def _parts(url: str) -> SplitResult:
    try:
        if "://" in url:
            # A folder may have a name that is not text.
            url.encode()
        return urlsplit(url)
    except ValueError:
        raise UsageError(
            f"{redacted(url)!r} is not an address.",
            cure="Correct it among the options or in the configuration of pip or uv.",
        ) from None


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
