"""Which of an instance's toolsets is taken: its default, a pinned one, the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.locate import Request
from winarm.locate.msvc import find_msvc
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from windows_trees.visual_studio import FakeWindows

    from winarm.locate import Toolchain


def found(windows: FakeWindows) -> Toolchain:
    finding = find_msvc(windows.host(), Request(WIN_ARM64))
    assert finding.found is not None, finding.misses
    return finding.found


def test_the_default_before_a_newer_one(windows: FakeWindows) -> None:
    windows.visual_studio(toolsets=("14.44.1", "14.50.1"), default="14.44.1")
    windows.sdk()

    assert found(windows).version == "14.44.1"


def test_a_pinned_one_alone(windows: FakeWindows) -> None:
    # cc-rs#1525: there is no Microsoft.VCToolsVersion.default.txt then.
    windows.visual_studio(toolsets=["14.29.30133"], pinned={"142": "14.29.30133"})
    windows.sdk()

    assert found(windows).version == "14.29.30133"


def test_the_newest_where_no_file_says(windows: FakeWindows) -> None:
    windows.visual_studio(toolsets=("14.9.1", "14.44.1"), default="", pinned={})
    windows.sdk()

    assert found(windows).version == "14.44.1"


def test_one_with_arm64_files_where_the_default_has_none(windows: FakeWindows) -> None:
    # runner-images#14552: v143 of the newest image is for x64 only.
    path = windows.visual_studio(toolsets=["14.50.1"], targets=["x64"])
    windows.toolset(path / "VC" / "Tools" / "MSVC" / "14.44.1", ["x64", "arm64"], ["Hostx64"])
    windows.sdk()

    assert found(windows).version == "14.44.1"


def test_a_version_file_may_name_what_is_gone(windows: FakeWindows) -> None:
    windows.visual_studio(toolsets=["14.44.1"], default="14.43.1")
    windows.sdk()

    assert found(windows).version == "14.44.1"
