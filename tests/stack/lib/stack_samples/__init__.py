"""Package indexes and sdists of which the tests know everything."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from winarm.stack.files import IndexedFile, IndexedProject, version_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JSON = "application/vnd.pypi.simple.v1+json"


def indexed(
    project: str, *names: str, requires_python: str = "", yanked: bool = False
) -> IndexedProject:
    """Return a project with files of these names; `name@2025-01-31` says when it was uploaded."""
    files = []
    for entry in names:
        name, _, day = entry.partition("@")
        version = version_in(name, canonicalize_name(project))
        assert version is not None, name
        url = f"https://files.example/{name}"
        files.append(IndexedFile(name, version, url, "", requires_python, yanked, day))
    return IndexedProject.of(canonicalize_name(project), files)


def sdist(stem: str, texts: Mapping[str, str], *, dynamic: bool = False) -> bytes:
    """Return a source distribution with these files, and a PKG-INFO unless one is given."""
    name, _, version = stem.rpartition("-")
    info = f"Metadata-Version: 2.2\nName: {name}\nVersion: {version}\n"
    info += "Dynamic: Requires-Dist\n" if dynamic else ""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for file, text in {"PKG-INFO": info, **texts}.items():
            data = text.encode()
            member = tarfile.TarInfo(f"{stem}/{file}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def wheel(
    filename: str,
    *,
    requires: tuple[str, ...] = (),
    classifiers: tuple[str, ...] = (),
    extras: tuple[str, ...] = (),
    members: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a wheel with metadata and what else is wanted."""
    name, version = filename.split("-")[:2]
    folder = f"{name}-{version}.dist-info"
    tags = filename[:-4].rsplit("-", 3)[1:]
    lines = [
        *(
            f"Tag: {p}-{a}-{s}"
            for p in tags[0].split(".")
            for a in [tags[1]]
            for s in tags[2].split(".")
        ),
    ]
    contents: dict[str, bytes] = {
        **(members or {f"{name}.py": b"answer = 42\n"}),
        f"{folder}/METADATA": metadata(name, version, requires, classifiers, extras).encode(),
        f"{folder}/WHEEL": "\n".join(
            ["Wheel-Version: 1.0", "Generator: test", "Root-Is-Purelib: true", *lines, ""]
        ).encode(),
    }
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in contents.items())
    contents[f"{folder}/RECORD"] = f"{record}{folder}/RECORD,,\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in contents.items():
            archive.writestr(zipfile.ZipInfo(path, (2025, 1, 1, 0, 0, 0)), data)
    return packed.getvalue()


def metadata(
    name: str,
    version: str,
    requires: tuple[str, ...] = (),
    classifiers: tuple[str, ...] = (),
    extras: tuple[str, ...] = (),
) -> str:
    """Return a METADATA."""
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    lines += [f"Requires-Dist: {one}" for one in requires]
    lines += [f"Provides-Extra: {one}" for one in extras]
    lines += [f"Classifier: {one}" for one in classifiers]
    return "\n".join(lines) + "\n"


def _digest(data: bytes) -> str:
    from base64 import urlsafe_b64encode  # noqa: PLC0415

    return "sha256=" + urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


@dataclass
class LocalIndex:
    """A package index on this machine; what it does can be changed while it runs."""

    url: str = ""
    #: Content of each file by project and name.
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    #: Further attributes of a file in JSON pages.
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Projects and paths that answer with a status, and its headers, so many times; with status 0
    #: the connection is closed instead.
    refusals: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    #: Every path that was asked for.
    asked: list[str] = field(default_factory=list)
    #: Further headers of every page.
    headers: dict[str, str] = field(default_factory=dict)
    html: bool = False
    ranges: bool = True
    core_metadata: bool = True
    #: `user:password` in base64 that every request must have.
    credentials: str = ""
    #: Seconds until each answer.
    latency: float = 0
    #: Answers that come at once all the same, the first ones.
    prompt: int = 0

    def add(self, filename: str, content: bytes | None = None, **attributes: object) -> None:
        """Offer a file; a wheel is made where no content is given."""
        stem = filename.removesuffix(".tar.gz")
        first = filename.partition("-")[0] if filename.endswith(".whl") else stem.rpartition("-")[0]
        if content is None:
            content = wheel(filename) if filename.endswith(".whl") else sdist(stem, {})
        self.files.setdefault(canonicalize_name(first), {})[filename] = content
        self.attributes[filename] = attributes

    @property
    def simple(self) -> str:
        """Return the address of the index."""
        return f"{self.url}/simple/"

    def page(self, project: str) -> tuple[str, bytes]:
        """Return type and content of a project's page."""
        if self.html:
            anchors = "".join(
                f'<a href="../../files/{project}/{name}#sha256={_sha256(data)}">{name}</a>\n'
                for name, data in self.files[project].items()
            )
            return "text/html", f"<!DOCTYPE html><html><body>{anchors}</body></html>".encode()
        entries = [
            {
                "filename": name,
                "url": f"{self.url}/files/{project}/{name}",
                "hashes": {"sha256": _sha256(data)},
                "core-metadata": self.core_metadata and name.endswith(".whl"),
                **self.attributes[name],
            }
            for name, data in self.files[project].items()
        ]
        page = {"meta": {"api-version": "1.1"}, "name": project, "files": entries}
        return JSON, json.dumps(page).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, index: LocalIndex) -> None:
        self.index = index
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        index = self.server.index
        if len(index.asked) >= index.prompt:
            time.sleep(index.latency)
        self.server.index.asked.append(self.path)
        parts = self.path.strip("/").split("/")
        refusals = self.server.index.refusals.get(parts[1] if len(parts) > 1 else "", [])
        given = self.headers.get("Authorization", "")
        if self.server.index.credentials and given != f"Basic {self.server.index.credentials}":
            self.answer(401, b"", {"WWW-Authenticate": 'Basic realm="x"'})
        elif refusals:
            status, headers = refusals.pop(0)
            if status:
                self.answer(status, b"", headers)
            else:
                self.close_connection = True
        else:
            self.respond(parts)

    def respond(self, parts: list[str]) -> None:
        match parts:
            case ["simple", project] if project in self.server.index.files:
                headers = self.server.index.headers
                if self.headers.get("If-None-Match", "") == headers.get("ETag"):
                    self.answer(304, b"", headers)
                    return
                kind, content = self.server.index.page(project)
                self.answer(200, content, {"Content-Type": kind, **headers})
            case ["files", project, name] if name in self.server.index.files.get(project, {}):
                self.file(self.server.index.files[project][name])
            case ["files", project, name] if self.server.index.core_metadata and name.removesuffix(
                ".metadata"
            ) in self.server.index.files.get(project, {}):
                data = self.server.index.files[project][name.removesuffix(".metadata")]
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    inner = next(n for n in archive.namelist() if n.endswith("/METADATA"))
                    self.answer(200, archive.read(inner), {})
            case _:
                self.answer(404, b"", {})

    def file(self, content: bytes) -> None:
        wanted = self.headers.get("Range", "")
        if not (self.server.index.ranges and wanted.startswith("bytes=")):
            self.answer(200, content, {})
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last), len(content) - 1) if first and last else len(content) - 1
        span = f"bytes {start}-{end}/{len(content)}"
        self.answer(206, content[start : end + 1], {"Content-Range": span})

    def answer(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(index: LocalIndex) -> Iterator[LocalIndex]:
    """Run an index until the end of the block."""

    server = _Server(index)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    index.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
