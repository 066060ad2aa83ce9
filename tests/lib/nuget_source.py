"""A NuGet source on loopback, with packages of Python for Windows ARM64."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import json
import struct
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Iterator

#: As much of a DLL for ARM64 as tells its machine.
DLL = (
    b"MZ".ljust(0x3C, b"\0")
    + struct.pack("<I", 64)
    + b"PE\0\0"
    + struct.pack("<H18x", WIN_ARM64.machine)
)


@dataclass
class Source:
    """A NuGet source on loopback."""

    url: str
    #: Answers by path.
    answers: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def index(self) -> str:
        return f"{self.url}/v3/index.json"

    def document(self, path: str, value: object) -> str:
        self.answers[path] = json.dumps(value).encode()
        return self.url + path

    def offer(self, *versions: str, name: str = "pythonarm64", dll: str = "python313.dll") -> None:
        """Offer versions of a package, the first half inline and the others on a page."""
        services = [
            {"@id": f"{self.url}/search", "@type": "SearchQueryService"},
            {"@id": f"{self.url}/registration/", "@type": "RegistrationsBaseUrl/3.6.0"},
        ]
        self.document("/v3/index.json", {"resources": services})
        items = [self.item(name, version, dll) for version in versions]
        half = len(items) // 2
        page = self.document(f"/registration/{name}/page.json", {"items": items[half:]})
        pages = [{"@id": "unused", "items": items[:half]}] if half else []
        self.document(f"/registration/{name}/index.json", {"items": [*pages, {"@id": page}]})

    def item(self, name: str, version: str, dll: str) -> dict[str, object]:
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr(f"{name}.nuspec", "<package/>")
            archive.writestr("tools/python.exe", version)
            archive.writestr(f"tools/{dll}", DLL)
        self.answers[f"/{name}.{version}.nupkg"] = package.getvalue()
        digest = base64.b64encode(hashlib.sha512(package.getvalue()).digest()).decode()
        leaf = {"packageHash": digest, "packageHashAlgorithm": "SHA512"}
        entry = self.document(f"/catalog/{name}.{version}.json", leaf)
        return {
            "catalogEntry": {"@id": entry, "version": version, "listed": version != "3.13.9"},
            "packageContent": f"{self.url}/{name}.{version}.nupkg",
        }


@contextlib.contextmanager
def nuget_source() -> Iterator[Source]:
    """Serve a source that a test fills."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            answer = made.answers.get(self.path)
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Length", str(len(answer or b"")))
            self.end_headers()
            self.wfile.write(answer or b"")

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Source(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
