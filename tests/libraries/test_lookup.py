from __future__ import annotations

from pathlib import Path

import pytest
from prefix_samples import dll, imports, static, tree
from verify_samples.image import AMD64

from winarm.libraries.lookup import (
    MAX_SIZE,
    LibraryFile,
    Refused,
    by_name,
    dlls_in,
    judge,
    libraries_in,
)
from winarm.target import WIN_ARM64

MSVC_CPP = ("?f@@YAXXZ", "__imp_?f@@YAXXZ")


def files(*names: str) -> list[LibraryFile]:
    """Return libraries; those that end in `.a` alone are static."""
    return [
        LibraryFile(
            Path(name),
            name.removesuffix(".lib").removesuffix(".a").removesuffix(".dll"),
            "shared" if name.endswith((".dll.a", ".lib")) else "static",
        )
        for name in names
    ]


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("libz.dll.a", ["z", "zlib", "libz"]),
        ("zlib.lib", ["z", "zlib"]),
        ("libxml2.lib", ["xml2", "libxml2"]),
        ("libzlibstatic.a", ["z", "zlib", "zlibstatic"]),
        ("libpng16.dll.a", ["png16", "libpng16", "png"]),
        ("libxslt_a.a", ["xslt", "libxslt", "libxslt_a"]),
        ("scipy_openblas.lib", ["openblas", "scipy_openblas"]),
    ],
)
def test_a_library_has_every_name_that_projects_use(file: str, names: list[str]) -> None:
    found = by_name([files(file)], "shared")

    assert {name: found[name].path.name for name in names} == dict.fromkeys(names, file)


@pytest.mark.parametrize(
    ("linkage", "file"), [("shared", "libzlib.dll.a"), ("static", "libzlibstatic.a")]
)
def test_linkage_decides_between_two_of_one_name(linkage: str, file: str) -> None:
    both = files("libzlib.dll.a", "libzlibstatic.a")

    assert by_name([both], linkage)["z"].path.name == file  # type: ignore[arg-type]


def test_the_other_kind_serves_where_only_that_is_there() -> None:
    assert by_name([files("libfftw3.a")], "shared")["fftw3"].path.name == "libfftw3.a"


def test_the_first_prefix_wins_whatever_kind_it_has() -> None:
    found = by_name([files("libz.a"), files("libz.dll.a")], "shared")

    assert found["z"].path.name == "libz.a"


def test_a_versioned_name_never_hides_the_library_without_version() -> None:
    found = by_name([files("libpcre.a", "libpcre2.dll.a")], "shared")

    assert found["pcre"].path.name == "libpcre.a"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("libz.a", static(), "static"),
        ("z.lib", imports(), "shared"),
        ("libz.dll.a", static(), "shared"),
    ],
)
def test_the_kind_is_read_not_guessed(tmp_path: Path, name: str, content: bytes, kind: str) -> None:
    tree(tmp_path, {name: content})

    found = judge(tmp_path / name, "z", WIN_ARM64, "gnu")

    assert isinstance(found, LibraryFile)
    assert found.linkage == kind


@pytest.mark.parametrize(
    ("content", "style", "why"),
    [
        (static(machine=AMD64), "gnu", "it is for AMD64, not for ARM64"),
        (b"\x7fELF" + bytes(60), "gnu", "it is neither an object file nor a library"),
        (b"", "gnu", "it is neither an object file nor a library"),
        (static(*MSVC_CPP), "gnu", "it is C++ with MSVC's ABI"),
        (imports(*MSVC_CPP), "gnu", "it is C++ with MSVC's ABI"),
        (static("_Z1fv"), "msvc", "it is C++ with MinGW's ABI"),
    ],
)
def test_what_cannot_be_linked_is_refused(
    tmp_path: Path, content: bytes, style: str, why: str
) -> None:
    tree(tmp_path, {"x.lib": content})

    found = judge(tmp_path / "x.lib", "x", WIN_ARM64, style)  # type: ignore[arg-type]

    assert isinstance(found, Refused)
    assert why in found.why


def test_no_file_is_read_that_is_larger_than_a_library(tmp_path: Path) -> None:
    for name in ("x.lib", "x.dll"):
        with (tmp_path / name).open("wb") as file:
            file.write(dll())
            # With a hole, which takes no room on the disk.
            file.truncate(MAX_SIZE + 1)

    found = judge(tmp_path / "x.lib", "x", WIN_ARM64, "gnu")

    assert isinstance(found, Refused)
    assert found.why == f"it is larger than {MAX_SIZE} bytes"
    assert dlls_in([tmp_path], WIN_ARM64, "gnu", {}) == ()


@pytest.mark.parametrize("content", [imports("f", *MSVC_CPP), static("f", "_Z1fv")])
def test_functions_of_c_serve_every_compiler(tmp_path: Path, content: bytes) -> None:
    tree(tmp_path, {"x.lib": content})

    assert isinstance(judge(tmp_path / "x.lib", "x", WIN_ARM64, "gnu"), LibraryFile)


def test_the_c_library_of_another_toolchain_is_left_out(tmp_path: Path) -> None:
    names = ("libkernel32.a", "libc++.a", "libmsvcrt.a", "libz.dll.a", "libpthread.a", "readme.txt")
    tree(tmp_path, dict.fromkeys(names, static()))

    found = libraries_in([tmp_path], WIN_ARM64, "gnu", without_runtime=True)

    assert [library.stem for library in found.libraries] == ["libz"]
