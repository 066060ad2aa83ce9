from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stack_samples import sdist, wheel
from verify_samples import image as im

from winarm.errors import SourceError, UsageError
from winarm.stack.report import PackageStatus, StackReport, Status
from winarm.stack.status import StatusOptions, stack_status, target_python
from winarm.target import PythonABI

if TYPE_CHECKING:
    from pathlib import Path

    from stack_samples import LocalIndex

    from winarm.host import Host

SETUP = "from setuptools import setup, Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"
PYTHON = StatusOptions(python="3.13")


def by_name(report: StackReport) -> dict[str, PackageStatus]:
    return {package.name: package for package in report.packages}


def look(host: Host, *sources: str, options: StatusOptions = PYTHON) -> dict[str, PackageStatus]:
    return by_name(stack_status(sources, options=options, host=host))


@pytest.fixture
def stack(index: LocalIndex) -> LocalIndex:
    """An application that needs a ready package, a pure one, and one that has no wheel."""
    requires = ("fast>=1", "plain", 'tux; sys_platform == "linux"', "missing<2")
    index.add("app-1.0-py3-none-any.whl", wheel("app-1.0-py3-none-any.whl", requires=requires))
    index.add("fast-1.0-cp313-cp313-win_arm64.whl")
    ready = "fast-1.0-cp313-cp313-win_arm64.whl"
    index.add(ready, wheel(ready, requires=("missing>=1",)))
    index.add("plain-2.0-py3-none-any.whl")
    index.add("tux-1.0-py3-none-any.whl")
    index.add("missing-1.5-cp313-cp313-win_amd64.whl")
    index.add("missing-1.5.tar.gz", sdist("missing-1.5", {"setup.py": SETUP, "a.c": ""}))
    index.add("missing-2.0-cp313-cp313-win_arm64.whl")
    return index


def test_requirements_are_resolved_for_the_target(stack: LocalIndex, host: Host) -> None:
    found = look(host, "app")

    assert {name: (p.version, p.status) for name, p in found.items()} == {
        "app": ("1.0", Status.PURE),
        "fast": ("1.0", Status.READY),
        "plain": ("2.0", Status.PURE),
        "missing": ("1.5", Status.NEWER),
    }


def test_a_gap_says_who_requires_it_and_what_helps(stack: LocalIndex, host: Host) -> None:
    missing = look(host, "app")["missing"]

    assert missing.required_by == ("app", "fast")
    assert missing.holds_back == 2
    assert missing.other is not None
    assert not missing.other.allowed
    assert missing.pin == "missing==2.0"
    assert missing.command == "winarm build missing==1.5 --python 3.13"
    assert missing.source is not None
    assert missing.source.languages == ("C",)


def test_classifiers_count_only_where_there_is_no_wheel_for_windows(
    index: LocalIndex, host: Host
) -> None:
    posix = ("Operating System :: POSIX",)
    files = {"setup.py": SETUP, "a.c": ""}
    for name, platform in (("unix", "manylinux_2_28_x86_64"), ("both", "win_amd64")):
        file = f"{name}-1.0-cp313-cp313-{platform}.whl"
        index.add(file, wheel(file, classifiers=posix))
        index.add(f"{name}-1.0.tar.gz", sdist(f"{name}-1.0", files))

    found = look(host, "unix", "both")

    assert found["unix"].status is Status.NOT_FOR_WINDOWS
    assert found["both"].status is Status.BUILDABLE


def test_an_sdist_without_native_code_is_pure_though_a_newer_version_has_a_wheel(
    index: LocalIndex, host: Host
) -> None:
    index.add("plain-1.0.tar.gz", sdist("plain-1.0", {"setup.py": "from setuptools import setup"}))
    index.add("plain-2.0-py3-none-any.whl")
    index.add("hidden-1.0.tar.gz", sdist("hidden-1.0", {"setup.py": "import own_build"}))
    index.add("hidden-1.0-cp313-cp313-win_amd64.whl")

    found = look(host, "plain<2", "hidden")

    assert found["plain"].status is Status.PURE
    assert found["hidden"].status is Status.BUILDABLE


