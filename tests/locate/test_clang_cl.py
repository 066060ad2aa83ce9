from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_host import FakeHost, touch
from windows_trees.visual_studio import FakeWindows, clang, llvm_programs

from winarm.host import Answer, ProgramError, RegistryError
from winarm.locate import Request
from winarm.locate.clang_cl import find_clang_cl
from winarm.target import WIN_ARM64

REQUEST = Request(WIN_ARM64)


@pytest.fixture
def sysroot(tmp_path: Path) -> Path:
    root = tmp_path / "sysroot"
    for part, library in (("crt", "msvcrt"), ("sdk/ucrt", "ucrt"), ("sdk/um", "kernel32")):
        head, _, tail = part.partition("/")
        touch(root / head / "lib" / tail / "aarch64" / f"{library}.lib")
        touch(root / head / "include" / tail / "Windows.h")
    return root


def linux(tmp_path: Path, *names: str, **answers: Answer | ProgramError) -> FakeHost:
    folder = tmp_path / "bin"
    touch(*(folder / name for name in names))
    return FakeHost(
        environ={"PATH": str(folder)},
        default_cache=tmp_path / "cache",
        answers=answers,
    )


def test_a_linux_clang_with_a_sysroot(tmp_path: Path, sysroot: Path) -> None:
    names = ("clang-cl", "lld-link", "llvm-lib", "llvm-rc", "llvm-mt")
    host = linux(tmp_path, *names, **{"clang-cl": clang("19.1.7")})

    finding = find_clang_cl(host, replace(REQUEST, sysroot=sysroot))

    toolchain = finding.found
    assert toolchain is not None, finding.misses
    folder = tmp_path / "bin"
    program, triple, *overlay = toolchain.cc
    assert (program, triple) == (str(folder / "clang-cl"), "--target=aarch64-pc-windows-msvc")
    assert overlay[:3] == ["-Xclang", "-ivfsoverlay", "-Xclang"]
    assert toolchain.link == (str(folder / "lld-link"), f"/vfsoverlay:{overlay[3]}")
    assert toolchain.ar == toolchain.dlltool == (str(folder / "llvm-lib"),)
    assert (toolchain.version, toolchain.style) == ("19.1.7", "msvc")
    assert toolchain.environ == {
        "INCLUDE": ";".join(
            str(sysroot / p) for p in ("crt/include", "sdk/include/ucrt", "sdk/include/um")
        ),
        "LIB": ";".join(
            str(sysroot / p / "aarch64") for p in ("crt/lib", "sdk/lib/ucrt", "sdk/lib/um")
        ),
    }
    # The tree is the user's: what was missing in it is in the cache.
    assert Path(overlay[3]).is_relative_to(tmp_path / "cache")


def test_debians_clang_has_a_version_in_its_name_and_no_clang_cl(
    tmp_path: Path, sysroot: Path
) -> None:
    host = linux(
        tmp_path, "clang-19", "lld-link-19", "llvm-lib-19", **{"clang-19": clang("19.1.7")}
    )

    toolchain = find_clang_cl(host, replace(REQUEST, sysroot=sysroot)).found

    assert toolchain is not None
    assert toolchain.cc[:2] == (str(tmp_path / "bin" / "clang-19"), "--driver-mode=cl")
    assert toolchain.link[0] == str(tmp_path / "bin" / "lld-link-19")
    assert toolchain.rc == toolchain.mt == ()


def test_the_newest_of_several_versions(tmp_path: Path, sysroot: Path) -> None:
    names = ("clang-cl-16", "clang-cl-19", "lld-link")
    answers = {"clang-cl-16": clang("16.0.6"), "clang-cl-19": clang("19.1.7")}
    host = linux(tmp_path, *names, **answers)

    newest = find_clang_cl(host, replace(REQUEST, sysroot=sysroot)).found
    wanted = find_clang_cl(host, replace(REQUEST, sysroot=sysroot, version="16")).found

    assert newest is not None
    assert wanted is not None
    assert (newest.version, wanted.version) == ("19.1.7", "16.0.6")


def test_lld_link_is_a_librarian_where_there_is_no_other(tmp_path: Path, sysroot: Path) -> None:
    host = linux(tmp_path, "clang-cl", "lld-link", **{"clang-cl": clang("19.1.7")})

    toolchain = find_clang_cl(host, replace(REQUEST, sysroot=sysroot)).found

    assert toolchain is not None
    assert toolchain.ar == (str(tmp_path / "bin" / "lld-link"), "/lib")


@pytest.mark.parametrize(
    ("names", "answer", "miss"),
    [
        (("clang-cl",), clang("19.1.7"), "there is no lld-link next to it or on PATH"),
        (("clang-cl", "lld-link"), clang("15.0.7"), "version 15.0.7, and winarm works with 16"),
        (("clang-cl", "lld-link"), Answer(1, "", "bad CPU type"), "says 'bad CPU type'"),
        (("clang-cl", "lld-link"), ProgramError("it hangs"), "it hangs"),
        (
            ("clang-cl", "lld-link"),
            Answer(0, "Apple clang version 16.0.0 (clang-1600.0.26.6)", ""),
            "says 'Apple clang version 16.0.0",
        ),
        ((), clang("19.1.7"), "clang-cl: neither on PATH nor where LLVM is installed"),
    ],
)
def test_an_unfit_llvm_is_a_miss(
    tmp_path: Path,
    sysroot: Path,
    names: tuple[str, ...],
    answer: Answer | ProgramError,
    miss: str,
) -> None:
    host = linux(tmp_path, *names, **{"clang-cl": answer})

    finding = find_clang_cl(host, replace(REQUEST, sysroot=sysroot))

    assert finding.found is None
    assert any(miss in line for line in finding.misses), finding.misses
    assert "apt-get install clang-19 lld-19 llvm-19" in finding.cure


