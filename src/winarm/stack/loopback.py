"""An index in this process, which uv resolves against: each version is one wheel for everywhere."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from winarm.errors import WinarmError
from winarm.stack.files import IndexedProject, ProjectRelease, Suitability, parsed_version

if TYPE_CHECKING:
    from winarm.stack.evidence import Evidence


@contextlib.contextmanager
def loopback_index(evidence: Evidence, suits: Suitability) -> Iterator[tuple[str, list[str]]]:
    """Serve all projects; yield the address, and a list that failures are added to."""
    server = _Server(evidence, suits)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.failures
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, evidence: Evidence, suits: Suitability) -> None:
        self._evidence = evidence
        self._suits = suits
        self.failures: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: uv may hang up."""

    def content(self, path: str) -> bytes | None:
        """Return what is at a path; None where nothing is.

        :raises WinarmError: it cannot be fetched.
        """
        match path.strip("/").split("/"):
            case ["simple", name]:
                project = self._evidence.project(name)
                if not project.reached:
                    self.failures += project.problems
                return _page(project, self._suits)
            case ["files", name, written, file] if file.endswith(".metadata"):
                version = parsed_version(written)
                return self._evidence.core_metadata(name, version).encode() if version else None
            case _:
                return None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        """Answer a request for a page or for metadata."""
        try:
            content = self.server.content(self.path)
        except (WinarmError, OSError) as error:
            self.server.failures.append(getattr(error, "what", str(error)))
            self._answer(503, b"")
        else:
            self._answer(200 if content is not None else 404, content or b"")

    def log_message(self, *_: object) -> None:
        """Write no log."""

    def _answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _page(project: IndexedProject, suits: Suitability) -> bytes | None:
    """Return the page of a project; None for one that no index has."""
    if not project.releases:
        return None
    files = [_entry(project.name, release, suits) for release in project.releases.values()]
    page = {"meta": {"api-version": "1.1"}, "name": project.name, "files": files}
    return json.dumps(page).encode()


def _entry(name: str, release: ProjectRelease, suits: Suitability) -> dict[str, Any]:
    file = f"{name.replace('-', '_')}-{release.version}-py3-none-any.whl"
    # A condition that leaves the release out only if all of its files do.
    conditions = [one.requires_python for one in release.files]
    return {
        "filename": file,
        "url": f"/files/{name}/{release.version}/{file}",
        "hashes": {},
        "yanked": release.yanked,
        "requires-python": None if any(map(suits.allows, conditions)) else conditions[0],
        "core-metadata": True,
    }
