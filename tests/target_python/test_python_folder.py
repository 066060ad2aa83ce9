from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TargetPythonError
from winarm.target import WIN_AMD64, WIN_ARM64, PythonABI, Target
from winarm.target_python.python_folder import PythonFolder, folder_beside, named_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeFolder = Callable[..., Path]

CP313 = PythonABI(13)
CP313T = PythonABI(13, free_threaded=True)


def import_library(target: Target) -> bytes:
    short = struct.pack("<HHHHIIHH", 0, 0xFFFF, 0, target.machine, 0, 0, 0, 0)
    short += b"PyObject_Call\0python.dll\0"
    return b"!<arch>\n" + f"{'python.dll/':<48}{len(short):<10}`\n".encode() + short


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Lay out a Python for Windows as NuGet and python.org do."""

    def make(
        below: str = "",
        abi: PythonABI = CP313,
        target: Target = WIN_ARM64,
        include: str = "include",
    ) -> Path:
        root = tmp_path / below
        (root / include).mkdir(parents=True)
        (root / include / "Python.h").write_text("")
        (root / include / "patchlevel.h").write_text(
            f"#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION {abi.minor}\n"
        )
        (root / include / "pyconfig.h").write_text("#define MS_WINDOWS\n#define NT_THREADS\n")
        (root / "libs").mkdir()
        for library in (abi.library, abi.stable_library):
            (root / "libs" / f"{library}.lib").write_bytes(import_library(target))
        return root

    return make


@pytest.mark.parametrize("include", ["include", "Include"])
@pytest.mark.parametrize("below", ["", "tools"])
@pytest.mark.parametrize("abi", [CP313, CP313T])
def test_nugets_layout_and_python_orgs_are_found(
    make_folder: MakeFolder, tmp_path: Path, below: str, include: str, abi: PythonABI
) -> None:
    root = make_folder(below, abi, include=include)

    assert named_folder(tmp_path, abi, WIN_ARM64) == PythonFolder(root / include, root / "libs")


def test_the_libraries_that_cibuildwheel_names_have_their_headers_beside(
    make_folder: MakeFolder, tmp_path: Path
) -> None:
    root = make_folder("pythonarm64.3.13.1/tools")
    dirs = [tmp_path / "absent", tmp_path, root / "libs"]

    assert folder_beside(dirs, CP313, WIN_ARM64) == PythonFolder(root / "include", root / "libs")


def test_library_dirs_without_a_python_are_passed_over(
    make_folder: MakeFolder, tmp_path: Path
) -> None:
    root = make_folder()
    (root / "include").rename(root / "elsewhere")

    assert folder_beside([tmp_path / "absent", root / "libs"], CP313, WIN_ARM64) is None
    assert folder_beside([root / "libs"], PythonABI(12), WIN_ARM64) is None
    assert folder_beside([], CP313, WIN_ARM64) is None


@pytest.mark.parametrize(
    ("abi", "target", "problem"),
    [
        (CP313, WIN_AMD64, r"python313\.lib is for ARM64, not AMD64"),
        (PythonABI(12), WIN_ARM64, r"headers are those of Python 3\.13, not 3\.12"),
        (PythonABI(12), WIN_ARM64, r"no python312\.lib, but python313\.lib"),
        (CP313T, WIN_ARM64, r"no python313t\.lib, but python313\.lib"),
    ],
)
def test_the_wrong_python_is_refused_with_the_reason(
    make_folder: MakeFolder, abi: PythonABI, target: Target, problem: str
) -> None:
    root = make_folder()

    with pytest.raises(TargetPythonError, match=problem):
        named_folder(root, abi, target)


@pytest.mark.parametrize(
    ("broken", "content", "problem"),
    [
        ("include/Python.h", None, "has no Python.h"),
        ("include/pyconfig.h", b"#define HAVE_UNISTD_H 1\n", "not that of a Python for Windows"),
        ("libs/python313.lib", b"MZ", "is not an import library"),
        ("libs/python313.lib", None, r"no python313\.lib, but none"),
    ],
)
def test_a_broken_folder_is_refused_with_the_reason(
    make_folder: MakeFolder, broken: str, content: bytes | None, problem: str
) -> None:
    root = make_folder()
    (root / broken).unlink()
    if content is not None:
        (root / broken).write_bytes(content)

    with pytest.raises(TargetPythonError, match=problem):
        named_folder(root, CP313, WIN_ARM64)


def test_every_problem_is_named_at_once(make_folder: MakeFolder) -> None:
    root = make_folder(target=WIN_AMD64)
    (root / "include" / "pyconfig.h").write_text("")

    with pytest.raises(TargetPythonError) as caught:
        named_folder(root, CP313, WIN_ARM64)

    assert str(caught.value).count("\n  - ") == 2
    assert "pythonarm64 3.13" in caught.value.cure


def test_a_folder_without_a_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TargetPythonError, match="holds no Python for Windows"):
        named_folder(tmp_path / "absent", CP313T, WIN_ARM64)


def test_a_python_that_library_dirs_name_is_refused_like_any_other(
    make_folder: MakeFolder,
) -> None:
    root = make_folder(target=WIN_AMD64)

    with pytest.raises(TargetPythonError, match="is for AMD64, not ARM64"):
        folder_beside([root / "libs"], CP313, WIN_ARM64)
