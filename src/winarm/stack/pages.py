"""Reading the pages of package indexes: JSON (PEP 691, PEP 700) and HTML (PEP 503).

unearth reads them, too, but makes a large object of each of up to 5,000 links, and takes 85 ms to
import.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from winarm.errors import SourceError
from winarm.stack.files import IndexedFile, is_file_name, version_in

#: What is asked for: JSON where the index has it.
ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.1"
)
_SHA256 = re.compile("[0-9a-f]{64}")


def read_page(content: bytes, content_type: str, url: str, place: str) -> Iterator[IndexedFile]:
    """Return the files that a page offers, whatever they are; `files_of` says of which version.

    :param url: where the page came from; links are relative to it.
    :param place: how people know the index.
    :raises SourceError: it is not a page of an index.
    """
    if "json" in content_type:
        found = _from_json(content, url, place)
    else:
        found = _from_html(content.decode("utf-8", "replace"), url, place)
    # A page of a server names no file of this machine.
    is_local = url.startswith("file:")
    return (file for file in found if is_local or not file.url.startswith("file:"))


def files_of(project: str, offered: Iterable[IndexedFile]) -> list[IndexedFile]:
    """Return the files of `project` among those that a page or a folder offers."""
    return [
        file._replace(version=version)
        for file in offered
        # A name is used as the name of a file here later.
        if is_file_name(file.name) and (version := version_in(file.name, project)) is not None
    ]


def _from_json(content: bytes, url: str, place: str) -> Iterator[IndexedFile]:
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
        yield IndexedFile(
            name,
            "",
            link if link.startswith(("https://", "http://")) else urljoin(url, link),
            _sha256(hashes.get("sha256")) if isinstance(hashes, dict) else "",
            _text(entry.get("requires-python")),
            bool(entry.get("yanked", False)),
            _text(entry.get("upload-time"))[:10],
            bool(entry.get("core-metadata", entry.get("dist-info-metadata", False))),
            place,
        )


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


def _from_html(text: str, url: str, place: str) -> Iterator[IndexedFile]:
    anchors = _Anchors()
    anchors.feed(text)
    base = urljoin(url, anchors.base)
    for anchor in anchors.found:
        href = anchor.get("href")
        if not href:
            continue
        link, fragment = urldefrag(urljoin(base, href))
        metadata = anchor.get("data-core-metadata") or anchor.get("data-dist-info-metadata")
        yield IndexedFile(
            unquote(urlsplit(link).path.rpartition("/")[2]),
            "",
            link,
            _sha256(fragment.removeprefix("sha256=")),
            _text(anchor.get("data-requires-python")),
            yanked="data-yanked" in anchor,
            has_metadata=bool(metadata and metadata != "false"),
            place=place,
        )


def _sha256(value: object) -> str:
    text = _text(value).lower()
    return text if _SHA256.fullmatch(text) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _not_a_page(url: str) -> SourceError:
    return SourceError(f"{url} does not answer as a package index (PEP 691).")
