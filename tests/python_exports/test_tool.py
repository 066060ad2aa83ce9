"""tools/python_exports.py, which makes a data file anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.python_exports import exported_names, stable_names
from winarm.target import WIN_ARM64
from winarm.target_python.headers import copy_headers
from winarm.target_python.pyconfig import windows_pyconfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.environment.interpreter import Interpreter
    from winarm.locate.toolchain import Toolchain

#: What preprocessing leaves of a marker.
M = "winarm_declares_"

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


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (f"int {M} PyObject_Hash(PyObject *);", {"PyObject_Hash": "FUNC"}),
        (f"extern PyTypeObject {M} PyBool_Type;", {"PyBool_Type": "DATA"}),
        (f"extern PyObject * {M} PyExc_ValueError;", {"PyExc_ValueError": "DATA"}),
        (f"extern PyObject {M} * PyExc_OSError ;", {"PyExc_OSError": "DATA"}),
        (f"extern const char {M} * const Names[] ;", {"Names": "DATA"}),
        # PyAPI_DATA marks some functions, and function pointers are data.
        (f"extern double {M} _PyLong_Frexp(PyLongObject *a, int *e);", {"_PyLong_Frexp": "FUNC"}),
        (f"extern int {M} (*PyOS_InputHook)(void);", {"PyOS_InputHook": "DATA"}),
        (f"extern char {M} *(*PyOS_Readline)(FILE *, FILE *);", {"PyOS_Readline": "DATA"}),
        (f"void {M} __attribute__((__noreturn__)) Py_Exit(int);", {"Py_Exit": "FUNC"}),
        (f"int {M} __attribute__((format(printf, 1, 2)))\nPy_P(const char*);", {"Py_P": "FUNC"}),
        (f"void {M} __declspec(noreturn) Py_Abort (void);", {"Py_Abort": "FUNC"}),
        ("int PyStatic_Inline(void) { return 1; }", {}),
        ("", {}),
    ],
)
def test_a_marked_name_is_found_with_its_kind(
    tool: dict[str, Any], text: str, names: dict[str, str]
) -> None:
    assert tool["declared_names"](text) == names


def test_many_declarations_on_a_line_are_all_found(tool: dict[str, Any]) -> None:
    text = f"int {M} Py_One(void); int {M} Py_Two(void); extern int {M} Py_Three;"

    assert tool["declared_names"](text) == {"Py_One": "FUNC", "Py_Two": "FUNC", "Py_Three": "DATA"}


def test_a_compiler_that_fails_is_quoted(tool: dict[str, Any], tmp_path: Path) -> None:
    compiler = (sys.executable, "-c", "raise SystemExit('io.h not found')")

    with pytest.raises(ValueError, match=r"io\.h not found"):
        tool["header_names"](compiler, tmp_path)


@pytest.mark.integration
def test_headers_that_refuse_to_be_included_alone_hide_no_other(
    tool: dict[str, Any], zig: Toolchain, tmp_path: Path
) -> None:
    """3.15 has such a one; winarm must not depend on which, nor on how many."""
    (tmp_path / "internal").mkdir()
    (tmp_path / "Python.h").write_text('#include "listed.h"\n')
    for number in range(9):
        refuses = number in {0, 4, 5}
        error = f'#ifndef WHOLE_{number}\n#error "must not be included directly"\n#endif\n'
        text = f"PyAPI_FUNC(int) Py_Of{number}(void);\n"
        name = f"internal/pycore_{number}.h"
        (tmp_path / name).write_text(f"#pragma once\n{error if refuses else ''}{text}")
    (tmp_path / "listed.h").write_text("PyAPI_DATA(int) Py_Listed;\n")
    (tmp_path / "internal" / "pycore_whole.h").write_text(
        '#define WHOLE_4 1\n#include "pycore_4.h"\n'
    )

    found = tool["header_names"](zig.cc, tmp_path)

    alone = {f"Py_Of{number}" for number in (1, 2, 3, 4, 6, 7, 8)}
    assert found == {"Py_Listed": "DATA", **dict.fromkeys(alone, "FUNC")}


@pytest.mark.skipif(sys.platform == "win32", reason="a Python on Windows has its names in a DLL")
def test_an_interpreter_says_which_names_exist(tool: dict[str, Any]) -> None:
    names = ["PyObject_Call", "Py_Absent", "PyExc_OSError"]

    found = tool["defined_names"](Path(sys.executable), names)

    assert found == {"PyObject_Call", "PyExc_OSError"}


@pytest.mark.integration
def test_a_dlls_names_are_sorted_and_their_kind_is_that_of_their_memory(
    tool: dict[str, Any], zig: Toolchain, tmp_path: Path
) -> None:
    (tmp_path / "d.c").write_text(
        "__declspec(dllexport) int PyX_Data = 1;\n"
        "__declspec(dllexport) int PyX_Call(void) { return PyX_Data; }\n"
    )
    (tmp_path / "d.def").write_text("EXPORTS\nPyX_Call\nPyX_Data DATA\nPyX_Away = other.Away\n")
    command = [*zig.cc, "-shared", "-o", "python315.dll", "d.c", "d.def"]

    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    names = tool["named_exports"](tmp_path / "python315.dll")
    assert list(names.items()) == [("PyX_Away", "FUNC"), ("PyX_Call", "FUNC"), ("PyX_Data", "DATA")]


#: In the DLL and in no header that is read: a macro takes its place, or only the core has it.
NEVER_DECLARED = {"Py_CompileStringFlags"}
UNDECLARED = {
    "3.11": {"_PyBytesIOBuffer_Type", "_PyWindowsConsoleIO_Type"},
    "3.12": {"PyUnicode_GetSize", "_PyErr_SetLocaleString"},
    "3.13": {"_PyErr_SetLocaleString"},
    # For builds with the just-in-time compiler, as Windows' are.
    "3.14": {f"_Py_Executors_Invalidate{what}" for what in ("All", "Cold", "Dependency")},
    "3.15": {f"_Py_Executors_Invalidate{what}" for what in ("All", "Cold", "Dependency")},
}
#: Brought by a later patch release than the oldest one whose headers are tested with, or, since
#: 3.14, gone from the headers and still in the DLL.
BROUGHT_LATER = {
    "3.11": set[str](),
    "3.14": {"_PyOS_ReadlineTState"},
    "3.15": {"_PyOS_ReadlineTState"},
    "3.12": {
        "PyUnicode_InternImmortal",
        "_PySys_GetOptionalAttr",
        "_PySys_GetOptionalAttrString",
        "_PySys_GetRequiredAttr",
        "_PySys_GetRequiredAttrString",
        "_PyUnicode_InternImmortal",
        "_PyUnicode_InternInPlace",
        "_PyUnicode_InternMortal",
    },
    "3.13": {
        "_PyBytes_DecodeEscape2",
        "_PyOS_ReadlineTState",
        "_PySys_GetOptionalAttr",
        "_PySys_GetOptionalAttrString",
        "_PySys_GetRequiredAttr",
        "_PySys_GetRequiredAttrString",
        "_PyThreadState_Init",
        "_PyThreadState_Prealloc",
        "_PyType_GetModuleByDef3",
        "_PyUnicode_DecodeUnicodeEscapeInternal2",
    },
}
#: Declared, and not exported by any DLL: never defined, or only in other builds.
NOT_EXPORTED = {
    "3.11": {
        "Py_FrozenMain",
        "_PyCodec_Forget",
        "_PyErr_WriteUnraisableDefaultHook",
        "_PyExc_CreateExceptionGroup",
        "_PyExc_PrepReraiseStar",
        "_PyGC_DumpShutdownStats",
        "_PySys_Audit",
        "_PySys_SetAttr",
        "_PyWideStringList_CheckConsistency",
        "_Py_GetStdlibDir",
    },
    "3.12": {
        "Py_FrozenMain",
        "_PyCodec_Forget",
        "_PyErr_WriteUnraisableDefaultHook",
        "_PyGC_DumpShutdownStats",
        "_PyWideStringList_CheckConsistency",
        "_Py_GetStdlibDir",
    },
    "3.13": {
        "Py_FrozenMain",
        "_PyBuildSlice_ConsumeRefs",
        "_PyOptimizer_NewCounter",
        "_PyOptimizer_NewUOpOptimizer",
        "_PyOptimizer_Optimize",
        "_PyTrash_begin",
        "_PyTrash_end",
        "_Py_AtExit",
        "_Py_Executor_DependsOn",
        "_Py_GetExecutor",
        "_Py_GetOptimizer",
        "_Py_SetTier2Optimizer",
        "_Py_uop_symbols_test",
    },
    "3.14": {
        "Py_FrozenMain",
        "_PyBuildSlice_ConsumeRefs",
        "_PyFloat_FromDouble_ConsumeInputs",
        "_Py_AtExit",
    },
    "3.15": {
        "Py_FrozenMain",
        "_PyGen_yf",
        "_PyType_GetBaseByToken_Borrow",
        "_Py_AtExit",
        "_Py_GatherStats_GetIter",
        "_Py_assert_within_stack_bounds",
    },
}


@pytest.mark.integration
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14", "3.15"])
def test_the_headers_say_what_the_dll_exports(
    tool: dict[str, Any],
    zig: Toolchain,
    real_interpreter: Callable[[str], Interpreter],
    tmp_path: Path,
    version: str,
) -> None:
    interpreter = real_interpreter(version)
    exported = exported_names(interpreter.abi.dll)
    assert exported is not None
    include = tmp_path / "include"
    copy_headers(interpreter.include, include, windows_pyconfig(interpreter.abi, WIN_ARM64))

    found = tool["header_names"](zig.cc, include)

    # What the stable ABI keeps for old modules has left the headers; it is known by itself.
    missing = exported.keys() - found.keys() - stable_names(interpreter.abi).keys()
    assert missing <= NEVER_DECLARED | UNDECLARED[version] | BROUGHT_LATER[version]
    assert found.keys() - exported.keys() <= NOT_EXPORTED[version]
    assert {name: kind for name, kind in found.items() if exported.get(name, kind) != kind} == {}
