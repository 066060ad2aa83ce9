from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TargetPythonError
from winarm.search import miss
from winarm.target import WIN_AMD64, WIN_ARM64, PythonABI
from winarm.trial.pythons import find_windows_python, pythons_in

if TYPE_CHECKING:
    from pathlib import Path

P313, P313T = PythonABI(13), PythonABI(13, free_threaded=True)


def image(path: Path, machine: int = WIN_ARM64.machine) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"MZ".ljust(0x3C, b"\0") + struct.pack("<I4sH18x", 64, b"PE\0\0", machine))


@pytest.mark.parametrize("below", ["", "tools"])
def test_python_is_found_in_the_layouts_of_python_org_and_of_nuget(
    below: str, tmp_path: Path
) -> None:
    image(tmp_path / below / "python313.dll")
    image(tmp_path / below / "python3.dll")
    (tmp_path / below / "python.exe").touch()

    search = pythons_in(tmp_path)

    assert search.found is not None
    (found,) = search.found
    assert (found.executable, found.abi) == (tmp_path / below / "python.exe", P313)
    assert search.misses == ()


def test_both_pythons_of_one_folder_are_found(tmp_path: Path) -> None:
    image(tmp_path / "python313.dll")
    image(tmp_path / "python313t.dll")
    for name in ("python.exe", "python3.13t.exe"):
        (tmp_path / name).touch()

    found = pythons_in(tmp_path).found or ()

    assert {(one.abi, one.executable.name) for one in found} == {
        (P313, "python.exe"),
        (P313T, "python3.13t.exe"),
    }


def test_python_for_another_machine_is_none(tmp_path: Path) -> None:
    image(tmp_path / "python313.dll", WIN_AMD64.machine)
    (tmp_path / "python.exe").touch()

    assert pythons_in(tmp_path) == miss(f"{tmp_path / 'python313.dll'} is for AMD64, not ARM64")


@pytest.mark.parametrize("content", [b"", b"MZ", b"\0" * 64, b"\xff" * 64])
def test_damaged_dll_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "python313.dll").write_bytes(content)

    assert pythons_in(tmp_path).found is None


def test_everything_that_was_looked_at_is_named(tmp_path: Path) -> None:
    image(tmp_path / "a" / "python312.dll")
    (tmp_path / "a" / "python.exe").touch()

    with pytest.raises(TargetPythonError) as caught:
        find_windows_python(P313, [tmp_path / "a", tmp_path / "gone"])

    assert "a holds Python 3.12" in caught.value.what
    assert "gone cannot be read: No such file" in caught.value.what
    assert "--python" in caught.value.cure
