"""Headers, libraries and DLLs from wheels of the target."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import wheel as make_wheel

from winarm.errors import LibraryError, SettingsError
from winarm.libraries.target_packages import cpp_runtime, is_for_others, target_package
from winarm.project.pip_config import pip_configuration
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from winarm.host import Host

CP313 = PythonABI(13)
FILES = {"dep/include/dep.h": b"", "dep/dep.py": b"", "dep/lib/dep.lib": b""}


def fetched(host: Host, requirement: str, abi: PythonABI | None = CP313) -> Path:
    return target_package(host, requirement, abi, WIN_ARM64, pip_configuration(host))


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_code_of_others_can_use_is_unpacked_and_nothing_else(
    offline_host: Host, links: Path
) -> None:
    make_wheel(links, FILES, "dep-1.0-cp313-cp313-win_arm64.whl")

    found = names(fetched(offline_host, "Dep>=1"))

    assert {"dep/include/dep.h", "dep/lib/dep.lib", "dep-1.0.dist-info/METADATA"} <= found
    assert "dep/dep.py" not in found


@pytest.mark.parametrize(
    ("filename", "abi", "fits"),
    [
        ("dep-1.0-cp313-cp313-win_arm64.whl", CP313, True),
        ("dep-1.0-py3-none-win_arm64.whl", CP313, True),
        ("dep-1.0-cp39-abi3-win_arm64.whl", CP313, True),
        ("dep-1.0-cp314-cp314-win_arm64.whl", None, True),
        ("dep-1.0-cp314-abi3-win_arm64.whl", CP313, False),
        ("dep-1.0-cp313-cp313t-win_arm64.whl", CP313, False),
        ("dep-1.0-cp312-cp312-win_arm64.whl", CP313, False),
        ("dep-1.0-cp313-cp313-win_amd64.whl", None, False),
        ("dep-1.0-py3-none-any.whl", CP313, False),
    ],
)
def test_only_a_wheel_for_the_target_and_this_python_will_do(
    offline_host: Host, links: Path, filename: str, abi: PythonABI | None, *, fits: bool
) -> None:
    make_wheel(links, FILES, filename)

    if fits:
        assert "dep/include/dep.h" in names(fetched(offline_host, "dep", abi))
    else:
        with pytest.raises(LibraryError, match="there is no wheel of dep"):
            fetched(offline_host, "dep", abi)


def test_versions_that_have_one_are_named(offline_host: Host, links: Path) -> None:
    make_wheel(links, FILES, "dep-1.0-cp313-cp313-win_arm64.whl")
    make_wheel(links, FILES, "dep-2.0-cp313-cp313-win_amd64.whl")

    with pytest.raises(LibraryError) as caught:
        fetched(offline_host, "dep>=2")

    assert "dep>=2 for cp313 on win_arm64. Versions that have one: 1.0." in caught.value.what
    assert str(links) in caught.value.what


@pytest.mark.parametrize("written", ["", "dep >", "--index-url=x"])
def test_what_is_no_requirement_is_a_mistake_in_settings(offline_host: Host, written: str) -> None:
    with pytest.raises(SettingsError, match="target-requires"):
        fetched(offline_host, written)


def test_the_cpp_runtime_is_the_folder_of_its_dll(offline_host: Host, links: Path) -> None:
    files = {"msvc_runtime-14.44.data/data/msvcp140.dll": b"MZ"}
    make_wheel(links, files, "msvc_runtime-14.44-cp313-cp313-win_arm64.whl")

    folder = cpp_runtime(offline_host, WIN_ARM64, pip_configuration(offline_host))

    assert (folder / "msvcp140.dll").read_bytes() == b"MZ"


def test_a_wheel_without_it_is_named(offline_host: Host, links: Path) -> None:
    make_wheel(links, FILES, "msvc_runtime-14.44-cp313-cp313-win_arm64.whl")

    with pytest.raises(LibraryError, match="wheel of msvc-runtime has no msvcp140"):
        cpp_runtime(offline_host, WIN_ARM64, pip_configuration(offline_host))


@pytest.mark.parametrize(
    ("member", "wanted"),
    [
        ("a/b.H", True),
        ("a/b.dll", True),
        ("a-1.dist-info/licenses/LICENSE", True),
        ("a/b.pyd", False),
        ("a/b.py", False),
        ("a/x.dist-info.txt", False),
    ],
)
def test_members_that_are_of_use_outside(member: str, *, wanted: bool) -> None:
    assert is_for_others(PurePosixPath(member)) is wanted
