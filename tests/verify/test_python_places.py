"""A path is compared with places of a wheel as far as code tells it."""

from __future__ import annotations

from winarm.verify.member_names import place_of
from winarm.verify.python_places import UNKNOWN, Place


def test_site_packages_is_where_wheels_are_installed() -> None:
    found = Place("?", ("Lib", "site-packages", "pkg.libs"))

    assert found.fits(("site", "pkg.libs"))
    assert not found.fits(("site", "pkg", "pkg.libs"))


def test_folders_of_the_environment_are_not_those_of_wheels() -> None:
    found = Place("prefix", ("Library", "bin"))

    assert found.fits(("prefix", "library", "bin"))
    assert not found.fits(("site", "library", "bin"))
    assert Place("site", ("a",)).joined(found) == found


def test_path_too_long_for_windows_is_not_followed() -> None:
    path = Place("site")
    for _ in range(100):
        path = path.joined(Place("", ("a",)))

    assert path == UNKNOWN.joined(Place("", ("a",) * len(path.parts)))


def test_code_and_members_are_compared_in_the_case_of_windows() -> None:
    for named, member, same in (
        ("Pkg.Libs", "pkg.libs", True),
        ("\u212ait", "\u212ait", True),
        ("\u212ait", "kit", False),
    ):
        found, place = Place("site", (named, "a.dll")), place_of(f"{member}/a.dll")
        assert (found.place == place, found.fits(place)) == (same, same)
