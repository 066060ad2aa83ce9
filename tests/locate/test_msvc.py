from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from windows_trees.visual_studio import FakeWindows

from winarm.locate import Request
from winarm.locate.msvc import ELSEWHERE, find_msvc
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from winarm.locate import Toolchain

REQUEST = Request(WIN_ARM64)


def found(windows: FakeWindows, machine: str = "amd64", request: Request = REQUEST) -> Toolchain:
    finding = find_msvc(windows.host(machine), request)
    assert finding.found is not None, finding.misses
    return finding.found


def misses(windows: FakeWindows, request: Request = REQUEST) -> str:
    finding = find_msvc(windows.host(), request)
    assert finding.found is None
    return "\n".join(finding.misses)


def test_programs_and_environment_come_from_the_tree(windows: FakeWindows) -> None:
    path = windows.visual_studio()
    kits = windows.sdk()
    tools = path / "VC" / "Tools" / "MSVC" / "14.44.35207"

    toolchain = found(windows)

    programs = tools / "bin" / "Hostx64" / "arm64"
    assert toolchain.cc == toolchain.cxx == (str(programs / "cl.exe"),)
    assert toolchain.link == (str(programs / "link.exe"),)
    assert toolchain.ar == toolchain.dlltool == (str(programs / "lib.exe"),)
    include = kits / "Include" / "10.0.26100.0"
    parts = ("ucrt", "um", "shared", "winrt", "cppwinrt")
    assert toolchain.environ["INCLUDE"].split(";") == [
        str(tools / "include"),
        *(str(include / part) for part in parts),
    ]
    library = kits / "Lib" / "10.0.26100.0"
    assert toolchain.environ["LIB"].split(";") == [
        str(tools / "lib" / "arm64"),
        *(str(library / part / "arm64") for part in ("ucrt", "um")),
    ]
    assert toolchain.environ["LIBPATH"] == str(tools / "lib" / "arm64")
    # The host's own folder has mspdb140.dll; rc.exe is for this host, not for the target.
    kit = kits / "bin" / "10.0.26100.0" / "x64"
    assert toolchain.path == (programs, tools / "bin" / "Hostx64" / "x64", kit)
    assert toolchain.rc == (str(kit / "rc.exe"),)
    assert toolchain.mt == (str(kit / "mt.exe"),)
    assert toolchain.environ["VSCMD_ARG_TGT_ARCH"] == "arm64"
    assert (toolchain.style, toolchain.compiler_type) == ("msvc", "msvc")


@pytest.mark.parametrize(
    ("folder", "version", "toolset", "hosts"),
    [
        ("2019/BuildTools", "16.11.5", "14.29.30133", "HostX64"),
        ("2022/Enterprise", "17.2.1", "14.32.31326", "Hostx64"),
        ("2022/BuildTools", "17.14.36811.4", "14.44.35207", "Hostx64"),
        ("18/Community", "18.10.2", "14.50.35717", "HostX64"),
        ("18/Insiders", "18.7.11822.327", "14.51.36231", "Hostx64"),
    ],
)
def test_every_release_is_found(
    windows: FakeWindows, folder: str, version: str, toolset: str, hosts: str
) -> None:
    # VS 18.9 has no vcvarsamd64_arm64.bat (vcpkg#53464): no batch file is in these trees at all.
    windows.visual_studio(folder, version=version, toolsets=[toolset], hosts=[hosts])
    windows.sdk()

    assert found(windows).version == toolset


def test_an_arm64_host_prefers_its_own_programs(windows: FakeWindows) -> None:
    windows.visual_studio(hosts=("Hostx64", "HostArm64"), targets=("x64", "arm64"))
    windows.sdk()

    assert "hostarm64" in found(windows, "arm64").cc[0].lower()
    # b2#484: a pattern over all hosts takes this one on x64, where it cannot run.
    assert "hostx64" in found(windows, "amd64").cc[0].lower()


def test_an_arm64_host_emulates_x64_programs_where_it_has_no_others(windows: FakeWindows) -> None:
    windows.visual_studio(hosts=("Hostx64",))
    windows.sdk(programs=("x64",))

    toolchain = found(windows, "arm64")

    assert "Hostx64" in toolchain.cc[0]
    assert toolchain.environ["VSCMD_ARG_HOST_ARCH"] == "x64"
    assert "x64" in toolchain.rc[0]


