"""Which of the files that indexes offer a requirement means."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from winarm.project.index_files import IndexFile, Listing, PlaceFiles, best

SHA256 = "0" * 64


def offered(version: str, *, yanked: bool = False, sha256: str = "") -> IndexFile:
    hashes = {"sha256": sha256} if sha256 else {}
    return IndexFile(f"thing-{version}.tar.gz", Version(version), "", hashes, yanked)


@pytest.mark.parametrize(
    ("requirement", "files", "expected"),
    [
        ("thing", [offered("1.9"), offered("1.10"), offered("2.0rc1")], "1.10"),
        ("thing", [offered("2.0rc1")], "2.0rc1"),
        ("thing>=2.0rc1", [offered("1.0"), offered("2.0rc1")], "2.0rc1"),
        ("thing<2", [offered("1.0"), offered("2.0")], "1.0"),
        ("thing", [offered("1.0"), offered("2.0", yanked=True)], "1.0"),
        ("thing==2.0", [offered("1.0"), offered("2.0", yanked=True)], "2.0"),
        ("thing==2.0", [offered("2.0", yanked=True), offered("2.0")], "2.0"),
        ("thing>=2", [offered("1.0"), offered("2.0", yanked=True)], None),
        ("thing", [], None),
    ],
)
def test_the_newest_fitting_version_is_the_best(
    requirement: str, files: list[IndexFile], expected: str | None
) -> None:
    found = best(Requirement(requirement), files)
    assert (found and str(found.version)) == expected


def test_of_two_equal_files_the_one_with_a_checksum_is_better() -> None:
    files = [offered("1.0"), offered("1.0", sha256=SHA256), offered("1.0")]
    assert best(Requirement("thing"), files) == files[1]


def test_a_listing_has_the_files_of_all_places_and_what_each_said() -> None:
    one, two = offered("1.0"), offered("2.0")
    answers = (PlaceFiles("https://a", (one,)), PlaceFiles("https://b", (two,), "slow"))

    listing = Listing(answers)

    assert listing.files == (one, two)
    assert listing.looked_at == ("https://a: 1 files", "https://b: slow")


@pytest.mark.parametrize(
    ("reached", "unreachable"), [((True, False), False), ((False, False), True), ((), False)]
)
def test_only_where_no_place_answers_none_is_reachable(
    reached: tuple[bool, ...], *, unreachable: bool
) -> None:
    listing = Listing(tuple(PlaceFiles("a", reached=one) for one in reached))

    assert listing.unreachable is unreachable