def test_apples_own_clang_is_not_asked(tmp_path: Path, sysroot: Path) -> None:
    host = FakeHost(
        system="macos",
        default_cache=tmp_path / "cache",
        installed={"clang": Path("/usr/bin/clang")},
    )

    find_clang_cl(host, replace(REQUEST, sysroot=sysroot))

    assert host.calls == []


def test_zigs_clang_is_the_last_resort(tmp_path: Path, sysroot: Path) -> None:
    site = tmp_path / "site-packages"
    touch(site / "ziglang" / "zig")
    host = linux(tmp_path, zig=clang("22.1.8"))

    request = replace(REQUEST, sysroot=sysroot, site_folders=(site,))
    toolchain = find_clang_cl(host, request).found

    assert toolchain is not None
    zig = str(site / "ziglang" / "zig")
    assert toolchain.cc[:3] == (zig, "clang", "--driver-mode=cl")
    assert toolchain.cc[3] == f"-resource-dir={site / 'ziglang' / 'lib'}"
    assert toolchain.link[:2] == (zig, "lld-link")
    assert (toolchain.ar, toolchain.rc) == ((zig, "lib"), (zig, "rc"))


def test_without_a_sysroot_it_says_how_to_make_one(tmp_path: Path) -> None:
    finding = find_clang_cl(linux(tmp_path, "clang-cl", "lld-link"), REQUEST)

    assert finding.found is None
    assert "xwin --arch aarch64 splat" in finding.cure
    assert "licence" in finding.cure


class TestOnWindows:
    @pytest.mark.parametrize(
        ("machine", "folder"), [("amd64", "x64/bin"), ("arm64", "ARM64/bin"), ("x86", "bin")]
    )
    def test_visual_studios_own(self, windows: FakeWindows, machine: str, folder: str) -> None:
        programs = windows.llvm(windows.visual_studio(), folder)
        windows.sdk()

        toolchain = find_clang_cl(windows.host(machine), REQUEST).found

        assert toolchain is not None
        assert toolchain.cc[0] == str(programs / "clang-cl.exe")
        assert toolchain.link == (str(programs / "lld-link.exe"),)
        assert "-ivfsoverlay" not in toolchain.cc
        assert "arm64" in toolchain.environ["LIB"]

    def test_an_arm64_host_prefers_its_own(self, windows: FakeWindows) -> None:
        path = windows.visual_studio()
        windows.llvm(path, "x64/bin")
        own = windows.llvm(path, "ARM64/bin")
        windows.sdk()

        toolchain = find_clang_cl(windows.host("arm64"), REQUEST).found

        assert toolchain is not None
        assert toolchain.cc[0] == str(own / "clang-cl.exe")

    def test_one_in_the_registry(self, windows: FakeWindows) -> None:
        windows.visual_studio()
        windows.sdk()
        home = windows.root / "D" / "LLVM"
        llvm_programs(home / "bin")
        windows.registry["HKLM", r"SOFTWARE\Wow6432Node\LLVM\LLVM", ""] = str(home)

        toolchain = find_clang_cl(windows.host(), REQUEST).found

        assert toolchain is not None
        assert toolchain.cc[0] == str(home / "bin" / "clang-cl.exe")

    def test_one_in_the_program_folder(self, windows: FakeWindows) -> None:
        windows.visual_studio()
        windows.sdk()
        llvm_programs(windows.programs / "LLVM" / "bin")
        unreadable = RegistryError("LLVM in the registry: it is not text")
        windows.registry["HKLM", r"SOFTWARE\LLVM\LLVM", ""] = unreadable

        finding = find_clang_cl(windows.host(), REQUEST)

        assert finding.found is not None
        assert "LLVM in the registry: it is not text" in finding.misses

    def test_the_version_is_llvms_and_not_visual_studios(self, windows: FakeWindows) -> None:
        windows.llvm(windows.visual_studio(toolsets=["14.44.1"]))
        windows.sdk()

        toolchain = find_clang_cl(windows.host(), replace(REQUEST, version="20.1")).found

        assert toolchain is not None
        assert toolchain.version == "20.1.8"

    def test_without_arm64_libraries_there_is_none(self, windows: FakeWindows) -> None:
        windows.llvm(windows.visual_studio(targets=["x64"]))
        windows.sdk()

        finding = find_clang_cl(windows.host(), REQUEST)

        assert finding.found is None
        assert "VC.Tools.ARM64" in finding.cure

    def test_the_sdks_rc_stands_in_for_llvms(self, windows: FakeWindows) -> None:
        programs = windows.llvm(windows.visual_studio())
        (programs / "llvm-rc.exe").unlink()
        kits = windows.sdk()

        toolchain = find_clang_cl(windows.host(), REQUEST).found

        assert toolchain is not None
        assert toolchain.rc == (str(kits / "bin" / "10.0.26100.0" / "x64" / "rc.exe"),)

    def test_a_sysroot_that_is_named_wins(self, windows: FakeWindows, sysroot: Path) -> None:
        windows.llvm(windows.visual_studio())
        windows.sdk()
        llvm_programs(windows.root / "bin")
        host = windows.host(search_path=[windows.root / "bin"])

        toolchain = find_clang_cl(host, replace(REQUEST, sysroot=sysroot)).found

        assert toolchain is not None
        assert str(sysroot) in toolchain.environ["LIB"]