def test_64_bit_programs_come_before_32_bit_ones(windows: FakeWindows) -> None:
    windows.visual_studio(hosts=("Hostx86", "HostX64"))
    windows.sdk()

    assert "hostx64" in found(windows).cc[0].lower()


def test_build_tools_for_arm64_only_are_enough(windows: FakeWindows) -> None:
    # node-gyp#3074, cibuildwheel: requiring VC.Tools.x86.x64 would not see them.
    windows.visual_studio(targets=("arm64",))
    windows.sdk(libraries=("arm64",))

    assert "arm64" in found(windows).cc[0]


def test_a_missing_component_is_named_with_its_cure(windows: FakeWindows) -> None:
    path = windows.visual_studio(targets=("x64", "x86"))
    windows.sdk()

    finding = find_msvc(windows.host(), REQUEST)

    assert finding.found is None
    assert finding.misses[0].endswith(
        "it has no lib\\arm64\\msvcrt.lib; it has those of AMD64 and x86 only"
    )
    assert finding.cure.endswith(
        f'vs_installer.exe" modify --installPath "{path}" '
        "--add Microsoft.VisualStudio.Component.VC.Tools.ARM64 --passive"
    )


def test_libraries_without_programs_are_no_toolchain(windows: FakeWindows) -> None:
    windows.visual_studio(hosts=("HostArm64",))
    windows.sdk()

    assert "it has no bin\\Hostx64\\arm64 with cl, link and lib" in misses(windows)


def test_programs_without_libraries_are_no_toolchain(windows: FakeWindows) -> None:
    # gnustep/tools-windows-msvc#34: LIB without lib\arm64 links nothing.
    path = windows.visual_studio()
    windows.sdk()
    (path / "VC" / "Tools" / "MSVC" / "14.44.35207" / "lib" / "arm64" / "msvcrt.lib").unlink()

    assert "it has no lib\\arm64\\msvcrt.lib" in misses(windows)


def test_a_machine_without_an_sdk_says_so(windows: FakeWindows) -> None:
    windows.visual_studio()

    finding = find_msvc(windows.host(), REQUEST)

    assert finding.found is None
    assert "Windows SDK" in finding.misses[-1]
    assert "Windows11SDK" in finding.cure


def test_a_machine_without_visual_studio_gets_the_command(windows: FakeWindows) -> None:
    finding = find_msvc(windows.host(), REQUEST)

    assert finding.cure.startswith("winget install Microsoft.VisualStudio.2022.BuildTools")
    assert "VC.Tools.ARM64" in finding.cure


def test_something_else_of_visual_studio_is_passed_over(windows: FakeWindows) -> None:
    # vswhere#338: SQL Server Management Studio is an instance, too.
    windows.visual_studio("SSMS/21", version="21.4", toolsets=(), displayName="SSMS 21")
    windows.visual_studio()
    windows.sdk()

    finding = find_msvc(windows.host(), REQUEST)

    assert finding.found is not None
    assert "SSMS 21 21.4" in finding.misses[0]
    assert "it has no C++ tools" in finding.misses[0]