def test_a_wheel_whose_checksum_the_lock_lacks_is_noted(
    index: LocalIndex, host: Host, tmp_path: Path
) -> None:
    index.add("one-1.0-py3-none-any.whl")
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"one==1.0 --hash=sha256:{'0' * 64}\n")

    report = stack_status(lock, python="3.13", host=host)

    assert "does not have the checksum of this wheel" in report.packages[0].notes[0]


def test_an_index_that_does_not_answer_is_noted_once(index: LocalIndex, host: Host) -> None:
    for name in ("one", "two"):
        index.add(f"{name}-1.0-py3-none-any.whl")
    options = StatusOptions(no_deps=True, extra_indexes=("http://127.0.0.1:9/simple",))

    report = stack_status(["one", "two"], python="3.13", options=options, host=host)

    assert [package.notes for package in report.packages] == [(), ()]
    assert "127.0.0.1:9" in report.notes[0]
    assert "(for 2 packages)" in report.notes[0]


def test_named_packages_alone(stack: LocalIndex, host: Host) -> None:
    options = StatusOptions(python="3.13", no_deps=True)

    found = look(host, "app", "missing==1.5", options=options)

    assert {name: p.version for name, p in found.items()} == {"app": "1.0", "missing": "1.5"}
    assert all(package.root for package in found.values())


