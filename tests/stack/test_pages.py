from __future__ import annotations

import json
import time

import pytest

from winarm.errors import SourceError
from winarm.stack.files import IndexedFile
from winarm.stack.pages import links_of, read_page

URL = "https://index.example/simple/a/"
JSON = "application/vnd.pypi.simple.v1+json"


def page(*files: object, version: str = "1.1") -> bytes:
    return json.dumps({"meta": {"api-version": version}, "name": "a", "files": files}).encode()


def test_json_has_everything() -> None:
    entry = {
        "filename": "a-1-py3-none-any.whl",
        "url": "../../files/a-1-py3-none-any.whl",
        "hashes": {"sha256": "0" * 64},
        "requires-python": ">=3.9",
        "yanked": "bad",
        "upload-time": "2025-06-07T01:02:03Z",
        "core-metadata": {"sha256": "1" * 64},
    }

    assert read_page("a", page(entry), JSON, URL, "index") == [
        IndexedFile(
            "a-1-py3-none-any.whl",
            "1",
            "https://index.example/files/a-1-py3-none-any.whl",
            "0" * 64,
            ">=3.9",
            yanked=True,
            uploaded="2025-06-07",
            has_metadata=True,
            place="index",
        )
    ]


def test_html_has_what_html_can() -> None:
    text = (
        '<!DOCTYPE html><base href="https://files.example/"><a href="x/a-1-py3-none-any.whl#sha256='
        + "0" * 64
        + '" data-requires-python="&gt;=3.9" data-yanked="" data-core-metadata="true">a</a>'
        '<a href="a-1.tar.gz">a</a><a>nothing</a><a href="b-1.tar.gz">other</a>'
    )

    wheel, sdist = read_page("a", text.encode(), "text/html", URL, "index")

    assert wheel.url == "https://files.example/x/a-1-py3-none-any.whl"
    assert (wheel.sha256, wheel.requires_python, wheel.yanked) == ("0" * 64, ">=3.9", True)
    assert wheel.has_metadata
    assert (sdist.name, sdist.sha256) == ("a-1.tar.gz", "")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"files": 3}', page(version="2.0"), b"[" * 10**5],
)
def test_what_is_no_page_is_one_error(content: bytes) -> None:
    with pytest.raises(SourceError, match="does not answer as a package index"):
        read_page("a", content, JSON, URL, "index")


@pytest.mark.parametrize(
    "entry",
    [
        3,
        {},
        {"filename": "../a-1.tar.gz", "url": "x"},
        {"filename": "..\\a-1.tar.gz", "url": "x"},
        {"filename": "a-1.exe", "url": "x"},
        {"filename": 3, "url": "x"},
        {"filename": "a-1.tar.gz", "url": None},
        {"filename": "\n-1.tar.gz", "url": "x"},
    ],
)
def test_entries_that_are_no_files_are_left_out(entry: object) -> None:
    assert read_page("a", page(entry), JSON, URL, "index") == []


def test_a_checksum_of_another_form_is_none() -> None:
    (file,) = read_page(
        "a",
        page({"filename": "a-1.tar.gz", "url": "x", "hashes": {"sha256": "../.."}}),
        JSON,
        URL,
        "index",
    )

    assert file.sha256 == ""


def test_a_page_of_five_megabytes_is_read_fast() -> None:
    files = [
        {
            "filename": f"a-1.{number}-cp313-cp313-manylinux_2_28_x86_64.whl",
            "url": f"https://files.example/{'x' * 200}/{number}.whl",
            "hashes": {"sha256": "0" * 64},
            "upload-time": "2025-06-07T01:02:03Z",
        }
        for number in range(12_000)
    ]
    content = page(*files)
    assert len(content) > 4 * 10**6
    began = time.process_time()

    assert len(read_page("a", content, JSON, URL, "index")) == 12_000

    assert time.process_time() - began < 20


def test_links_of_a_page() -> None:
    digest = "0" * 64

    assert links_of(f'<a href="w/a-1.tar.gz#sha256={digest}">', "https://x/y/") == [
        ("a-1.tar.gz", "https://x/y/w/a-1.tar.gz", digest)
    ]
