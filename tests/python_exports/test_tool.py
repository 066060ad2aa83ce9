"""tools/python_exports.py, which makes a data file anew."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

import pytest

from winarm.python_exports import exported_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = """
[function.PyObject_Call]
    added = '3.2'
[function.PyOS_BeforeFork]
    added = '3.7'
    ifdef = 'HAVE_FORK'
[function.PyErr_SetFromWindowsErr]
    added = '3.7'
    ifdef = 'MS_WINDOWS'
[data.PyExc_OSError]
    added = '3.2'
[macro.Py_RETURN_NONE]
    added = '3.2'
[data._Py_RefTotal]
    added = '3.10'
    ifdef = 'Py_REF_DEBUG'
"""


@pytest.fixture
def tool(repository: Path) -> dict[str, Any]:
    return runpy.run_path(str(repository / "tools" / "python_exports.py"))


@pytest.fixture
def main(tool: dict[str, Any]) -> Callable[[list[str]], int]:
    run: Callable[[list[str]], int] = tool["main"]
    return run


def test_the_stable_abi_is_what_the_manifest_promises_on_windows(
    main: Callable[[list[str]], int], tmp_path: Path
) -> None:
    (tmp_path / "stable_abi.toml").write_text(MANIFEST)

    status = main(["--folder", str(tmp_path), str(tmp_path / "stable_abi.toml")])

    assert status == 0
    assert (tmp_path / "python3.txt").read_text().splitlines() == [
        "PyErr_SetFromWindowsErr FUNC 3.7",
        "PyExc_OSError DATA 3.2",
        "PyObject_Call FUNC 3.2",
    ]


@pytest.mark.parametrize("name", ["python3.dll", "kernel32.dll", "python313.dll"])
def test_what_is_no_full_dll_is_refused(
    main: Callable[[list[str]], int],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    (tmp_path / name).write_bytes(b"MZ")

    status = main(["--folder", str(tmp_path), str(tmp_path / name)])

    assert status == 1
    assert name in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_files_go_where_the_loader_reads_them(tool: dict[str, Any]) -> None:
    folder: Path = tool["FOLDER"]

    names = (folder / "python313.txt").read_text("ascii").splitlines()
    assert [
        f"{name} {kind}" for name, kind in (exported_names("python313.dll") or {}).items()
    ] == names
