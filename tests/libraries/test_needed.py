"""Which DLLs of prefixes a wheel needs, and those that these need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from prefix_samples import PYD, dll, needing, tree
from verify_samples.image import AMD64
from verify_samples.wheel import wheel as make_wheel

from winarm.errors import LibraryError, SourceError
from winarm.libraries.needed import imported_names, needed_dlls
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["vcruntime140.dll", "kernel32.dll", "python313.dll"])
def test_windows_and_pythons_own_are_never_copied(
    tmp_path: Path, wheel: Path, prefix: Path, name: str
) -> None:
    tree(prefix, {f"bin/{name}": dll(), "bin/z.dll": dll(name)})

    assert [one.name for one in needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)] == ["z.dll"]


def test_the_cpp_runtime_is_copied_from_its_own_folder_alone(tmp_path: Path, prefix: Path) -> None:
    plain = make_wheel(tmp_path, {PYD: needing("msvcp140.dll")})
    tree(prefix, {"bin/msvcp140.dll": dll()})
    runtime = tree(tmp_path / "runtime", {"msvcp140.dll": dll()})

    assert needed_dlls(plain, [prefix / "bin"], WIN_ARM64) == ()
    (found,) = needed_dlls(plain, [prefix / "bin"], WIN_ARM64, cpp_runtime=runtime)
    assert found.path == runtime / "msvcp140.dll"


def test_what_something_else_brings_is_not_copied(wheel: Path, prefix: Path) -> None:
    assert needed_dlls(wheel, [prefix / "bin"], WIN_ARM64, external=["Z.DLL"]) == ()


def test_each_dll_comes_with_the_chain_that_needs_it(wheel: Path, prefix: Path) -> None:
    found = needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)

    assert [(one.name, one.chain) for one in found] == [
        ("y.dll", (PYD, "z.dll")),
        ("z.dll", (PYD,)),
    ]
    assert {"z.dll", "y.dll", "kernel32.dll", "python313.dll"} <= imported_names(wheel, found)


def test_what_no_prefix_has_is_left_to_verification(wheel: Path, tmp_path: Path) -> None:
    assert needed_dlls(wheel, [tmp_path / "nowhere"], WIN_ARM64) == ()


def test_a_dll_that_needs_one_that_is_nowhere_is_an_error_with_the_chain(
    wheel: Path, prefix: Path
) -> None:
    (prefix / "bin" / "y.dll").unlink()

    with pytest.raises(LibraryError, match=rf"{PYD} needs z\.dll needs y\.dll, which is in no"):
        needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)


def test_a_dll_for_another_machine_is_an_error(wheel: Path, prefix: Path) -> None:
    (prefix / "bin" / "z.dll").write_bytes(dll(machine=AMD64))

    with pytest.raises(LibraryError, match=r"z\.dll is for AMD64, not for ARM64"):
        needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)


@pytest.mark.parametrize("content", [b"", b"MZ", b"text"])
def test_a_damaged_dll_of_a_prefix_is_an_error(wheel: Path, prefix: Path, content: bytes) -> None:
    (prefix / "bin" / "z.dll").write_bytes(content)

    with pytest.raises(LibraryError, match=r"z\.dll cannot be copied into the wheel"):
        needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)


def test_a_damaged_image_of_the_wheel_is_left_to_verification(tmp_path: Path, prefix: Path) -> None:
    wheel = make_wheel(tmp_path, {PYD: b"MZ", "pkg/_y.pyd": needing("Z.dll")})

    assert len(needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)) == 2


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"text"])
def test_what_is_no_wheel_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x-1-py3-none-any.whl"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=r"x-1-py3-none-any\.whl cannot be read"):
        needed_dlls(path, [], WIN_ARM64)
