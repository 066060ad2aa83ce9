"""What the name of a member says of it."""

from __future__ import annotations

import pytest

from winarm.verify.member_names import (
    base_name,
    folder_of,
    init_symbol,
    is_module,
    stem_of,
    suffix_of,
)


@pytest.mark.parametrize(
    ("member", "name", "folder", "suffix"),
    [
        ("a/b/c.tar.GZ", "c.tar.GZ", "a/b", ".gz"),
        ("c", "c", "", ""),
        ("a.b/c", "c", "a.b", ""),
        ("a/.hidden", ".hidden", "a", ""),
    ],
)
def test_parts_of_a_path(member: str, name: str, folder: str, suffix: str) -> None:
    assert (base_name(member), folder_of(member), suffix_of(member)) == (name, folder, suffix)


def test_modules_are_known_by_their_suffix_in_any_case() -> None:
    assert is_module("pkg/_x.PYD")
    assert not is_module("pkg/pyd")
    assert not is_module("pkg/_x.pyd.txt")


def test_stem_has_no_suffix_and_names_the_init_function() -> None:
    assert stem_of("pkg.x/_y.cp313-win_arm64.pyd") == "pkg.x/_y"
    assert init_symbol("pkg.x/_y.cp313-win_arm64.pyd") == b"PyInit__y"
