from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import threading
import zipfile
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TargetPythonError
from winarm.target import WIN_ARM64, PythonABI
from winarm.trial import TrialOptions
from winarm.trial.nuget import fetch_python
from winarm.trial.run import _python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.events import Event
    from winarm.host import Host

P313, P313T = PythonABI(13), PythonABI(13, free_threaded=True)
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


@pytest.fixture
def source() -> Iterator[Source]:
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


def test_newest_listed_release_is_fetched_once(source: Source, host: Host) -> None:
    source.offer("3.12.11", "3.13.2", "3.13.9", "3.13.10", "3.14.0-rc1", "3.13.11-rc1")

    found = fetch_python(host, P313, source.index)
    again = fetch_python(host, P313, source.index)

    assert found == again
    assert found.executable.read_text() == "3.13.10"
    assert found.executable.is_relative_to(host.cache / "trial" / "pythons")
    assert not list(found.folder.parent.glob("*.nuspec"))
    assert source.asked.count("/pythonarm64.3.13.10.nupkg") == 1


def test_free_threaded_python_is_a_package_of_its_own(source: Source, host: Host) -> None:
    source.offer("3.13.2", name="pythonarm64-freethreaded", dll="python313t.dll")

    assert fetch_python(host, P313T, source.index).abi == P313T


def test_package_that_is_not_what_the_catalogue_promises_is_refused(
    source: Source, host: Host
) -> None:
    source.offer("3.13.2")
    source.answers["/pythonarm64.3.13.2.nupkg"] += b"more"

    with pytest.raises(TargetPythonError, match="not what the index promises"):
        fetch_python(host, P313, source.index)

    assert not list((host.cache / "trial" / "pythons").glob("python*/"))


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v3/index.json", b"{}"),
        ("/v3/index.json", b"[]"),
        ("/v3/index.json", b"<html>"),
        ("/registration/pythonarm64/index.json", b'{"items": 3}'),
        ("/catalog/pythonarm64.3.13.2.json", b"{}"),
        (
            "/catalog/pythonarm64.3.13.2.json",
            b'{"packageHash": "!", "packageHashAlgorithm": "SHA512"}',
        ),
        ("/catalog/pythonarm64.3.13.2.json", b'{"packageHash": "", "packageHashAlgorithm": "MD5"}'),
        ("/pythonarm64.3.13.2.nupkg", b"no zip"),
    ],
)
def test_odd_answers_are_one_message(path: str, answer: bytes, source: Source, host: Host) -> None:
    source.offer("3.13.2")
    source.answers[path] = answer

    with pytest.raises(TargetPythonError, match="cannot be fetched"):
        fetch_python(host, P313, source.index)


def test_version_that_is_not_offered_is_named(source: Source, host: Host) -> None:
    source.offer("3.12.1")

    with pytest.raises(TargetPythonError, match=r"no version 3\.13 of pythonarm64"):
        fetch_python(host, P313, source.index)


def test_package_with_another_python_is_refused(source: Source, host: Host) -> None:
    source.offer("3.13.2", dll="python312.dll")

    with pytest.raises(TargetPythonError, match="holds another Python"):
        fetch_python(host, P313, source.index)


def test_source_that_is_down_is_named_with_what_was_looked_at(host: Host) -> None:
    options = TrialOptions(python_dirs=(host.cache,), python_source="http://127.0.0.1:1/index.json")

    with pytest.raises(TargetPythonError) as caught:
        _python(host, P313, options, lambda _: None)

    assert str(host.cache) in caught.value.what
    assert "cannot be fetched from http://127.0.0.1:1/index.json" in caught.value.why


def test_python_that_no_folder_has_is_fetched_and_said(source: Source, host: Host) -> None:
    source.offer("3.13.2")
    heard: list[Event] = []

    found = _python(host, P313, TrialOptions(python_source=source.index), heard.append)

    assert found.abi == P313
    assert any("fetching Python 3.13" in str(event) for event in heard)


def test_pythons_of_uv_are_found(host: Host) -> None:
    folder = host.cache / "uv" / "cpython-3.13.9-windows-aarch64-none"
    folder.mkdir(parents=True)
    (folder / "python313.dll").write_bytes(DLL)
    (folder / "python.exe").touch()
    environ = {**host.environ, "UV_PYTHON_INSTALL_DIR": str(folder.parent)}

    found = _python(replace(host, environ=environ), P313, TrialOptions(), lambda _: None)

    assert found.executable == folder / "python.exe"
