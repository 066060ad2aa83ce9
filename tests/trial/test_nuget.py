from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.errors import SourceError
from winarm.target import PythonABI
from winarm.trial.nuget import fetch_python

if TYPE_CHECKING:
    from nuget_source import Source

    from winarm.host import Host

P313, P313T = PythonABI(13), PythonABI(13, free_threaded=True)


def test_newest_listed_release_is_fetched_once(source: Source, host: Host) -> None:
    source.offer("3.12.11", "3.13.2", "3.13.9", "3.13.10", "3.14.0-rc1", "3.13.11-rc1")

    found = fetch_python(host, P313, source.index)
    again = fetch_python(host, P313, source.index)

    assert found == again
    assert (found / "tools" / "python.exe").read_text() == "3.13.10"
    assert found.is_relative_to(host.cache / "trial" / "pythons")
    assert not list(found.glob("*.nuspec"))
    assert source.asked.count("/pythonarm64.3.13.10.nupkg") == 1


def test_free_threaded_python_is_a_package_of_its_own(source: Source, host: Host) -> None:
    source.offer("3.13.2", name="pythonarm64-freethreaded", dll="python313t.dll")

    found = fetch_python(host, P313T, source.index)

    assert (found / "tools" / "python313t.dll").is_file()


def test_package_that_is_not_what_the_catalogue_promises_is_refused(
    source: Source, host: Host
) -> None:
    source.offer("3.13.2")
    source.answers["/pythonarm64.3.13.2.nupkg"] += b"more"

    with pytest.raises(SourceError, match="not what the index promises"):
        fetch_python(host, P313, source.index)

    assert not list((host.cache / "trial" / "pythons").glob("python*/"))


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/v3/index.json", b"{}"),
        ("/v3/index.json", b'{"resources": []}'),
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

    with pytest.raises(SourceError, match="cannot be fetched"):
        fetch_python(host, P313, source.index)


def test_version_that_is_not_offered_is_named(source: Source, host: Host) -> None:
    source.offer("3.12.1")

    with pytest.raises(SourceError, match=r"no version 3\.13 of pythonarm64"):
        fetch_python(host, P313, source.index)
