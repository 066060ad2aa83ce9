from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from stack_samples import indexed

from winarm.stack.files import IndexedProject, Suitability
from winarm.stack.judge import first_wheel, judge, judge_source, leaves_out_windows
from winarm.stack.report import FirstWheel, OtherVersion, PackageStatus, SourceFacts, Status
from winarm.target import WIN_ARM64, PythonABI

SUITS = Suitability(WIN_ARM64, PythonABI(13))


def judged(*names: str, version: str | None = None, allowed: str | None = None) -> PackageStatus:
    return judge(
        indexed("a", *names),
        SUITS,
        Version(version) if version else None,
        SpecifierSet(allowed) if allowed is not None else None,
    )


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["a-1-cp313-cp313-win_arm64.whl"], Status.READY),
        (["a-1-cp38-abi3-win_arm64.whl"], Status.READY),
        (["a-1-py3-none-win_arm64.whl"], Status.READY),
        (["a-1-py3-none-any.whl"], Status.PURE),
        # An ABI of `none` does not make a wheel pure: these two are gaps.
        (["a-1-py3-none-win_amd64.whl"], Status.NO_SOURCE),
        (["a-1-py3-none-manylinux_2_28_x86_64.whl"], Status.NOT_FOR_WINDOWS),
        (["a-1-cp313-cp313-win_amd64.whl"], Status.NO_SOURCE),
        (["a-1-cp313-cp313-macosx_11_0_arm64.whl"], Status.NOT_FOR_WINDOWS),
        (["a-1-cp312-cp312-win_arm64.whl"], Status.NO_SOURCE),
        (["a-1-cp313-cp313-win_amd64.whl", "a-1.tar.gz"], Status.UNKNOWN),
        ([], Status.UNKNOWN),
    ],
)
def test_status_of_the_newest_version(names: list[str], status: Status) -> None:
    assert judged(*names).status is status


def test_a_version_for_other_pythons_is_not_the_newest_one() -> None:
    fitting = indexed("a", "a-1-cp313-cp313-win_arm64.whl").releases.values()
    others = indexed("a", "a-2-cp314-cp314-win_arm64.whl", requires_python=">=3.14")
    both = IndexedProject.of(
        "a", [f for r in (*fitting, *others.releases.values()) for f in r.files]
    )

    newest = judge(both, SUITS)
    alone = judge(others, SUITS)
    pinned = judge(others, SUITS, Version("2"))

    assert (newest.version, newest.status) == ("1", Status.READY)
    assert alone.reason == "no version supports Python 3.13 and is not yanked"
    assert (pinned.status, pinned.reason) == (Status.UNKNOWN, "2 requires Python >=3.14")


def test_what_an_index_that_is_down_may_have_is_unknown() -> None:
    files = indexed("a", "a-1-cp313-cp313-manylinux_2_28_x86_64.whl").releases[Version("1")].files
    found = judge(IndexedProject.of("a", files, ["x: is down"]), SUITS)

    assert found.status is Status.UNKNOWN
    assert found.reason.endswith("but not every index could be asked")
    assert found.notes == ("not asked: x: is down",)


def test_a_wheel_of_a_newer_pre_release_is_noted() -> None:
    found = judged("a-1-cp313-cp313-win_amd64.whl", "a-2rc1-cp313-cp313-win_arm64.whl")

    assert (found.version, found.status) == ("1", Status.NO_SOURCE)
    assert found.notes == ("2rc1, a pre-release, has a wheel",)


def test_stable_abi_and_free_threading_are_told_apart() -> None:
    stable = judged("a-1-cp38-abi3-win_arm64.whl")
    free = judge(
        indexed("a", "a-1-cp314-cp314t-win_arm64.whl"),
        Suitability(WIN_ARM64, PythonABI(14, free_threaded=True)),
    )

    assert stable.wheel is not None
    assert (stable.wheel.abi, stable.wheel.free_threaded) == ("abi3", False)
    assert free.wheel is not None
    assert (free.wheel.abi, free.wheel.free_threaded) == ("cp314t", True)


def test_a_newer_version_that_is_allowed_is_preferred_to_an_older_one() -> None:
    names = ("a-1-cp313-cp313-win_arm64.whl", "a-2.tar.gz", "a-3-cp313-cp313-win_arm64.whl")

    package = judged(*names, version="2", allowed=">=1")

    assert package.status is Status.NEWER
    assert package.other == OtherVersion("3", allowed=True)
    assert package.pin == "a==3"


def test_an_older_version_that_is_allowed_is_preferred_to_a_newer_one_that_is_not() -> None:
    names = ("a-1-cp313-cp313-win_arm64.whl", "a-2.tar.gz", "a-3-cp313-cp313-win_arm64.whl")

    package = judged(*names, version="2", allowed="<3")

    assert package.status is Status.OLDER
    assert package.other == OtherVersion("1", allowed=True)


def test_a_version_that_helps_and_is_not_allowed_is_named_as_such() -> None:
    package = judged("a-1.tar.gz", "a-2-cp313-cp313-win_arm64.whl", version="1", allowed="==1")

    assert package.other == OtherVersion("2", allowed=False)
    assert "not allowed by ==1" in package.reason


