from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch
from windows_trees.visual_studio import FakeWindows

from winarm.locate.sysroot import find_sysroot, sysroot_at
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winarm.host import System


@pytest.fixture
def linux(tmp_path: Path) -> FakeHost:
    return FakeHost(
        environ={"HOME": str(tmp_path / "home")},
        system="linux",
        machine="x86_64",
        executable=Path("python3"),
        default_cache=tmp_path / "cache",
    )


def with_environ(host: FakeHost, environ: Mapping[str, str]) -> FakeHost:
    return replace(host, environ={**host.environ, **environ})


def xwin(folder: Path, machine: str = "aarch64") -> Path:
    """What `xwin splat` writes."""
    touch(
        folder / "crt" / "include" / "vcruntime.h",
        folder / "crt" / "lib" / machine / "msvcrt.lib",
        folder / "sdk" / "include" / "um" / "Windows.h",
        folder / "sdk" / "include" / "ucrt" / "stdio.h",
        folder / "sdk" / "include" / "shared" / "x.h",
        folder / "sdk" / "lib" / "um" / machine / "kernel32.Lib",
        folder / "sdk" / "lib" / "ucrt" / machine / "ucrt.lib",
    )
    # So that -winsdkdir works on it: links to the folder itself.
    (folder / "sdk" / "include" / "10.0.26100").symlink_to(".")
    return folder


def winsysroot(folder: Path, kits: str = "Windows Kits", machine: str = "arm64") -> Path:
    FakeWindows.toolset(folder / "VC" / "Tools" / "MSVC" / "14.44.1", [machine], [])
    FakeWindows(folder).sdk(libraries=[machine], root=folder / kits / "10", registered=False)
    return folder


@pytest.mark.parametrize("machine", ["aarch64", "arm64", "ARM64"])
def test_xwins_layout(tmp_path: Path, machine: str) -> None:
    root = xwin(tmp_path, machine)

    search = sysroot_at(root, WIN_ARM64)
    sysroot, miss = search.found, search.why

    assert miss == ""
    assert sysroot is not None
    assert sysroot.version == "xwin"
    sdk = root / "sdk" / "include"
    includes = (root / "crt" / "include", sdk / "ucrt", sdk / "um", sdk / "shared")
    assert sysroot.include_dirs == includes
    parts = ("crt/lib", "sdk/lib/ucrt", "sdk/lib/um")
    assert sysroot.library_dirs == tuple(root / part / machine for part in parts)


@pytest.mark.parametrize("machine", ["aarch64", "arm64"])
@pytest.mark.parametrize("kits", ["Windows Kits", "kits"])
def test_visual_studios_layout(tmp_path: Path, kits: str, machine: str) -> None:
    # `--use-winsysroot-style` of xwin, and msvc-wine's `kits`.
    search = sysroot_at(winsysroot(tmp_path, kits, machine), WIN_ARM64)
    sysroot, miss = search.found, search.why

    assert miss == ""
    assert sysroot is not None
    assert sysroot.version == "MSVC 14.44.1, Windows SDK 10.0.26100.0"
    assert {folder.name for folder in sysroot.library_dirs} == {machine}


@pytest.mark.parametrize("below", ["splat", "xwin", "opt/msvc", ".xwin-cache/splat"])
def test_a_folder_that_holds_the_tree_will_do(tmp_path: Path, below: str) -> None:
    xwin(tmp_path / below)

    search = sysroot_at(tmp_path, WIN_ARM64)

    sysroot = search.found

    assert sysroot is not None
    assert sysroot.path == tmp_path / below


@pytest.mark.parametrize(
    ("name", "below"),
    [
        ("XWIN_DIR", ""),
        ("WINSYSROOT", ""),
        ("WIN_SYSROOT", ""),
        ("XWIN_CACHE_DIR", "xwin"),
        ("CARGO_XWIN_CACHE_DIR", "xwin"),
    ],
)
def test_other_tools_variables_name_it(
    linux: FakeHost, tmp_path: Path, name: str, below: str
) -> None:
    root = xwin(tmp_path / "tree" / below)

    search = find_sysroot(with_environ(linux, {name: str(tmp_path / "tree")}), WIN_ARM64, None)

    sysroot = search.found

    misses = search.misses

    assert sysroot is not None
    assert sysroot.path == root
    assert misses == ()


@pytest.mark.parametrize(
    ("system", "cache"),
    [
        ("linux", "home/.cache/cargo-xwin/xwin"),
        ("macos", "home/Library/Caches/cargo-xwin/xwin"),
        ("linux", "home/.xwin"),
        ("linux", "home/my_msvc/opt/msvc"),
    ],
)
def test_usual_places_are_looked_at(
    linux: FakeHost, tmp_path: Path, system: System, cache: str
) -> None:
    xwin(tmp_path / cache)
    host = replace(linux, system=system)

    assert find_sysroot(host, WIN_ARM64, None).found is not None


def test_the_one_that_is_named_is_the_only_one(linux: FakeHost, tmp_path: Path) -> None:
    xwin(tmp_path / "home" / ".xwin")

    search = find_sysroot(linux, WIN_ARM64, tmp_path / "wrong")

    sysroot = search.found

    misses = search.misses

    assert sysroot is None
    assert misses == (
        f"sysroot {tmp_path / 'wrong'} (the setting sysroot): there is no such folder",
    )


def test_without_any_it_says_what_names_one(linux: FakeHost) -> None:
    search = find_sysroot(linux, WIN_ARM64, None)
    sysroot = search.found
    misses = search.misses

    assert sysroot is None
    assert "set WINARM_SYSROOT" in misses[0]


def test_a_tree_for_x64_is_explained(tmp_path: Path) -> None:
    # xwin's default is x86_64 alone.
    search = sysroot_at(xwin(tmp_path, "x86_64"), WIN_ARM64)
    miss = search.why

    assert miss == (
        "it has no crt/lib/aarch64/msvcrt.lib; it has those of AMD64 only; "
        "xwin takes --arch aarch64"
    )


def test_a_winsysroot_for_x64_is_explained(tmp_path: Path) -> None:
    search = sysroot_at(winsysroot(tmp_path, machine="x64"), WIN_ARM64)
    miss = search.why

    assert "it has those of AMD64 only" in miss


def test_a_folder_of_something_else_is_explained(tmp_path: Path) -> None:
    search = sysroot_at(tmp_path, WIN_ARM64)
    miss = search.why

    assert "neither xwin's layout" in miss


def test_a_path_that_include_cannot_hold_is_explained(tmp_path: Path) -> None:
    search = sysroot_at(xwin(tmp_path / "a;b"), WIN_ARM64)
    miss = search.why

    assert "`;`" in miss


@pytest.mark.parametrize(
    ("gone", "miss"),
    [
        ("sdk/lib/um/aarch64/kernel32.Lib", "sdk/lib/um/aarch64/kernel32.lib"),
        ("sdk/lib/ucrt/aarch64/ucrt.lib", "sdk/lib/ucrt/aarch64/ucrt.lib"),
        ("sdk/include/um/Windows.h", "windows.h"),
    ],
)
def test_an_incomplete_tree_is_explained(tmp_path: Path, gone: str, miss: str) -> None:
    (xwin(tmp_path) / gone).unlink()

    search = sysroot_at(tmp_path, WIN_ARM64)
    sysroot, why = search.found, search.why

    assert sysroot is None
    assert miss in why
