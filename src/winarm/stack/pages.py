"""Reading the pages of package indexes: JSON (PEP 691, PEP 700) and HTML (PEP 503)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from winarm.errors import SourceError
from winarm.stack.files import IndexedFile, version_in

#: What is asked for: JSON where the index has it.
ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1"
)
_SHA256 = re.compile("[0-9a-f]{64}")


def read_page(
    project: str, content: bytes, content_type: str, url: str, place: str
) -> list[IndexedFile]:
    """Return the files of `project` that a page offers.

    :param url: where the page came from; links are relative to it.
    :param place: how people know the index.
    :raises SourceError: it is not a page of an index.
    """
    if "json" in content_type:
        return list(_from_json(project, content, url, place))
    return list(_from_html(project, content.decode("utf-8", "replace"), url, place))


def file_at(
    project: str, name: str, url: str, place: str, attributes: Mapping[str, Any]
) -> IndexedFile | None:
    """Return the file called `name`, or None where that is not a file of the project."""
    # A name is used as the name of a file here later.
    if not re.fullmatch(r"[A-Za-z0-9][\w.+!-]*", name, re.ASCII):
        return None
    version = version_in(name, project)
    if version is None:
        return None
    return IndexedFile(name=name, version=version, url=url, place=place, **attributes)


def _from_json(project: str, content: bytes, url: str, place: str) -> Iterator[IndexedFile]:
    try:
        page = json.loads(content)
        files = page["files"]
        version = str(page.get("meta", {}).get("api-version", "1.0"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _not_a_page(url) from error
    if not version.startswith("1.") or not isinstance(files, list):
        raise _not_a_page(url)
    for entry in files:
        if not isinstance(entry, dict):
            continue
        name, link, hashes = entry.get("filename"), entry.get("url"), entry.get("hashes")
        if not isinstance(name, str) or not isinstance(link, str):
            continue
        sha256 = hashes.get("sha256", "") if isinstance(hashes, dict) else ""
        metadata = entry.get("core-metadata", entry.get("dist-info-metadata", False))
        attributes = {
            "sha256": _sha256(sha256),
            "requires_python": _text(entry.get("requires-python")),
            "yanked": bool(entry.get("yanked", False)),
            "uploaded": _text(entry.get("upload-time"))[:10],
            "has_metadata": bool(metadata),
        }
        absolute = link if link.startswith(("https://", "http://")) else urljoin(url, link)
        if found := file_at(project, name, absolute, place, attributes):
            yield found


class _Anchors(HTMLParser):
    """Collects the links of a page, and the base that they are relative to."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(dict(attrs))
        elif tag == "base" and not self.base:
            self.base = dict(attrs).get("href") or ""


def links_of(text: str, url: str) -> list[tuple[str, str, str]]:
    """Return name, address and checksum of every file that a page of links names."""
    anchors = _Anchors()
    anchors.feed(text)
    base = urljoin(url, anchors.base)
    found = [urldefrag(urljoin(base, href)) for a in anchors.found if (href := a.get("href"))]
    return [
        (
            unquote(urlsplit(link).path.rpartition("/")[2]),
            link,
            _sha256(fragment.removeprefix("sha256=")),
        )
        for link, fragment in found
    ]


def _from_html(project: str, text: str, url: str, place: str) -> Iterator[IndexedFile]:
    anchors = _Anchors()
    anchors.feed(text)
    base = urljoin(url, anchors.base)
    for anchor in anchors.found:
        href = anchor.get("href")
        if not href:
            continue
        link, fragment = urldefrag(urljoin(base, href))
        name = unquote(urlsplit(link).path.rpartition("/")[2])
        metadata = anchor.get("data-core-metadata") or anchor.get("data-dist-info-metadata")
        attributes = {
            "sha256": _sha256(fragment.removeprefix("sha256=")),
            "requires_python": _text(anchor.get("data-requires-python")),
            "yanked": "data-yanked" in anchor,
            "has_metadata": bool(metadata and metadata != "false"),
        }
        if found := file_at(project, name, link, place, attributes):
            yield found


def _sha256(value: object) -> str:
    text = value.lower() if isinstance(value, str) else ""
    return text if _SHA256.fullmatch(text) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _not_a_page(url: str) -> SourceError:
    return SourceError(f"{url} does not answer as a package index (PEP 691).")