def test_a_lock_asks_its_requirers_what_they_allow(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text(
        'version = 1\nrequires-python = ">=3.12"\n'
        '[[package]]\nname = "mine"\nversion = "0"\nsource = { virtual = "." }\n'
        'dependencies = [{ name = "app" }]\n'
        '[[package]]\nname = "app"\nversion = "1.0"\ndependencies = [{ name = "missing" }]\n'
        '[[package]]\nname = "missing"\nversion = "1.5"\n'
    )

    missing = look(host, str(lock))["missing"]

    assert missing.requirement == "<2"
    assert missing.other is not None
    assert not missing.other.allowed


def test_no_code_of_a_package_is_run(index: LocalIndex, host: Host, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    texts = {"setup.py": f"open({str(trap)!r}, 'w')\n{SETUP}", "a.c": ""}
    index.add("trap-1.0.tar.gz", sdist("trap-1.0", texts, dynamic=True))

    report = stack_status("trap", options=PYTHON, host=host)

    assert report.packages[0].status is Status.BUILDABLE
    assert not trap.exists()
    assert any("its dependencies are not known" in note for note in report.notes)


def test_egg_info_tells_the_dependencies_of_an_old_sdist(index: LocalIndex, host: Host) -> None:
    texts = {
        "PKG-INFO": "Metadata-Version: 1.1\nName: old\nVersion: 1.0\n",
        "setup.py": "setup()",
        "old.egg-info/requires.txt": 'plain\n\n[:sys_platform == "linux"]\ntux\n',
    }
    index.add("old-1.0.tar.gz", sdist("old-1.0", texts))
    index.add("plain-2.0-py3-none-any.whl")

    assert set(look(host, "old")) == {"old", "plain"}


def test_extras_bring_their_requirements(index: LocalIndex, host: Host) -> None:
    name = "app-1.0-py3-none-any.whl"
    index.add(name, wheel(name, requires=('plain; extra == "more"',), extras=("more",)))
    index.add("plain-2.0-py3-none-any.whl")

    assert set(look(host, "app")) == {"app"}
    assert look(host, "app[more]")["plain"].required_by == ("app",)


@pytest.mark.parametrize("ranges", [True, False])
def test_an_index_without_separate_metadata(stack: LocalIndex, host: Host, *, ranges: bool) -> None:
    stack.core_metadata, stack.ranges = False, ranges

    assert set(look(host, "app")) == {"app", "fast", "plain", "missing"}


def test_an_index_without_the_json_api(stack: LocalIndex, host: Host) -> None:
    stack.html = True

    assert look(host, "app")["missing"].status is Status.NEWER


def test_a_package_that_does_not_exist_is_one_error(stack: LocalIndex, host: Host) -> None:
    with pytest.raises(SourceError, match="there is no package nowhere on any index"):
        look(host, "nowhere")


def test_a_missing_dependency_is_named(index: LocalIndex, host: Host) -> None:
    index.add("app-1.0-py3-none-any.whl", wheel("app-1.0-py3-none-any.whl", requires=("nowhere",)))

    with pytest.raises(SourceError, match="nowhere was not found") as caught:
        look(host, "app")

    assert "127.0.0.1" not in str(caught.value)


def test_requirements_that_contradict_each_other_are_one_error(
    stack: LocalIndex, host: Host
) -> None:
    with pytest.raises(SourceError, match=r"cannot be resolved: .*missing"):
        look(host, "app", "missing>=2")


def test_no_version_for_this_python(index: LocalIndex, host: Host) -> None:
    index.add("late-1.0-py3-none-any.whl", None, **{"requires-python": ">=3.14"})

    with pytest.raises(SourceError, match=r"Python.*3\.14"):
        look(host, "late")


def test_a_second_run_is_answered_from_the_cache(stack: LocalIndex, host: Host) -> None:
    first = look(host, "app")
    stack.asked.clear()

    assert look(host, "app") == first
    assert stack.asked == []


def test_offline_answers_from_the_cache(stack: LocalIndex, host: Host) -> None:
    first = look(host, "app")
    stack.files.clear()
    stack.asked.clear()

    assert look(host, "app", options=StatusOptions(python="3.13", offline=True)) == first
    assert stack.asked == []


def test_offline_without_a_cache_is_one_error(stack: LocalIndex, host: Host) -> None:
    with pytest.raises(SourceError, match="not cached"):
        look(host, "app", options=StatusOptions(python="3.13", offline=True))


def test_refresh_asks_again(stack: LocalIndex, host: Host) -> None:
    look(host, "plain")
    stack.add("plain-3.0-py3-none-any.whl")

    assert look(host, "plain")["plain"].version == "2.0"
    fresh = look(host, "plain", options=StatusOptions(python="3.13", refresh=True))
    assert fresh["plain"].version == "3.0"


def test_verification_finds_a_wheel_that_cannot_load(index: LocalIndex, host: Host) -> None:
    name = "bad-1.0-cp313-cp313-win_arm64.whl"
    index.add(name, wheel(name, members={"bad.cp313-win_arm64.pyd": b"not an image"}))

    bad = look(host, "bad", options=StatusOptions(python="3.13", verify=True))["bad"]

    assert bad.status is Status.READY
    assert bad.missing
    assert bad.findings


def test_verification_says_what_is_good_and_what_cannot_be_fetched(
    index: LocalIndex, host: Host
) -> None:
    for name in ("good", "lied"):
        file = f"{name}-1.0-cp313-cp313-win_arm64.whl"
        module = {f"{name}.cp313-win_arm64.pyd": im.module(name)}
        index.add(file, wheel(file, members=module))
    index.add(file, wheel(file), hashes={"sha256": "0" * 64})

    found = look(host, "good", "lied", options=StatusOptions(python="3.13", verify=True))

    assert found["good"].verified == "verified"
    assert "lied-1.0-cp313-cp313-win_arm64.whl" in found["lied"].verified
    assert [one.missing for one in found.values()] == [False, True]


def test_the_public_function_takes_names_and_files(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("plain\n")

    by_file = stack_status(file, python="3.13", host=host)
    by_list = stack_status(["plain"], python="3.13", host=host)

    assert by_file.packages == by_list.packages
    assert by_file.ready_share == 1


@pytest.mark.parametrize(
    ("written", "abi"),
    [("3.13", PythonABI(13)), ("3.14t", PythonABI(14, free_threaded=True))],
)
def test_spelling_of_the_targets_python(written: str, abi: PythonABI) -> None:
    assert target_python(written) == abi


@pytest.mark.parametrize("written", ["3.9", "3", "x", "3.13.1", "", "2.7"])
def test_other_pythons_are_refused(written: str) -> None:
    with pytest.raises(UsageError, match=r"winarm supports Python 3\.11 to"):
        target_python(written)
