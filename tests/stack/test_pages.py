from __future__ import annotations

import json
import time

import pytest

from winarm.errors import SourceError
from winarm.stack.files import IndexedFile
from winarm.stack.pages import files_of, read_page

URL = "https://index.example/simple/a/"
JSON = "application/vnd.pypi.simple.v1+json"


def page(*entries: object, version: str = "1.1") -> bytes:
    return json.dumps({"meta": {"api-version": version}, "name": "a", "files": entries}).encode()


def files(content: bytes, kind: str = JSON, url: str = URL) -> list[IndexedFile]:
    return files_of("a", read_page(content, kind, url, "index"))


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

    assert files(page(entry)) == [
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

    wheel, sdist = files(text.encode(), "text/html")

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
        files(content)


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
    assert files(page(entry)) == []


def test_a_checksum_of_another_form_is_none() -> None:
    (file,) = files(page({"filename": "a-1.tar.gz", "url": "x", "hashes": {"sha256": "../.."}}))

    assert file.sha256 == ""


def test_a_page_of_five_megabytes_is_read_fast() -> None:
    entries = [
        {
            "filename": f"a-1.{number}-cp313-cp313-manylinux_2_28_x86_64.whl",
            "url": f"https://files.example/{'x' * 200}/{number}.whl",
            "hashes": {"sha256": "0" * 64},
            "upload-time": "2025-06-07T01:02:03Z",
        }
        for number in range(12_000)
    ]
    content = page(*entries)
    assert len(content) > 4 * 10**6
    began = time.process_time()

    assert len(files(content)) == 12_000

    assert time.process_time() - began < 20


def test_a_page_without_a_project_has_the_files_of_several() -> None:
    digest = "0" * 64
    text = f'<a href="w/a-1.tar.gz#sha256={digest}"><a href="b-2.tar.gz">'

    assert [
        (file.name, file.url, file.sha256)
        for file in read_page(text.encode(), "text/html", "https://x/y/", "x")
    ] == [
        ("a-1.tar.gz", "https://x/y/w/a-1.tar.gz", digest),
        ("b-2.tar.gz", "https://x/y/b-2.tar.gz", ""),
    ]


@pytest.mark.parametrize(("url", "found"), [(URL, 0), ("file:///simple/a/index.html", 1)])
def test_a_page_of_a_server_names_no_file_of_this_machine(url: str, found: int) -> None:
    entry = {"filename": "a-1.tar.gz", "url": "file:///secret/a-1.tar.gz"}
    link = b'<a href="file:///secret/a-1.tar.gz">'

    assert len(files(page(entry), url=url)) == len(files(link, "text/html", url)) == found
