from __future__ import annotations

from typing import TYPE_CHECKING

from lock_samples import UV, read, versions

if TYPE_CHECKING:
    from pathlib import Path


def test_it_says_what_the_project_allows(tmp_path: Path) -> None:
    assert str(read(tmp_path, "uv.lock", UV).allowed("a")) == "<2,>=1"


def test_it_forks_by_python(tmp_path: Path) -> None:
    assert versions(read(tmp_path, "uv.lock", UV, python=14))["b"] == "3.0"


def test_it_marks_what_comes_from_a_repository(tmp_path: Path) -> None:
    (arm,) = (p for p in read(tmp_path, "uv.lock", UV).packages if p.name == "arm")

    assert arm.elsewhere == "git https://example.org/arm"


def test_it_follows_extras_of_dependencies(tmp_path: Path) -> None:
    assert "f" in versions(read(tmp_path, "uv.lock", UV, extras=["web"]))
