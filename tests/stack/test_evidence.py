"""What is known of a version without running any of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost
from packaging.version import Version
from stack_samples import metadata, sdist
from stack_samples.known import Known

from winarm.errors import SourceError, UnreachableError
from winarm.stack.evidence import Evidence

if TYPE_CHECKING:
    from pathlib import Path

ONE = Version("1")
WHEEL, LINUX, SDIST = "a-1-py3-none-win_arm64.whl", "a-1-py3-none-linux.whl", "a-1.tar.gz"


def evidence(known: Known, *, build_metadata: bool = False) -> Evidence:
    host = FakeHost(default_cache=known.folder / "cache")
    return Evidence(host, known.client, build_metadata=build_metadata)


def of_sdist(
    folder: Path, content: bytes, *, build_metadata: bool = False
) -> tuple[tuple[str, ...], str]:
    known = Known(folder, {"a": (SDIST,)}, contents={SDIST: content})
    return evidence(known, build_metadata=build_metadata).dependencies("a", ONE)


def test_metadata_of_a_wheel_says_it_and_is_read_once(tmp_path: Path) -> None:
    text = metadata("a", "1", ("b>=2",), ("License :: X",))
    known = Known(tmp_path, {"a": (LINUX, WHEEL, SDIST)}, {WHEEL: text})
    found = evidence(known)

    assert found.dependencies("a", ONE) == (("b>=2",), "")
    assert found.classifiers("a", ONE) == ("License :: X",)
    # A wheel for Windows first.
    assert known.read == [WHEEL]


def test_a_wheel_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    text = metadata("a", "1", ("b",))

    known = Known(tmp_path, {"a": (WHEEL, LINUX)}, {LINUX: text})

    assert evidence(known).dependencies("a", ONE) == (("b",), "")


def test_an_index_that_is_down_is_no_reason_to_guess(tmp_path: Path) -> None:
    known = Known(tmp_path, {"a": (WHEEL, LINUX)}, {WHEEL: UnreachableError("it is down")})

    with pytest.raises(UnreachableError):
        evidence(known).dependencies("a", ONE)
    assert evidence(known).classifiers("a", ONE) == ()


def test_wheels_without_metadata_and_without_a_source_are_said_to_be(tmp_path: Path) -> None:
    found = evidence(Known(tmp_path, {"a": (WHEEL,)})).dependencies("a", ONE)

    assert found == ((), "its dependencies are not known: its wheels cannot be read")


def test_a_version_that_is_not_there_requires_nothing(tmp_path: Path) -> None:
    assert evidence(Known(tmp_path, {})).dependencies("a", ONE) == ((), "")


def test_an_sdist_with_static_dependencies_says_them(tmp_path: Path) -> None:
    info = "Metadata-Version: 2.2\nName: a\nVersion: 1\nRequires-Dist: b\n"

    assert of_sdist(tmp_path, sdist("a-1", {"PKG-INFO": info})) == (("b",), "")


def test_an_old_sdist_has_what_its_author_built(tmp_path: Path) -> None:
    requires = "b>=1\n\n[:python_version < '3.8']\nold\n\n[web]\nc\n\n[x:os_name == 'nt']\nd\n"
    files = {"a.egg-info/requires.txt": requires}

    lines, note = of_sdist(tmp_path, sdist("a-1", files, dynamic=True))

    assert lines == (
        "b>=1",
        "old; (python_version < '3.8')",
        'c; extra == "web"',
        "d; (os_name == 'nt') and extra == \"x\"",
    )
    assert "author's own build" in note


def test_an_sdist_that_says_nothing_is_not_known(tmp_path: Path) -> None:
    lines, note = of_sdist(tmp_path, sdist("a-1", {}, dynamic=True))

    assert lines == ()
    assert "not known" in note


def test_metadata_for_the_resolver_has_this_name_and_no_line_breaks(tmp_path: Path) -> None:
    text = metadata("Other", "9", ("b ;\n python_version > '3'",), extras=("web",))
    text = text.replace("Version: 9", "Version: 9\nRequires-Python: >=3.8")

    found = evidence(Known(tmp_path, {"a": (WHEEL,)}, {WHEEL: text})).core_metadata("a", ONE)

    assert found.splitlines() == [
        "Metadata-Version: 2.1",
        "Name: a",
        "Version: 1",
        "Requires-Python: >=3.8",
        "Provides-Extra: web",
        "Requires-Dist: b ; python_version > '3'",
    ]


def test_a_damaged_sdist_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        of_sdist(tmp_path, b"no archive")


@pytest.mark.integration
def test_a_backend_tells_what_its_sdist_does_not(tmp_path: Path) -> None:
    setup = "from setuptools import setup\nsetup(name='a', install_requires=['i' + 'dna'])\n"
    content = sdist("a-1", {"setup.py": setup}, dynamic=True)

    assert of_sdist(tmp_path, content, build_metadata=True) == (("idna",), "")


@pytest.mark.integration
def test_a_backend_that_fails_is_one_error(tmp_path: Path) -> None:
    content = sdist("a-1", {"setup.py": "raise SystemExit(3)\n"}, dynamic=True)

    with pytest.raises(SourceError, match=r"the metadata of a-1\.tar\.gz cannot be built"):
        of_sdist(tmp_path, content, build_metadata=True)


@pytest.mark.integration
def test_build_requirements_that_are_not_there_are_one_error(tmp_path: Path) -> None:
    text = "[build-system]\nrequires = ['./nothing']\nbuild-backend = 'x'\n"
    content = sdist("a-1", {"pyproject.toml": text}, dynamic=True)

    with pytest.raises(SourceError, match=r"a-1\.tar\.gz cannot be built: .* cannot be installed"):
        of_sdist(tmp_path, content, build_metadata=True)
