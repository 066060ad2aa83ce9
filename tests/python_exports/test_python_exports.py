from __future__ import annotations

import re
from pathlib import Path

import pytest

import winarm.python_exports
from winarm.python_exports import exported_names, names_in_release, stable_names
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON, PythonABI

FILES = sorted(Path(winarm.python_exports.__file__).parent.glob("*.txt"))
KNOWN = [PythonABI(minor) for minor in (11, 12, 13, 14, 15)]
FREE_THREADED = [PythonABI(minor, free_threaded=True) for minor in (13, 14, 15)]

#: What may follow name and kind, where a file has remarks.
REMARKS = {
    "python3": r" 3\.\d+",
    "python315": r" (linux|314|wheels)(,wheels)?",
    "python315t": r" (linux|314|wheels)(,wheels)?",
}
LATER = r"( after:3\.\d+\.\d+)?"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_file_is_sorted_unique_and_well_formed(file: Path) -> None:
    lines = file.read_text("ascii").splitlines()
    line = re.compile(r"_?P[yY]\w+ (FUNC|DATA)" + REMARKS.get(file.stem, LATER))

    assert [text for text in lines if not line.fullmatch(text)] == []
    names = [text.split()[0] for text in lines]
    assert names == sorted(set(names))


@pytest.mark.parametrize("abi", [*KNOWN, *FREE_THREADED], ids=lambda abi: abi.tag)
def test_every_python_with_a_file_exports_what_all_modules_need(abi: PythonABI) -> None:
    names = exported_names(abi.dll)

    assert names is not None
    assert names["PyModule_Create2"] == "FUNC"
    assert names["PyArg_ParseTuple"] == "FUNC"
    assert names["PyExc_ValueError"] == "DATA"
    assert names["_Py_NoneStruct"] == "DATA"
    # Hidden behind macros; a search of the headers' text misses them.
    assert names["_PyArg_ParseTuple_SizeT" if abi.minor < 13 else "PyArg_Parse"] == "FUNC"


@pytest.mark.parametrize(
    ("abi", "name", "there"),
    [
        (PythonABI(13), "PyUnstable_Module_SetGIL", False),
        (PythonABI(13, free_threaded=True), "PyUnstable_Module_SetGIL", True),
        (PythonABI(14, free_threaded=True), "_Py_MergeZeroLocalRefcount", True),
        (PythonABI(11), "PyErr_GetRaisedException", False),
        (PythonABI(12), "PyErr_GetRaisedException", True),
        # 3.15's headers declare them, and its binary does not have them.
        (PythonABI(15), "_PyGen_yf", False),
        (PythonABI(15), "_PyType_GetBaseByToken_Borrow", False),
        (PythonABI(15), "_Py_AtExit", False),
        (PythonABI(15), "_Py_GatherStats_GetIter", False),
        (PythonABI(15), "_Py_assert_within_stack_bounds", False),
        # For Windows only: no binary of another system has them.
        (PythonABI(15), "PyErr_SetFromWindowsErr", True),
        (PythonABI(15), "PyUnicode_DecodeMBCS", True),
        (PythonABI(15), "PyOS_BeforeFork", False),
        # Without the GIL only.
        (PythonABI(15), "_Py_DecRefShared", False),
        (PythonABI(15, free_threaded=True), "_Py_DecRefShared", True),
    ],
)
def test_the_files_know_what_a_version_has_of_its_own(
    abi: PythonABI, name: str, *, there: bool
) -> None:
    assert (name in (exported_names(abi.dll) or {})) is there


@pytest.mark.parametrize("dll", ["PYTHON313.DLL", "Python313.dll"])
def test_a_dll_is_found_in_any_case(dll: str) -> None:
    assert exported_names(dll) is exported_names("python313.dll") is not None


@pytest.mark.parametrize(
    "dll", ["python316.dll", "python27.dll", "kernel32.dll", "python313", "../python313.dll", ""]
)
def test_nothing_is_known_of_other_dlls(dll: str) -> None:
    assert exported_names(dll) is None


def test_the_stable_dll_has_every_versions_names_for_both_threadings() -> None:
    names = exported_names("python3.dll")

    assert names is not None
    assert dict(names) == dict(exported_names("python3t.dll") or {})
    assert {"PyObject_Call", "PyType_GetModuleByToken"} <= names.keys()


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("PyObject_Call", 11),
        ("PyErr_GetRaisedException", 12),
        # In python311.dll and python312.dll already, but not in their python3.dll.
        ("PyType_GetModuleByDef", 13),
        ("PyType_GetBaseByToken", 14),
        ("PyModule_FromSlotsAndSpec", 15),
    ],
)
def test_the_stable_names_of_a_version_are_those_it_has_and_no_later_ones(
    name: str, first: int
) -> None:
    having = [minor for minor in range(11, 16) if name in stable_names(PythonABI(minor))]

    assert having == list(range(first, 16))


@pytest.mark.parametrize("abi", [*KNOWN, *FREE_THREADED], ids=lambda abi: abi.tag)
def test_every_stable_name_is_behind_its_forwarder(abi: PythonABI) -> None:
    assert stable_names(abi).items() <= (exported_names(abi.dll) or {}).items()


@pytest.mark.parametrize(("patch", "there"), [(0, False), (5, False), (6, True), (15, True)])
def test_a_name_that_a_patch_release_brought_is_not_in_earlier_ones(
    patch: int, *, there: bool
) -> None:
    names = names_in_release(PythonABI(13, free_threaded=True), patch)

    assert ("_PyEval_NoToolsForUnwind" in names) is there
    assert "_PyEval_NoToolsForUnwind" in (exported_names("python313t.dll") or {})


@pytest.mark.parametrize("minor", range(OLDEST_PYTHON.minor, NEWEST_PYTHON.minor + 1))
def test_the_names_of_every_supported_python_are_known(minor: int) -> None:
    supported = [
        PythonABI(minor, threads) for threads in (False, True) if minor > 12 or not threads
    ]

    assert [abi.tag for abi in supported if not names_in_release(abi, 0)] == []


def test_fork_and_reference_debugging_are_promised_to_nobody() -> None:
    stable = exported_names("python3.dll") or {}

    assert [name for name in stable if "Fork" in name or "RefTotal" in name] == []
