"""What the name of a member says of it."""

from __future__ import annotations

import pytest

from winarm.verify.member_names import (
    base_name,
    folder_of,
    init_names,
    installed,
    is_module,
    module_of,
    place_of,
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


def test_stem_has_no_suffix() -> None:
    assert stem_of("pkg.x/_y.cp313-win_arm64.pyd") == "pkg.x/_y"


@pytest.mark.parametrize(
    ("member", "names"),
    [
        ("pkg.x/_y.cp313-win_arm64.pyd", {"PyInit__y", "PyModExport__y"}),
        ("pkg/a-b.abi3.so", {"PyInit_a_b", "PyModExport_a_b"}),
        ("pkg/__init__.pyd", {"PyInit_pkg", "PyModExport_pkg"}),
        ("__init__.pyd", {"PyInit___init__", "PyModExport___init__"}),
        # PEP 489 has this example, in punycode.
        ("lan\u010dm\u00edt.pyd", {"PyInitU_lanmt_2sa6t", "PyModExportU_lanmt_2sa6t"}),
        ("\u30b9\u30d1\u30e0.so", {"PyInitU_zck5b2b", "PyModExportU_zck5b2b"}),
    ],
)
def test_init_function_is_named_as_python_asks_for_it(member: str, names: set[str]) -> None:
    assert init_names(module_of(member)) == names


@pytest.mark.parametrize(
    ("member", "place"),
    [
        ("pkg/a.dll", ("site", "pkg", "a.dll")),
        ("pkg-1.0.data/platlib/pkg/a.dll", ("site", "pkg", "a.dll")),
        ("pkg-1.0.data/scripts/a.dll", ("prefix", "Scripts", "a.dll")),
        ("pkg-1.0.data/data/Lib/site-packages/a.dll", ("site", "a.dll")),
    ],
)
def test_member_is_installed_where_its_folder_says(member: str, place: tuple[str, ...]) -> None:
    assert installed(member) == place


def test_windows_has_folders_and_files_of_one_name_in_any_case_at_one_place() -> None:
    assert place_of("Pkg/A.dll") == place_of("pkg-1.0.data/platlib/pkg/a.DLL")
    assert place_of("pkg/a.dll") != place_of("pkg-1.0.data/data/pkg/a.dll")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("pkg/\u00c4.py", "pkg/\u00e4.py", True),
        ("pkg/\u0416.py", "pkg/\u0436.py", True),
        ("pkg/\u212a.py", "pkg/k.py", False),
        ("pkg/\u0130.py", "pkg/i\u0307.py", False),
        ("pkg/\u00df.py", "pkg/ss.py", False),
        ("pkg/\u00df.py", "pkg/\u1e9e.py", False),
        ("pkg/\u0131.py", "pkg/I.py", False),
        ("pkg/e\u0301.py", "pkg/\u00e9.py", False),
    ],
)
def test_case_is_folded_as_windows_does(one: str, other: str, *, same: bool) -> None:
    assert (place_of(one) == place_of(other)) is same
