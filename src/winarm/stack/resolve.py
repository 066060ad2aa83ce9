"""Choosing versions for the target: uv resolves, against an index in this process.

uv by itself would leave out every version without a wheel for the target, or build it to learn its
dependencies. The index here offers each version as one wheel for any platform, with the metadata
that winarm read without running anything. So uv chooses the versions that pip would want, and only
then it is asked what of them there is.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from winarm.environment.uv import find_uv
from winarm.errors import SourceError, UsageError, WinarmError, bullets
from winarm.host import Host
from winarm.stack.files import IndexedProject, ProjectRelease, Suitability, parsed_version
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage, WantedStack, Wish, edges_of
from winarm.storage import scratch_folder

if TYPE_CHECKING:
    from winarm.stack.evidence import Evidence

#: Seconds for a resolution; uv takes a few even for large sets.
TIMEOUT = 600
#: A line of uv's answer, perhaps with extras: `httpx[http2]==0.28`.
_LINE = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)


def resolve(
    host: Host,
    wish: Wish,
    evidence: Evidence,
    markers: TargetMarkers,
    progress: Callable[[str], None],
) -> WantedStack:
    """Return every package that the requirements come to on the target.

    :raises UsageError: uv is not installed.
    :raises SourceError: the requirements cannot be met, or an index cannot be asked.
    """
    uv = find_uv(host)
    if uv is None:
        raise UsageError(
            "requirements cannot be resolved: uv is not installed.",
            cure='pip install "winarm[stack]", or name a lock file.',
        )
    progress(f"resolving {wish.origin} for {markers.target.wheel_platform}")
    with (
        loopback_index(evidence, Suitability(markers.target, markers.python)) as (
            address,
            failures,
        ),
        scratch_folder() as folder,
    ):
        lines = "\n".join(str(one) for one in wish.requirements)
        (folder / "requirements.in").write_text(lines + "\n", "utf-8")
        constraints = "\n".join(str(one) for one in wish.constraints)
        (folder / "constraints.in").write_text(constraints + "\n", "utf-8")
        answer = host.run(
            [
                *(*uv, "pip", "compile", "requirements.in", "-c", "constraints.in"),
                *("--no-config", "--no-cache", "--quiet", "--no-header", "--no-annotate"),
                *("--no-build", "--no-strip-extras", "--color", "never"),
                *("--python-platform", f"{markers.target.cpu}-pc-windows-msvc"),
                *("--python-version", markers.python.version),
                *("--default-index", f"{address}/simple"),
            ],
            environ=_without_uv(host),
            cwd=folder,
            timeout=TIMEOUT,
        )
    if not answer.ok:
        raise _failed(wish, answer.stderr, address, failures)
    return _stack(wish, _versions(answer.stdout), evidence, markers)


def _versions(output: str) -> dict[str, Version]:
    found = _LINE.findall(output)
    return {canonicalize_name(name): v for name, text in found if (v := parsed_version(text))}


def _stack(
    wish: Wish, versions: dict[str, Version], evidence: Evidence, markers: TargetMarkers
) -> WantedStack:
    """Return the stack with who requires whom, by the metadata that uv was given."""
    hashes = dict(wish.sha256)
    notes = list(wish.notes)
    edges: dict[tuple[str, str], Edge] = {}
    pending = [("", one) for one in wish.requirements if markers.hold(one.marker)]
    seen: set[tuple[str, str]] = set()
    while pending:
        requirer, requirement = pending.pop()
        name = canonicalize_name(requirement.name)
        for edge in edges_of(requirer, [requirement]):
            known = edges.get((requirer, name))
            if known is None or (known.allowed is not None and not known.allowed):
                edges[requirer, name] = edge
        for extra in ("", *sorted(requirement.extras)):
            if (name, extra) in seen or name not in versions:
                continue
            seen.add((name, extra))
            lines, note = evidence.dependencies(name, versions[name])
            if note and not extra:
                notes.append(f"{name} {versions[name]}: {note}")
            pending += [(name, one) for one in markers.wanted(lines, [extra] if extra else [])]
    packages = tuple(
        WantedPackage(name, version, hashes.get(name, frozenset()))
        for name, version in sorted(versions.items())
    )
    kept = tuple(edge for edge in edges.values() if edge.required in versions)
    return WantedStack(wish.origin, packages, kept, tuple(notes))


def _failed(wish: Wish, said: str, address: str, failures: Sequence[str]) -> SourceError:
    if failures:
        return SourceError(
            f"{wish.origin} cannot be resolved:\n{bullets(dict.fromkeys(failures[:5]))}",
            why="A package index does not answer.",
            cure="Check the network, the proxy and the index; --offline takes what is cached.",
        )
    text = said.replace(f"{address}/simple", "the index").replace(address, "the index")
    lines = [
        re.sub(r"^\W*(cause: |hint: )?", "", line) for line in text.splitlines() if line.strip()
    ]
    told = " ".join(line for line in lines if line and not line.startswith("error"))
    return SourceError(
        f"{wish.origin} cannot be resolved: {' '.join(told.split()) or 'uv gives no reason.'}",
        cure="Check names and versions; --no-deps looks at the named packages alone.",
    )


def _without_uv(host: Host) -> dict[str, str]:
    """Return the environment without what would lead uv to another index or Python."""
    kept = {
        name: value
        for name, value in host.environ.items()
        if not name.upper().startswith(("UV_", "PIP_"))
        and name.upper() not in {"VIRTUAL_ENV", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
    }
    return {**kept, "UV_HTTP_RETRIES": "0", "UV_PYTHON_DOWNLOADS": "never", "NO_PROXY": "*"}


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
