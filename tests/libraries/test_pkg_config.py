from __future__ import annotations

import os
from pathlib import Path

import pytest

from winarm.errors import FileSystemError
from winarm.libraries.pkg_config import (
    Package,
    aliases,
    broken,
    named,
    packages_in,
    read_package,
    rewritten,
    split,
)

ROOT = Path("/new prefix")


def package(text: str, name: str = "x") -> Package:
    return read_package(name, text, ROOT, ROOT / "lib" / "pkgconfig")


def written(text: str, **options: object) -> str:
    known = {"static": False, "msvc": False, "known": {}, "library_files": {}}
    wishes = {**known, **options}
    return rewritten(
        package(text),
        library_dir=Path("/view/lib"),
        own_dirs=[ROOT / "lib"],
        **wishes,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "head",
    [
        "prefix=/build/out\nlibdir=${prefix}/lib",
        "prefix=/build/out\nlibdir=/build/out/lib",
        "prefix=C:/bld/h_env/Library\nlibdir=C:/bld/h_env/Library/lib",
        "prefix=${pcfiledir}/../..\nlibdir=${prefix}/lib",
    ],
)
def test_the_folders_are_those_of_the_place_where_the_prefix_is(head: str) -> None:
    found = package(f"{head}\nLibs: -L${{libdir}} -lz\nCflags: -I${{prefix}}/include")

    assert split(found.fields["Libs"]) == ["-L/new prefix/lib", "-lz"]
    assert split(found.fields["Cflags"]) == ["-I/new prefix/include"]


def test_libraries_are_named_in_the_one_folder_that_has_every_spelling() -> None:
    text = written("prefix=/o\nlibdir=/o/lib\nLibs: -L${libdir} -lz -lm -ldl -pthread")

    assert "Libs: -L/view/lib -lz -lm\n" in text
    assert "libdir=/view/lib\n" in text


def test_libraries_that_microsofts_linker_does_not_have_are_left_out() -> None:
    assert "Libs: -L/view/lib -lz\n" in written("Libs: -lz -lm -lpthread", msvc=True)


def test_a_library_named_by_its_path_becomes_the_views() -> None:
    known = {"/new prefix/lib/zlib.lib": Path("/view/lib/z.lib")}
    text = written('prefix=/o\nLibs: "${prefix}/lib/zlib.lib"', library_files=known)

    assert "/view/lib/z.lib" in text


def test_static_libraries_say_what_they_need_to_everybody() -> None:
    known = {"zlib": package("", "zlib")}
    text = "Requires: zlib >= 1.2\nRequires.private: gone\nLibs: -lpng\nLibs.private: -lws2_32"

    assert "-lpng -lws2_32" in written(text, static=True, known=known)
    assert "-lws2_32" not in written(text, known=known)
    assert "gone" not in written(text, static=True, known=known)


def test_a_missing_private_requirement_breaks_nothing_that_is_shared() -> None:
    assert "Requires.private" not in written("Requires.private: gone\nLibs: -lx")


def test_comments_continued_lines_and_versions_are_understood() -> None:
    found = package("# x\nRequires: a >= 1, b\\\n  = 2 # c\nRequires.private: d<3")

    assert found.requirements(private=True) == ("a", "b", "d")


def test_a_variable_that_stands_in_itself_ends() -> None:
    assert len(package("a=${b}${b}\nb=x${a}${a}\n" * 30).variables["a"]) <= 2**16


def test_one_line_cannot_grow_without_bounds() -> None:
    found = package(f"a={'x' * 2**16}\nb={'${a}' * 50_000}\nc=${{a}}")

    assert [len(found.variables[name]) for name in "abc"] == [2**16] * 3


def test_of_a_file_no_more_is_read_than_a_package_has(tmp_path: Path) -> None:
    with (tmp_path / "x.pc").open("wb") as file:
        file.write(b"Libs: -lX\n")
        file.truncate(2**33)

    assert packages_in({tmp_path: tmp_path})["x"].libraries() == ("x",)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may read")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.pc").touch(mode=0o000)

    with pytest.raises(FileSystemError, match=r"x\.pc"):
        packages_in({tmp_path: tmp_path})


def test_names_come_from_the_packages_too() -> None:
    packages = {
        "zlib": package("Libs: -lz", "zlib"),
        "yaml-0.1": package("Libs: -lyaml", "yaml-0.1"),
    }

    assert aliases(packages, {"zlib": 1, "yaml": 1}) == {"z": "zlib", "yaml-0.1": "yaml"}


def test_a_package_answers_to_its_own_name_too() -> None:
    blas = package("Name: openblas", "scipy-openblas")
    other = package("Name: The Compression Library", "zlib")

    assert named({"scipy-openblas": blas, "zlib": other}) == {
        "openblas": blas,
        "scipy-openblas": blas,
        "zlib": other,
    }


def test_what_is_missing_or_a_loop_is_told() -> None:
    packages = {
        "a": package("Requires: b", "a"),
        "b": package("Requires: a", "b"),
        "c": package("Requires: gone", "c"),
        "d": package("Requires: c", "d"),
    }

    found = broken(packages)

    assert found["c"] == "it requires gone, and there is no gone.pc"
    assert "a → b → a" in found["a"]
    assert "d" not in found
