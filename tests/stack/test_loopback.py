"""The index that uv resolves against."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from fake_host import FakeHost
from stack_samples import metadata
from stack_samples.known import Known

from winarm.errors import UnreachableError
from winarm.stack.evidence import Evidence
from winarm.stack.files import Suitability
from winarm.stack.loopback import loopback_index
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from pathlib import Path

SUITS = Suitability(WIN_ARM64, PythonABI(13))
WHEEL = "a_b-1-cp313-cp313-win_amd64.whl"


def get(address: str) -> bytes:
    with build_opener(ProxyHandler({})).open(address, timeout=30) as answer:
        content: bytes = answer.read()
    return content


@pytest.fixture
def known(tmp_path: Path) -> Known:
    return Known(tmp_path, {"a-b": (WHEEL, "a_b-2.tar.gz")}, {WHEEL: metadata("a-b", "1", ("c",))})


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
