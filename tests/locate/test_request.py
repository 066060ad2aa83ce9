from __future__ import annotations

import pytest

from winarm.locate.request import Request, begins_with, numbers
from winarm.target import WIN_ARM64


@pytest.mark.parametrize(
    ("version", "wanted", "fits"),
    [
        ("14.44.35207", None, True),
        ("14.44.35207", "14.44", True),
        ("14.44.35207", " 14 ", True),
        ("14.4.1", "14.44", False),
        ("14.44", "14.44.35207", False),
        ("17.1", "7.1", False),
    ],
)
def test_a_version_begins_with_the_wanted_one_by_whole_numbers(
    version: str, wanted: str | None, *, fits: bool
) -> None:
    assert begins_with(version, wanted) is fits
    accepted = Request(WIN_ARM64, version=wanted).accepts(version)
    assert (accepted.found == version) is fits


def test_another_version_is_a_miss_that_names_both() -> None:
    assert Request(WIN_ARM64, version="20").accepts("19.1.7").misses == (
        "version 19.1.7, and 20 is wanted",
    )


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("10.0.26100.0", (10, 0, 26100, 0)),
        ("0.16.0-dev.1", (0, 16)),
        ("", ()),
        ("x.1", ()),
        ("1." + "9" * 5000, (1,)),
        ("1.²", (1,)),
    ],
)
def test_versions_are_compared_by_their_leading_numbers(
    version: str, found: tuple[int, ...]
) -> None:
    assert numbers(version) == found
