"""What can be built against in the installations of Visual Studio, the best first."""

from __future__ import annotations

from pathlib import Path

import pytest
from windows_trees.visual_studio import FakeWindows

from winarm.locate import Request
from winarm.locate.msvc_libraries import (
    COMPONENT,
    INSTALL,
    SDK_COMPONENT,
    Libraries,
    find_libraries,
    installer_command,
    joined,
    named_installation,
    ranked,
    same,
)
from winarm.locate.vswhere import Instance, find_instances
from winarm.search import Search, first
from winarm.target import WIN_ARM64

REQUEST = Request(WIN_ARM64)


@pytest.fixture
def windows(tmp_path: Path) -> FakeWindows:
    return FakeWindows(tmp_path)


def search(windows: FakeWindows, request: Request = REQUEST) -> Search[Libraries]:
    return first(find_libraries(windows.host(), request))


def test_a_toolset_and_an_sdk_are_one_place_to_build_against(windows: FakeWindows) -> None:
    windows.visual_studio()
    windows.sdk()

    libraries = search(windows).found

    assert libraries is not None
    assert libraries.toolset.version == "14.44.35207"
    environ = libraries.environ
    assert environ["INCLUDE"] == joined(libraries.include_dirs)
    assert environ["VCToolsVersion"] == "14.44.35207"
    assert environ["WindowsSDKVersion"] == "10.0.26100.0\\"
    assert all("arm64" in folder.lower() for folder in environ["LIB"].split(";"))


def test_an_instance_without_the_machine_is_a_miss_with_the_command_that_adds_it(
    windows: FakeWindows,
) -> None:
    path = windows.visual_studio(targets=["x64"])
    windows.sdk()

    found = search(windows)

    assert found.found is None
    assert f'--installPath "{path}" --add {COMPONENT}' in found.cure


def test_without_an_sdk_it_is_the_sdk_that_helps(windows: FakeWindows) -> None:
    path = windows.visual_studio()

    found = search(windows)

    assert found.found is None
    assert f'--installPath "{path}" --add {SDK_COMPONENT}' in found.cure


def test_without_any_instance_the_build_tools_are_the_cure(windows: FakeWindows) -> None:
    windows.sdk()

    assert search(windows).cure == INSTALL


def test_an_instance_without_c_plus_plus_says_so(windows: FakeWindows) -> None:
    windows.visual_studio(toolsets=[])
    windows.sdk()

    assert any("it has no C++ tools" in line for line in search(windows).misses)


def test_another_version_than_the_wanted_one_is_a_miss(windows: FakeWindows) -> None:
    windows.visual_studio(toolsets=["14.29.30133", "14.44.35207"])
    windows.sdk()

    found = search(windows, Request(WIN_ARM64, version="14.44"))

    assert found.found is not None
    assert found.found.toolset.version == "14.44.35207"
    assert any("not the wanted 14.44" in line for line in found.misses)


class TestRank:
    @pytest.fixture
    def three(self, windows: FakeWindows) -> FakeWindows:
        """A preview, the newest that is stable, and one that is older."""
        windows.visual_studio("18/Preview", version="18.9.1", isPrerelease=True)
        windows.visual_studio("2022/Community", version="17.14.1")
        windows.visual_studio("2022/Old", version="17.4.1")
        return windows

    def names(self, windows: FakeWindows) -> list[str]:
        host = windows.host()
        instances = ranked(host, find_instances(host).found or ())
        return [instance.path.name for instance in instances]

    def test_the_newest_stable_one_is_the_best(self, three: FakeWindows) -> None:
        assert self.names(three) == ["Community", "Old", "Preview"]

    def test_the_one_that_is_named_comes_before_all(self, three: FakeWindows) -> None:
        old = three.programs_x86 / "Microsoft Visual Studio" / "2022" / "Old"
        three.environ["VSINSTALLDIR"] = f"{old}/"

        assert self.names(three)[0] == "Old"

    def test_one_that_vswhere_does_not_know_is_named_all_the_same(
        self, three: FakeWindows, tmp_path: Path
    ) -> None:
        (tmp_path / "own" / "VC").mkdir(parents=True)
        three.environ["VCINSTALLDIR"] = str(tmp_path / "own" / "VC")

        assert self.names(three)[0] == "own"

    def test_a_named_folder_that_is_gone_is_none(self, three: FakeWindows) -> None:
        three.environ["VSINSTALLDIR"] = str(three.root / "gone")

        assert named_installation(three.host()) is None


def test_two_spellings_of_a_folder_are_the_same() -> None:
    assert same(Path("C:/VS/2022/"), Path("c:/vs/2022"))
    assert not same(Path("C:/VS/2022"), Path("C:/VS/2019"))


def test_the_installers_command_names_the_installation() -> None:
    command = installer_command(Instance(Path("/vs 2022"), "17", "x"))

    assert f'modify --installPath "{Path("/vs 2022")}" --add {COMPONENT} --passive' in command
