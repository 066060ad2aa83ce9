"""What uv is asked for and is served, and what becomes of its answer.

`test_status.py` runs the real one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from fake_host import FakeHost, Run, touch
from packaging.requirements import Requirement
from packaging.version import Version
from stack_samples import metadata
from stack_samples.known import Known

from winarm.errors import SourceError, UnreachableError, UsageError
from winarm.host import Answer
from winarm.stack.evidence import Evidence
from winarm.stack.files import Suitability
from winarm.stack.resolve import loopback_index, resolve
from winarm.stack.wanted import TargetMarkers, WantedStack, Wish
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from pathlib import Path

MARKERS = TargetMarkers(WIN_ARM64, PythonABI(13))
A, B = "a-1-py3-none-any.whl", "b-2-py3-none-any.whl"


def machine(folder: Path, answer: Answer, **environ: str) -> FakeHost:
    touch(folder / "bin" / "uv")

    def compiled(run: Run) -> Answer:
        assert run.folder is not None
        written = (run.folder / "requirements.in").read_text()
        assert written == "a[web]\nnever; sys_platform == 'linux'\n".replace("'", '"')
        return answer

    return FakeHost(
        environ={"PATH": str(folder / "bin"), **environ},
        default_cache=folder / "cache",
        answers={"uv --version": Answer(0, "uv 0.9.1\n", ""), "uv pip compile": compiled},
    )


def resolved(host: FakeHost, folder: Path) -> WantedStack:
    texts: dict[str, str | SourceError] = {
        A: metadata("a", "1", ('b; extra == "web"', 'c; sys_platform == "linux"')),
        B: metadata("b", "2"),
    }
    known = Known(folder, {"a": (A,), "b": (B,)}, texts)
    requirements = (Requirement("a[web]"), Requirement('never; sys_platform == "linux"'))
    wish = Wish("a test", requirements, sha256=(("b", frozenset({"0" * 64})),))
    return resolve(host, wish, Evidence(host, known.client), MARKERS, lambda _: None)


def test_the_answer_is_a_stack_with_who_requires_whom(tmp_path: Path) -> None:
    host = machine(tmp_path, Answer(0, "a[web]==1\nB==2 ; python_version > '3'\n# a note\n", ""))

    stack = resolved(host, tmp_path)

    assert [(one.name, one.version) for one in stack.packages] == [
        ("a", Version("1")),
        ("b", Version("2")),
    ]
    assert {(edge.requirer, edge.required) for edge in stack.edges} == {("", "a"), ("a", "b")}
    assert stack.packages[1].sha256 == {"0" * 64}


def test_uv_sees_the_target_and_no_other_index(tmp_path: Path) -> None:
    own = {"UV_INDEX_URL": "x", "PIP_INDEX_URL": "x", "HTTPS_PROXY": "x", "LANG": "C"}
    host = machine(tmp_path, Answer(0, "", ""), **own)

    resolved(host, tmp_path)

    run = host.ran[-1]
    options = dict(zip(run.words, run.words[1:], strict=False))
    assert options["--python-platform"] == "aarch64-pc-windows-msvc"
    assert options["--python-version"] == "3.13"
    assert options["--default-index"].startswith("http://127.0.0.1:")
    assert "--no-build" in run.words
    assert not run.environ.keys() & {"UV_INDEX_URL", "PIP_INDEX_URL", "HTTPS_PROXY"}
    assert run.environ["LANG"] == "C"


def test_uvs_reason_is_told_without_the_address_in_between(tmp_path: Path) -> None:
    said = "error: none\n  No solution found when resolving:\n  ╰─▶ Because a is not there\n"

    with pytest.raises(SourceError) as caught:
        resolved(machine(tmp_path, Answer(1, "", said)), tmp_path)

    assert "a test cannot be resolved: No solution found" in caught.value.what
    assert "127.0.0.1" not in caught.value.what


def test_without_uv_the_extra_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"winarm\[stack\]"):
        resolved(FakeHost(default_cache=tmp_path), tmp_path)


SUITS = Suitability(WIN_ARM64, PythonABI(13))
FOREIGN = "a_b-1-cp313-cp313-win_amd64.whl"


def get(address: str) -> bytes:
    with build_opener(ProxyHandler({})).open(address, timeout=30) as answer:
        content: bytes = answer.read()
    return content


@pytest.fixture
def known(tmp_path: Path) -> Known:
    return Known(
        tmp_path, {"a-b": (FOREIGN, "a_b-2.tar.gz")}, {FOREIGN: metadata("a-b", "1", ("c",))}
    )


def test_each_version_is_one_wheel_for_every_platform_with_metadata(known: Known) -> None:
    evidence = Evidence(FakeHost(default_cache=known.folder), known.client)

    with loopback_index(evidence, SUITS) as (address, failures):
        page = json.loads(get(f"{address}/simple/a-b/"))
        files = {file["filename"]: file for file in page["files"]}
        text = get(f"{address}{files['a_b-1-py3-none-any.whl']['url']}.metadata").decode()

    assert set(files) == {"a_b-1-py3-none-any.whl", "a_b-2-py3-none-any.whl"}
    assert all(file["core-metadata"] for file in files.values())
    assert "Requires-Dist: c" in text
    assert failures == []


@pytest.mark.parametrize(
    "path", ["/simple/other/", "/files/a-b/none/x.metadata", "/files/a-b/1/x.whl", "/"]
)
def test_what_is_not_there_is_not_found(known: Known, path: str) -> None:
    evidence = Evidence(FakeHost(default_cache=known.folder), known.client)

    with loopback_index(evidence, SUITS) as (address, failures):
        with pytest.raises(HTTPError) as caught:
            get(f"{address}{path}")
        caught.value.close()

    assert caught.value.code == 404
    assert failures == []


def test_an_index_that_fails_is_a_failure_of_the_resolution(tmp_path: Path) -> None:
    down = Known(tmp_path, {"a": ("a-1-py3-none-any.whl",)})
    down.texts = {"a-1-py3-none-any.whl": UnreachableError("index.example is down.")}
    evidence = Evidence(FakeHost(default_cache=tmp_path), down.client)

    with loopback_index(evidence, SUITS) as (address, failures):
        with pytest.raises(HTTPError) as caught:
            get(f"{address}/files/a/1/a-1-py3-none-any.whl.metadata")
        caught.value.close()

    assert caught.value.code == 503
    assert failures == ["index.example is down."]
