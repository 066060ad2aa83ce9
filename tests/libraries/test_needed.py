"""Which DLLs of prefixes a wheel needs, and those that these need."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from prefix_samples import PYD, dll, needing, tree
from verify_samples.image import AMD64
from verify_samples.wheel import wheel as make_wheel

from winarm.errors import LibraryError, SourceError
from winarm.libraries.needed import Needed, needed_dlls
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path


def found_dlls(wheel: Path, folder: Path, **wishes: Any) -> tuple[Needed, ...]:  # noqa: ANN401 - needed_dlls' own
    found, _ = needed_dlls(wheel, [folder], WIN_ARM64, **wishes)
    return found


@pytest.mark.parametrize("name", ["vcruntime140.dll", "kernel32.dll", "python313.dll"])
def test_windows_and_pythons_own_are_never_copied(
    tmp_path: Path, wheel: Path, prefix: Path, name: str
) -> None:
    tree(prefix, {f"bin/{name}": dll(), "bin/z.dll": dll(name)})

    assert [one.name for one in found_dlls(wheel, prefix / "bin")] == ["z.dll"]


def test_the_cpp_runtime_is_copied_from_its_own_folder_alone(tmp_path: Path, prefix: Path) -> None:
    plain = make_wheel(tmp_path, {PYD: needing("msvcp140.dll")})
    tree(prefix, {"bin/msvcp140.dll": dll()})
    runtime = tree(tmp_path / "runtime", {"msvcp140.dll": dll()})

    assert found_dlls(plain, prefix / "bin") == ()
    (found,) = found_dlls(plain, prefix / "bin", cpp_runtime=runtime)
    assert found.path == runtime / "msvcp140.dll"


def test_what_something_else_brings_is_not_copied(wheel: Path, prefix: Path) -> None:
    assert found_dlls(wheel, prefix / "bin", external=["Z.DLL"]) == ()


def test_each_dll_comes_with_the_chain_that_needs_it(wheel: Path, prefix: Path) -> None:
    found, others = needed_dlls(wheel, [prefix / "bin"], WIN_ARM64)

    assert [(one.name, one.chain) for one in found] == [
        ("y.dll", (PYD, "z.dll")),
        ("z.dll", (PYD,)),
    ]
    assert {"kernel32.dll", "python313.dll"} <= others
    assert others.isdisjoint({"z.dll", "y.dll"})


def test_what_no_prefix_has_is_left_to_verification(wheel: Path, tmp_path: Path) -> None:
    assert found_dlls(wheel, tmp_path / "nowhere") == ()


def test_a_dll_that_needs_one_that_is_nowhere_is_an_error_with_the_chain(
    wheel: Path, prefix: Path
) -> None:
    (prefix / "bin" / "y.dll").unlink()

    with pytest.raises(LibraryError, match=rf"{PYD} needs z\.dll needs y\.dll, which is in no"):
        found_dlls(wheel, prefix / "bin")


def test_a_dll_for_another_machine_is_an_error(wheel: Path, prefix: Path) -> None:
    (prefix / "bin" / "z.dll").write_bytes(dll(machine=AMD64))

    with pytest.raises(LibraryError, match=r"z\.dll is for AMD64, not for ARM64"):
        found_dlls(wheel, prefix / "bin")


@pytest.mark.parametrize("content", [b"", b"MZ", b"text"])
def test_a_damaged_dll_of_a_prefix_is_an_error(wheel: Path, prefix: Path, content: bytes) -> None:
    (prefix / "bin" / "z.dll").write_bytes(content)

    with pytest.raises(LibraryError, match=r"z\.dll cannot be copied into the wheel"):
        found_dlls(wheel, prefix / "bin")


def test_a_damaged_image_of_the_wheel_is_left_to_verification(tmp_path: Path, prefix: Path) -> None:
    wheel = make_wheel(tmp_path, {PYD: b"MZ", "pkg/_y.pyd": needing("Z.dll")})

    assert len(found_dlls(wheel, prefix / "bin")) == 2


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"text"])
def test_what_is_no_wheel_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x-1-py3-none-any.whl"
    path.write_bytes(content)

    with pytest.raises(SourceError, match=r"x-1-py3-none-any\.whl cannot be read"):
        needed_dlls(path, [], WIN_ARM64)


@pytest.mark.parametrize("flag", [0, 1], ids=["damaged", "encrypted"])
def test_a_wheel_whose_image_cannot_be_unpacked_is_named(tmp_path: Path, flag: int) -> None:
    wheel = make_wheel(tmp_path, {PYD: needing("z.dll")})
    with zipfile.ZipFile(wheel) as archive:
        (info,) = (info for info in archive.infolist() if info.filename == PYD)
    data = bytearray(wheel.read_bytes())
    start = info.header_offset + 30 + len(PYD)
    data[start : start + 8] = b"\xff" * 8
    at = data.index(b"PK\1\2", 0)
    for place in (info.header_offset + 6, data.rindex(PYD.encode(), at) - 46 + 8):
        data[place] |= flag
    wheel.write_bytes(data)

    with pytest.raises(SourceError, match=r"\.whl cannot be read"):
        needed_dlls(wheel, [], WIN_ARM64)
