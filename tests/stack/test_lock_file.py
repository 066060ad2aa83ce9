"""What every kind of lock has in common; those of `LOCKS` are read through their readers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lock_samples import LOCKS, read

from winarm.errors import FileSystemError, UsageError
from winarm.stack.lock_file import LockFile, package
from winarm.stack.wanted import Edge, TargetMarkers, WantedPackage
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from pathlib import Path

MARKERS = TargetMarkers(WIN_ARM64, PythonABI(13))


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock"])
def test_an_extra_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no extra, group or environment 'nope'"):
        read(tmp_path, name, LOCKS[name], extras=["nope"])


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock"])
def test_a_group_that_does_not_exist_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no extra, group or environment 'nope'"):
        read(tmp_path, name, LOCKS[name], groups=["nope"])


@pytest.mark.parametrize("name", ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock"])
def test_a_lock_for_another_python_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="a lock for Python"):
        read(tmp_path, name, LOCKS[name].replace(">=3.11", ">=3.14"))


@pytest.mark.parametrize("name", LOCKS)
@pytest.mark.parametrize(
    "text", ["\x00", "[[[", "- - [", "package = 3\npackages = 3", '{"default": 3}', "x: &a [*a]"]
)
def test_what_is_no_lock_is_one_error_or_empty(tmp_path: Path, name: str, text: str) -> None:
    try:
        stack = read(tmp_path, name, text)
    except UsageError as error:
        assert str(tmp_path / name) in str(error)  # noqa: PT017 - either is right
    else:
        assert stack.packages == ()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileSystemError, match=r"x\.lock"):
        LockFile.read(tmp_path / "x.lock", MARKERS, json.loads)


def test_a_package_has_the_checksums_that_are_sha256() -> None:
    hashes = ["sha256:ab", "md5:cd", "sha256:", 3, None]

    found = package("a", {"version": "==1.5"}, hashes, "git https://example.org")

    assert str(found.version) == "1.5"
    assert found.sha256 == {"ab"}
    assert found.elsewhere == "git https://example.org"


@pytest.mark.parametrize("name", ["a b c", "", None, 3])
def test_a_package_without_a_name_is_refused(tmp_path: Path, name: object) -> None:
    lock = LockFile(tmp_path / "x.lock", {}, MARKERS)

    with pytest.raises(UsageError, match="a package without a valid name"):
        lock.name({"name": name})


def test_what_no_package_requires_the_user_does(tmp_path: Path) -> None:
    lock = LockFile(tmp_path / "x.lock", {}, MARKERS)
    found = [WantedPackage("a"), WantedPackage("b")]

    stack = lock.stack(found, [Edge("a", "b"), Edge("a", "left-out"), Edge("a", "a")])

    assert stack.edges == (Edge("a", "b"), Edge("", "a"))
