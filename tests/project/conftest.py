"""An index of packages on the loopback interface."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    MakeHost = Callable[..., Host]

CONTENT = b"the content of a file"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """A simple index on the loopback interface, whose pages are set by the test."""

    port: int
    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/simple"

    def offer(self, *names: str, **attributes: object) -> None:
        """Offer files of the project `thing`, with PEP 691's attributes."""
        files = [
            {"filename": name, "url": f"../../files/{name}", "hashes": {}} | attributes
            for name in names
        ]
        page = {"meta": {"api-version": "1.0"}, "name": "thing", "files": files}
        kind = "application/vnd.pypi.simple.v1+json"
        self.pages["/simple/thing/"] = (kind, json.dumps(page).encode())
        for name in names:
            self.pages[f"/files/{name}"] = ("application/octet-stream", CONTENT)

    def fetched(self) -> list[str]:
        return [path for path, _ in self.asked if path.startswith("/files/")]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    # The HTTP client reads it; a proxy of whoever runs the tests has no place here.
    monkeypatch.setenv("NO_PROXY", "*")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            serving.asked.append((self.path, self.headers.get("Authorization")))
            if self.path in serving.redirects:
                self.send_response(301)
                self.send_header("Location", serving.redirects[self.path])
                self.end_headers()
                return
            kind, content = serving.pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in serving.pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = Server(http.server_address[1])
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    yield serving
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def make_host(tmp_path: Path) -> MakeHost:
    def make(**environ: str) -> Host:
        return Host(
            environ={"PIP_CONFIG_FILE": os.devnull, **environ},
            system="linux",
            machine="x86_64",
            executable=tmp_path / "venv/bin/python",
        )

    return make
