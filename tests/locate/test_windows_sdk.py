from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import touch
from windows_trees.visual_studio import ROOTS_KEY, SDK_KEY, FakeWindows

from winarm.host import RegistryError
from winarm.locate.windows_sdk import find_sdk, sdk_in
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path


def test_an_sdk_is_headers_and_libraries(windows: FakeWindows) -> None:
    root = windows.sdk()

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is not None
    assert misses == ()
    include, library = root / "Include" / sdk.version, root / "Lib" / sdk.version
    parts = ("ucrt", "um", "shared", "winrt", "cppwinrt")
    assert sdk.include_dirs == tuple(include / part for part in parts)
    assert sdk.library_dirs == (library / "ucrt" / "arm64", library / "um" / "arm64")
    assert sdk.programs("arm64", "x64") == root / "bin" / sdk.version / "arm64"
    assert sdk.programs("x86") is None


def test_versions_are_compared_as_numbers(windows: FakeWindows) -> None:
    for version in ("10.0.9600.0", "10.0.22621.0", "10.0.100000.0"):
        windows.sdk(version)

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    assert sdk is not None
    assert sdk.version == "10.0.100000.0"


def test_headers_without_libraries_are_passed_over(windows: FakeWindows) -> None:
    windows.sdk("10.0.22621.0")
    windows.sdk("10.0.26100.0", libraries=())

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is not None
    assert sdk.version == "10.0.22621.0"
    assert "headers and no libraries" in misses[0]


def test_a_driver_kits_folder_is_passed_over(windows: FakeWindows) -> None:
    # msvc-wine#139
    windows.sdk("10.0.22621.0")
    root = windows.sdk("10.0.26100.0", headers=("km",))
    touch(root / "Lib" / "10.0.26100.0" / "km" / "arm64" / "x.lib")

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is not None
    assert sdk.version == "10.0.22621.0"
    assert "a driver kit alone" in misses[0]


def test_an_sdk_for_other_machines_says_which(windows: FakeWindows) -> None:
    windows.sdk(libraries=("x64", "x86"))

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is None
    assert "no ucrt\\arm64\\ucrt.lib; it has those of AMD64 and x86 only" in misses[0]


@pytest.mark.parametrize("key", [SDK_KEY, SDK_KEY.replace("Wow6432Node\\", "")])
@pytest.mark.parametrize("hive", ["HKLM", "HKCU"])
def test_the_registry_says_where(windows: FakeWindows, hive: str, key: str) -> None:
    root = windows.sdk(root=windows.root / "D" / "Kits é (1)", registered=False)
    windows.registry[hive, key, "InstallationFolder"] = str(root)

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    assert sdk is not None
    assert sdk.root == root


def test_the_32_bit_view_of_the_machine_comes_first(windows: FakeWindows, tmp_path: Path) -> None:
    first = windows.sdk(root=tmp_path / "first", registered=False)
    second = windows.sdk(root=tmp_path / "second", registered=False)
    windows.registry["HKLM", SDK_KEY, "InstallationFolder"] = str(first)
    windows.registry["HKCU", SDK_KEY, "InstallationFolder"] = str(second)
    windows.registry["HKLM", ROOTS_KEY, "KitsRoot10"] = str(second)

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    assert sdk is not None
    assert sdk.root == first


def test_a_stale_registry_key_leaves_the_program_folder(windows: FakeWindows) -> None:
    root = windows.sdk(registered=False)
    windows.registry["HKLM", SDK_KEY, "InstallationFolder"] = str(windows.root / "gone")

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is not None
    assert sdk.root == root
    assert "it holds no Include" in misses[0]


def test_an_unreadable_value_is_a_miss(windows: FakeWindows) -> None:
    windows.registry["HKLM", SDK_KEY, "InstallationFolder"] = RegistryError("it is no text")

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is None
    assert misses[0] == "it is no text"
    assert misses[-1].startswith("Windows SDK: neither the registry")


def test_a_prompts_version_comes_first_if_it_is_whole(windows: FakeWindows) -> None:
    windows.sdk("10.0.22621.0")
    windows.sdk("10.0.26100.0")
    windows.environ["WINDOWSSDKVERSION"] = "10.0.22621.0\\"

    search = find_sdk(windows.host(), WIN_ARM64)

    sdk = search.found

    assert sdk is not None
    assert sdk.version == "10.0.22621.0"


def test_any_case_will_do(tmp_path: Path) -> None:
    touch(
        tmp_path / "include" / "10.0.1.0" / "UM" / "windows.h",
        tmp_path / "lib" / "10.0.1.0" / "um" / "ARM64" / "Kernel32.Lib",
        tmp_path / "lib" / "10.0.1.0" / "ucrt" / "ARM64" / "UCRT.LIB",
    )

    search = sdk_in(tmp_path, WIN_ARM64)

    sdk = search.found

    misses = search.misses

    assert sdk is not None
    assert misses == ()
