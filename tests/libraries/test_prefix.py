from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prefix_samples import imports, tree

from winarm.errors import LibraryError, SettingsError
from winarm.libraries.prefix import prefixes, recognised
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path

#: What a root has, for a layout to be recognised by where it is.
ROOT: dict[str, bytes | str] = {
    "include/zlib.h": "",
    "lib/zlib.lib": imports(),
    "bin/zlib1.dll": b"",
}


def placed(folder: str) -> dict[str, bytes | str]:
    return {f"{folder}/{name}": content for name, content in ROOT.items()}


@pytest.mark.parametrize(
    ("files", "named", "layout", "root"),
    [
        (placed("usr"), "usr", "make install", "usr"),
        (
            {**placed("installed/arm64-windows"), "installed/vcpkg/status": ""},
            "installed/arm64-windows",
            "vcpkg",
            "installed/arm64-windows",
        ),
        (placed("v/installed/arm64-windows"), "v", "vcpkg", "v/installed/arm64-windows"),
        (
            placed("v/installed/arm64-windows-static-md"),
            "v",
            "vcpkg",
            "v/installed/arm64-windows-static-md",
        ),
        ({**placed("env/Library"), "env/conda-meta/x.json": ""}, "env", "conda", "env/Library"),
        (
            {**placed("env/Library"), "env/conda-meta/x.json": ""},
            "env/Library",
            "conda",
            "env/Library",
        ),
        (placed("msys64/clangarm64"), "msys64", "MSYS2", "msys64/clangarm64"),
        (placed("msys64/clangarm64"), "msys64/clangarm64", "MSYS2", "msys64/clangarm64"),
        (
            placed("out/full_deploy/host/zlib/1.3/Release/armv8"),
            "out",
            "conan",
            "out/full_deploy/host/zlib/1.3/Release/armv8",
        ),
        (placed("unpacked/scipy_openblas32"), "unpacked", "package", "unpacked/scipy_openblas32"),
    ],
)
def test_every_layout_is_recognised_by_its_folders(
    tmp_path: Path, files: dict[str, bytes | str], named: str, layout: str, root: str
) -> None:
    tree(tmp_path, files)

    found = recognised(tmp_path / named, WIN_ARM64)

    assert (found.layout, found.roots) == (layout, (tmp_path / root,))
    assert found.include_dirs == (tmp_path / root / "include",)
    assert found.library_dirs == (tmp_path / root / "lib",)
    assert found.dll_dirs == (tmp_path / root / "bin", tmp_path / root / "lib")


def test_all_packages_of_a_conan_deployer_count(tmp_path: Path) -> None:
    tree(tmp_path, {**placed("direct_deploy/zlib"), **placed("direct_deploy/bzip2")})

    found = recognised(tmp_path / "direct_deploy", WIN_ARM64)

    assert [root.name for root in found.roots] == ["bzip2", "zlib"]


def test_a_link_from_lib64_to_lib_is_one_folder(tmp_path: Path) -> None:
    tree(tmp_path, ROOT)
    (tmp_path / "lib64").symlink_to("lib")

    assert recognised(tmp_path, WIN_ARM64).library_dirs == (tmp_path / "lib",)


def test_headers_of_a_c_library_are_noticed(tmp_path: Path) -> None:
    tree(tmp_path / "clangarm64", {**ROOT, "include/_mingw.h": ""})

    assert recognised(tmp_path, WIN_ARM64).has_own_c_library


def test_every_folder_that_is_not_there_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        prefixes([str(tmp_path / "a"), str(tmp_path / "b"), "a\0b"], WIN_ARM64)

    assert [line.partition(":")[0] for line in caught.value.problems] == ["prefix"] * 3


def test_a_folder_without_libraries_is_no_prefix(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no folder `include` or `lib`"):
        prefixes([str(tmp_path)], WIN_ARM64)