def test_the_nearest_version_helps_first() -> None:
    names = [f"a-{n}-cp313-cp313-win_arm64.whl" for n in (3, 4, 5)]

    assert judged("a-2.tar.gz", *names, version="2").pin == "a==3"


def test_an_old_pure_version_is_no_help() -> None:
    """It is from before the project had native code, like aiohttp 0.13.1."""
    package = judged("a-0.1-py3-none-any.whl", "a-2-cp313-cp313-win_amd64.whl")

    assert package.status is Status.NO_SOURCE
    assert package.pin == ""


def test_yanked_and_pre_releases_are_no_help() -> None:
    yanked = indexed("a", "a-1-cp313-cp313-win_arm64.whl", yanked=True)
    newest = indexed("a", "a-2-cp313-cp313-win_amd64.whl", "a-3rc1-cp313-cp313-win_arm64.whl")
    project = IndexedProject("a", {**yanked.releases, **newest.releases})

    assert judge(project, SUITS, Version("2")).status is Status.NO_SOURCE


def test_dropped_support_names_the_last_version_that_had_it() -> None:
    names = (
        "a-1-cp313-cp313-win_arm64.whl",
        "a-2-cp311-abi3-win_arm64.whl",
        "a-3-cp313-cp313-win_amd64.whl",
        "a-3.tar.gz",
    )

    assert judged(*names).dropped == "2"
    assert judged(*names[:2]).dropped == ""


def test_a_project_that_became_pure_has_not_dropped_anything() -> None:
    assert judged("a-1-cp313-cp313-win_arm64.whl", "a-2-py3-none-any.whl").dropped == ""


def test_the_first_wheel_is_the_first_by_day() -> None:
    project = indexed(
        "a",
        "a-1.9-cp313-cp313-win_arm64.whl@2025-06-01",
        "a-2.0-cp313-cp313-win_arm64.whl@2025-03-01",
        "a-1.0.tar.gz@2020-01-01",
    )

    assert first_wheel(project, SUITS) == FirstWheel("2.0", "2025-03-01")


def test_the_first_wheel_is_the_oldest_version_where_days_are_not_known() -> None:
    names = ("a-2-cp313-cp313-win_arm64.whl", "a-1-cp313-cp313-win_arm64.whl")

    assert first_wheel(indexed("a", *names), SUITS) == FirstWheel("1", "")


def test_a_version_that_is_on_no_index_is_unknown() -> None:
    package = judged("a-1.tar.gz", version="9")

    assert package.status is Status.UNKNOWN
    assert "version 9 is not on any index" in package.reason


def test_an_index_that_does_not_answer_is_the_reason() -> None:
    project = IndexedProject("a", {}, ("https://x: refuses access (403)",), reached=False)

    assert "refuses access" in judge(project, SUITS).reason


def test_wheels_for_another_python_only_are_named() -> None:
    package = judged("a-1-cp312-cp312-win_arm64.whl", "a-1.tar.gz")

    assert "win_arm64 wheels for cp312-cp312 only" in package.reason


def source(**facts: object) -> SourceFacts:
    given = {"file": "a-1.tar.gz", "backend": "setuptools", "known": True, "native": True, **facts}
    return SourceFacts(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "classifiers", "status"),
    [
        (source(), [], Status.BUILDABLE),
        (source(known=False, backend="x"), [], Status.UNKNOWN),
        (source(languages=("Rust",), known=False), [], Status.RUST),
        (source(native=False), [], Status.PURE),
        (source(), ["Operating System :: POSIX"], Status.NOT_FOR_WINDOWS),
        (
            source(),
            ["Operating System :: POSIX", "Operating System :: Microsoft :: Windows"],
            Status.BUILDABLE,
        ),
    ],
)
def test_what_a_source_makes_of_a_gap(
    facts: SourceFacts, classifiers: list[str], status: Status
) -> None:
    gap = judged("a-1.tar.gz")

    package = judge_source(gap, facts, classifiers, "winarm build a==1")

    assert package.status is status
    assert bool(package.command) is (status is Status.BUILDABLE)


def test_a_version_that_helps_stays_the_status_of_a_package_that_can_be_built() -> None:
    older = judged("a-1-cp313-cp313-win_arm64.whl", "a-2.tar.gz")

    package = judge_source(older, source(), [], "winarm build a==2")

    assert package.status is Status.OLDER
    assert package.command == "winarm build a==2"


def test_a_source_without_native_code_needs_no_other_version() -> None:
    newer = judged("a-1.tar.gz", "a-2-py3-none-any.whl", version="1")
    assert newer.status is Status.NEWER

    package = judge_source(newer, source(native=False), [], "winarm build a==1")

    assert package.status is Status.PURE
    assert (package.other, package.pin, package.command) == (None, "", "")


def test_classifiers_without_an_operating_system_leave_nobody_out() -> None:
    assert not leaves_out_windows(["Programming Language :: Python"])
