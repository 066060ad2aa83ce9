"""What uv is asked for, and what becomes of its answer; `test_status.py` runs the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, Run, touch
from packaging.requirements import Requirement
from packaging.version import Version
from stack_samples import metadata
from stack_samples.known import Known

from winarm.errors import SourceError, UsageError
from winarm.host import Answer
from winarm.stack.evidence import Evidence
from winarm.stack.resolve import resolve
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