class TestChoiceBetweenInstances:
    def test_the_newest(self, windows: FakeWindows) -> None:
        windows.visual_studio("2022/A", version="17.9.1", toolsets=["14.39.1"])
        windows.visual_studio("2022/B", version="17.14.1", toolsets=["14.44.1"])
        windows.sdk()

        assert found(windows).version == "14.44.1"

    def test_a_stable_one_before_a_newer_preview(self, windows: FakeWindows) -> None:
        # cc-rs#1589, vswhere#336
        windows.visual_studio(
            "18/Insiders", version="18.7.1", toolsets=["14.51.1"], isPrerelease=True
        )
        windows.visual_studio(version="17.14.1", toolsets=["14.44.1"])
        windows.sdk()

        assert found(windows).version == "14.44.1"

    def test_a_preview_where_there_is_nothing_else(self, windows: FakeWindows) -> None:
        windows.visual_studio("18/Insiders", version="18.7.1", isPrerelease=True)
        windows.sdk()

        assert "a preview" in found(windows).origin

    def test_a_complete_one_before_a_newer_incomplete_one(self, windows: FakeWindows) -> None:
        windows.visual_studio("A", version="17.14.1", toolsets=["14.44.1"], isComplete=False)
        windows.visual_studio("B", version="17.9.1", toolsets=["14.39.1"])
        windows.sdk()

        assert found(windows).version == "14.39.1"

    def test_one_that_awaits_a_reboot_is_as_good_as_any(self, windows: FakeWindows) -> None:
        windows.visual_studio(isRebootRequired=True, isLaunchable=False)
        windows.sdk()

        assert found(windows).version == "14.44.35207"

    def test_one_with_arm64_files_before_a_newer_one_without(self, windows: FakeWindows) -> None:
        # vcpkg#16565, runner-images#14215
        windows.visual_studio(
            "18/Enterprise", version="18.1", toolsets=["14.50.1"], targets=["x64"]
        )
        windows.visual_studio(version="17.14.1", toolsets=["14.44.1"])
        windows.sdk()

        assert found(windows).version == "14.44.1"

    def test_the_one_that_vsinstalldir_names(self, windows: FakeWindows) -> None:
        older = windows.visual_studio("A", version="17.9.1", toolsets=["14.39.1"])
        windows.visual_studio("B", version="17.14.1", toolsets=["14.44.1"])
        windows.sdk()
        windows.environ["VSINSTALLDIR"] = f"{older}"

        assert found(windows).version == "14.39.1"

    def test_one_that_vswhere_does_not_list_but_vsinstalldir_names(
        self, windows: FakeWindows
    ) -> None:
        portable = windows.visual_studio("portable", toolsets=["14.40.1"], listed=False)
        windows.visual_studio(version="17.14.1", toolsets=["14.44.1"])
        windows.sdk()
        windows.environ["VSINSTALLDIR"] = str(portable)

        assert found(windows).version == "14.40.1"

    @pytest.mark.parametrize(
        ("wanted", "toolset"),
        [("17", "14.44.1"), ("17.9", "14.39.1"), ("2019", "14.29.1"), ("14.39", "14.39.1")],
    )
    def test_the_version_that_is_wanted(
        self, windows: FakeWindows, wanted: str, toolset: str
    ) -> None:
        # flutter#95825, vswhere#206: `-version 16` of vswhere means 16 or newer.
        windows.visual_studio("2019/A", version="16.11.5", toolsets=["14.29.1"])
        windows.visual_studio("2022/A", version="17.9.1", toolsets=["14.39.1"])
        windows.visual_studio("2022/B", version="17.14.1", toolsets=["14.44.1"])
        windows.visual_studio("18/B", version="18.14.1", toolsets=["14.50.1"])
        windows.sdk()

        assert found(windows, request=replace(REQUEST, version=wanted)).version == toolset

    def test_a_version_that_is_not_there(self, windows: FakeWindows) -> None:
        windows.visual_studio()
        windows.sdk()

        assert "not the wanted 14.29" in misses(windows, replace(REQUEST, version="14.29"))


def test_msvc_is_looked_for_on_windows_only(windows: FakeWindows) -> None:
    host = replace(windows.host(), system="linux")

    finding = find_msvc(host, REQUEST)

    assert finding.misses == (ELSEWHERE,)
    assert host.calls == []


@pytest.mark.parametrize("parent", ["a b", "(x86)", "é ü", "100% & co"])
def test_strange_folders_are_only_folders(windows: FakeWindows, parent: str) -> None:
    strange = FakeWindows(windows.root / parent)
    strange.visual_studio()
    strange.sdk()

    assert parent in found(strange).environ["LIB"]


def test_spectre_libraries_on_request(windows: FakeWindows) -> None:
    path = windows.visual_studio()
    windows.sdk()
    library = path / "VC/Tools/MSVC/14.44.35207/lib/spectre/arm64/msvcrt.lib"
    library.parent.mkdir(parents=True)
    library.touch()
    windows.environ["VSCMD_ARG_VCVARS_SPECTRE"] = "spectre"

    assert str(library.parent) in found(windows).environ["LIB"].split(";")
