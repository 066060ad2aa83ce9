from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pefile  # type: ignore[import-untyped]
import pytest

from winarm.coff.library import read_library
from winarm.coff.machines import OBJECT_MACHINES, Kind
from winarm.errors import FileSystemError, TargetPythonError
from winarm.host import Answer
from winarm.target import TARGETS, WIN_AMD64, WIN_ARM64, PythonABI
from winarm.target_python.target_python import make_import_library, module_definition, provide

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fake_host import FakeHost

    from winarm.environment.interpreter import Interpreter
    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.target import Target

    MakeHost = Callable[..., Host]
    MakeInterpreter = Callable[[PythonABI], Interpreter]
    FindInterpreter = Callable[[str], Interpreter]

CP313 = PythonABI(13)
CP313T = PythonABI(13, free_threaded=True)
CP315 = PythonABI(15)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("abi", [CP313, CP313T], ids=lambda abi: abi.tag)
def test_the_default_is_the_interpreters_headers_and_libraries_of_its_names(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    abi: PythonABI,
) -> None:
    python = provide(recording_host, make_interpreter(abi), WIN_ARM64, fake_toolchain)

    assert files(python.include) >= {"Python.h", "cpython/object.h", "pyconfig.h"}
    pyconfig = (python.include / "pyconfig.h").read_text()
    assert "MS_WINDOWS" in pyconfig
    assert ("Py_GIL_DISABLED 1" in pyconfig) is abi.free_threaded
    assert files(python.libraries) >= {f"{abi.library}.lib", f"{abi.stable_library}.lib"}
    assert f'LIBRARY "{abi.dll}"' in (python.libraries / f"{abi.library}.def").read_text()


def test_a_stable_library_promises_what_this_versions_dll_has(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    python = provide(recording_host, make_interpreter(PythonABI(12)), WIN_ARM64, fake_toolchain)

    promised = (python.libraries / "python3.def").read_text().split()
    assert "PyErr_GetRaisedException" in promised
    assert "PyType_GetModuleByDef" not in promised


def test_nothing_is_made_twice(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
) -> None:
    interpreter = make_interpreter(CP313)

    first = provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)
    second = provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)

    assert first == second
    assert len(recording_host.calls) == 2  # one for each library


@pytest.mark.parametrize("changed", ["toolchain", "target", "version", "headers", "flavour"])
def test_other_facts_have_another_folder(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    changed: str,
) -> None:
    interpreter = make_interpreter(CP313)
    before = provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)
    toolchain, target = fake_toolchain, WIN_ARM64
    if changed == "toolchain":
        toolchain = replace(toolchain, version="1.2.4")
    elif changed == "target":
        target = WIN_AMD64
        toolchain = replace(toolchain, target=target)
    elif changed == "version":
        interpreter = replace(interpreter, version="3.13.2")
    elif changed == "headers":
        (interpreter.include / "Python.h").write_text("/* another build's */")
    else:
        interpreter = make_interpreter(CP313T)

    after = provide(recording_host, interpreter, target, toolchain)

    assert after.include != before.include


def test_a_call_that_finds_it_in_the_cache_reads_no_header_again(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    """It takes 4 ms where copying the headers takes 200."""
    interpreter = make_interpreter(CP313)
    first = provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)
    # In place, so that no folder changes: an installed Python's headers do not change like that.
    (interpreter.include / "object.h").write_bytes(b"\xff")

    again = provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)

    assert again.include == first.include
    assert (again.include / "object.h").read_text() == "/* object.h */\n"


def test_absent_headers_are_an_error_that_names_the_package(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    interpreter = make_interpreter(CP313)
    (interpreter.include / "Python.h").unlink()

    with pytest.raises(TargetPythonError, match=r"python3\.13-dev"):
        provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)


def test_a_failing_toolchain_leaves_nothing_in_the_cache(
    make_host: MakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    host = make_host(answer=Answer(1, "", "no such machine"))

    with pytest.raises(TargetPythonError, match="no such machine"):
        provide(host, make_interpreter(CP313), WIN_ARM64, fake_toolchain)

    assert [path for path in (host.cache / "python").iterdir() if path.suffix != ".lock"] == []


def test_a_cache_that_cannot_be_written_is_an_error_of_its_own(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    recording_host.cache.write_text("a file")

    with pytest.raises(FileSystemError, match="WINARM_CACHE_DIR"):
        provide(recording_host, make_interpreter(CP313), WIN_ARM64, fake_toolchain)


def test_a_header_that_cannot_be_read_is_named_and_the_cache_is_not_blamed(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    interpreter = make_interpreter(CP313)
    header = interpreter.include / "cpython" / "object.h"
    header.unlink()
    header.mkdir()

    with pytest.raises(FileSystemError, match=r"object\.h") as caught:
        provide(recording_host, interpreter, WIN_ARM64, fake_toolchain)

    assert "WINARM_CACHE_DIR" not in str(caught.value)


NAMES: dict[str, Literal["FUNC", "DATA"]] = {"PyExc_ValueError": "DATA", "PyObject_Call": "FUNC"}


def test_variables_are_marked_as_data_and_functions_are_not() -> None:
    assert module_definition("python313.dll", NAMES) == (
        'LIBRARY "python313.dll"\nEXPORTS\n    PyExc_ValueError DATA\n    PyObject_Call\n'
    )


def test_dlltool_is_asked_in_its_own_words(
    recording_host: FakeHost, fake_toolchain: Toolchain, tmp_path: Path
) -> None:
    library = tmp_path / "python313.lib"

    make_import_library(recording_host, fake_toolchain, "python313.dll", NAMES, library)

    definition = str(tmp_path / "python313.def")
    assert recording_host.calls == [
        ("zig", "dlltool", "-m", "arm64", "-d", definition, "-l", str(library))
    ]


@pytest.mark.parametrize(("target", "machine"), [(WIN_ARM64, "arm64"), (WIN_AMD64, "x64")])
def test_a_microsoft_style_librarian_is_asked_in_its_own_words(
    recording_host: FakeHost,
    fake_toolchain: Toolchain,
    tmp_path: Path,
    target: Target,
    machine: str,
) -> None:
    lib = replace(fake_toolchain, kind="msvc", dlltool=("llvm-lib",), target=target)
    library = tmp_path / "python3.lib"

    make_import_library(recording_host, lib, "python3.dll", NAMES, library)

    assert recording_host.calls == [
        (
            "llvm-lib",
            "/nologo",
            f"/machine:{machine}",
            f"/def:{tmp_path / 'python3.def'}",
            f"/out:{library}",
        )
    ]


@pytest.mark.parametrize(
    "answer", [Answer(1, "", "unknown machine"), Answer(1, "unknown machine", "")]
)
def test_a_failing_tool_is_quoted(
    make_host: Callable[..., Host], fake_toolchain: Toolchain, tmp_path: Path, answer: Answer
) -> None:
    host = make_host(answer=answer)

    with pytest.raises(TargetPythonError, match=r"zig 1.2.3 of a test cannot make .*python3.dll"):
        make_import_library(host, fake_toolchain, "python3.dll", NAMES, tmp_path / "python3.lib")


def test_a_tool_that_makes_nothing_has_failed(
    make_host: Callable[..., Host], fake_toolchain: Toolchain, tmp_path: Path
) -> None:
    host = make_host(makes=False)

    with pytest.raises(TargetPythonError, match="cannot make an import library"):
        make_import_library(host, fake_toolchain, "python3.dll", NAMES, tmp_path / "python3.lib")


@pytest.mark.integration
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.wheel_platform)
def test_zig_makes_libraries_for_the_machine_that_is_asked_for(
    zig_host: Host, zig: Toolchain, tmp_path: Path, target: Target
) -> None:
    library = tmp_path / "python313.lib"

    make_import_library(zig_host, replace(zig, target=target), "python313.dll", NAMES, library)

    assert read_library(library.read_bytes()).kinds == {OBJECT_MACHINES[target.machine]}
    assert b"__imp_PyExc_ValueError" in library.read_bytes().replace(b"__imp__", b"__imp_")


@pytest.mark.integration
def test_llvm_lib_makes_a_library_from_the_same_names(
    zig_host: Host, zig: Toolchain, tmp_path: Path
) -> None:
    lib = replace(zig, kind="clang-cl", dlltool=(zig.cc[0], "lib"))
    library = tmp_path / "python313.lib"

    make_import_library(zig_host, lib, "python313.dll", NAMES, library)

    assert read_library(library.read_bytes()).kinds == {Kind.ARM64}


OFFICIAL_PYCONFIG = "/* official */\n#define NT_THREADS\n#define MS_WINDOWS\n/* __MINGW32__ */\n"


@pytest.mark.parametrize("abi", [CP313, CP313T], ids=lambda abi: abi.tag)
def test_on_windows_the_pyconfig_is_the_interpreters_own(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    abi: PythonABI,
) -> None:
    host = replace(recording_host, system="windows")
    interpreter = make_interpreter(abi)
    (interpreter.include / "pyconfig.h").write_text(OFFICIAL_PYCONFIG)

    python = provide(host, interpreter, WIN_ARM64, fake_toolchain)

    pyconfig = (python.include / "pyconfig.h").read_text()
    assert pyconfig.endswith(OFFICIAL_PYCONFIG)
    assert ("#  define Py_GIL_DISABLED 1" in pyconfig) is abi.free_threaded


def test_a_header_of_microsofts_compiler_is_there_under_its_name(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    python = provide(recording_host, make_interpreter(CP313), WIN_ARM64, fake_toolchain)

    assert "#include <arm_neon.h>" in (python.include / "arm64_neon.h").read_text()


def test_names_of_later_patch_releases_are_not_promised(
    recording_host: FakeHost, make_interpreter: MakeInterpreter, fake_toolchain: Toolchain
) -> None:
    interpreter = replace(make_interpreter(CP313T), version="3.13.5")
    later = replace(interpreter, version="3.13.15")

    definitions = [
        (
            provide(recording_host, python, WIN_ARM64, fake_toolchain).libraries / "python313t.def"
        ).read_text()
        for python in (interpreter, later)
    ]

    assert ["_PyEval_NoToolsForUnwind" in text for text in definitions] == [False, True]


@pytest.mark.parametrize("abi", [CP315, replace(CP315, free_threaded=True)], ids=str)
def test_since_315_every_python_has_the_stable_dll_of_free_threaded_code(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    abi: PythonABI,
) -> None:
    python = provide(recording_host, make_interpreter(abi), WIN_ARM64, fake_toolchain)

    libraries = {file.name for file in python.libraries.glob("*.lib")}
    assert libraries == {f"{abi.library}.lib", f"{abi.stable_library}.lib", "python3t.lib"}
    for library in libraries:
        definition = (python.libraries / library).with_suffix(".def").read_text()
        assert "PyModule_FromSlotsAndSpec" in definition


@pytest.fixture
def nuget(tmp_path: Path) -> Path:
    tools = tmp_path / "pythonarm64.3.13.1" / "tools"
    (tools / "include").mkdir(parents=True)
    (tools / "include" / "Python.h").write_text("")
    (tools / "include" / "patchlevel.h").write_text(
        "#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION 13\n"
    )
    (tools / "include" / "pyconfig.h").write_text(OFFICIAL_PYCONFIG)
    (tools / "libs").mkdir()
    short = struct.pack("<HHHHIIHH", 0, 0xFFFF, 0, WIN_ARM64.machine, 0, 0, 0, 0)
    short += b"PyObject_Call\0python.dll\0"
    library = b"!<arch>\n" + f"{'python.dll/':<48}{len(short):<10}`\n".encode() + short
    for name in ("python313.lib", "python313t.lib", "python3.lib"):
        (tools / "libs" / name).write_bytes(library)
    return tools


def test_a_folder_that_the_user_names_is_used_as_it_is(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    nuget: Path,
) -> None:
    python = provide(
        recording_host, make_interpreter(CP313), WIN_ARM64, fake_toolchain, python_dir=nuget.parent
    )

    assert (python.include, python.libraries) == (nuget / "include", nuget / "libs")
    assert str(nuget) in python.origin
    assert recording_host.calls == []


def test_the_folder_that_cibuildwheel_names_is_used_as_it_is(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    nuget: Path,
) -> None:
    python = provide(
        recording_host,
        make_interpreter(CP313),
        WIN_ARM64,
        fake_toolchain,
        library_dirs=[nuget / "libs"],
    )

    assert (python.include, python.libraries) == (nuget / "include", nuget / "libs")


def test_what_the_user_names_comes_before_library_dirs(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    nuget: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(TargetPythonError, match="holds no Python for Windows"):
        provide(
            recording_host,
            make_interpreter(CP313),
            WIN_ARM64,
            fake_toolchain,
            python_dir=tmp_path / "absent",
            library_dirs=[nuget / "libs"],
        )


def test_named_headers_that_leave_the_flavour_open_are_used_as_a_copy_that_says_it(
    recording_host: FakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
    nuget: Path,
) -> None:
    python = provide(
        recording_host, make_interpreter(CP313T), WIN_ARM64, fake_toolchain, python_dir=nuget
    )

    assert python.libraries == nuget / "libs"
    assert "#  define Py_GIL_DISABLED 1" in (python.include / "pyconfig.h").read_text()
    assert (nuget / "include" / "pyconfig.h").read_text() == OFFICIAL_PYCONFIG


EXTENSION = """
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#ifndef MS_WINDOWS
#error "not read for Windows"
#endif
static PyObject *length(PyObject *self, PyObject *args) {
    const char *text;
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "s#", &text, &size)) return NULL;
    if (size == 0) { PyErr_SetString(PyExc_ValueError, "empty"); return NULL; }
    return PyLong_FromSsize_t(size);
}
static PyMethodDef methods[] = {{"length", length, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "tiny", NULL, 0, methods, NULL, NULL, NULL, NULL};
PyMODINIT_FUNC PyInit_tiny(void) { return PyModule_Create(&module); }
"""


#: Counting references is inline there, and asks which thread counts.
FREE_THREADED = """
#ifndef Py_GIL_DISABLED
#error "the GIL is there"
#endif
__declspec(dllexport) void keep(PyObject *object) { Py_INCREF(object); }
"""


def python_imports(image: Path) -> dict[str, set[str]]:
    with pefile.PE(image) as parsed:
        assert parsed.FILE_HEADER.Machine == WIN_ARM64.machine
        return {
            entry.dll.decode(): {symbol.name.decode() for symbol in entry.imports}
            for entry in parsed.DIRECTORY_ENTRY_IMPORT
            if entry.dll.startswith(b"python")
        }


@pytest.mark.integration
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14", "3.15"])
@pytest.mark.parametrize("stable", [False, True], ids=["full", "abi3"])
@pytest.mark.parametrize("language", ["c", "c++"])
def test_a_module_compiles_links_and_imports_the_right_dll(
    zig_host: Host,
    zig: Toolchain,
    real_interpreter: FindInterpreter,
    tmp_path: Path,
    version: str,
    language: str,
    *,
    stable: bool,
) -> None:
    interpreter = real_interpreter(version)
    python = provide(zig_host, interpreter, WIN_ARM64, zig)
    source = tmp_path / ("tiny.c" if language == "c" else "tiny.cpp")
    source.write_text(EXTENSION)
    abi = interpreter.abi
    library, dll = (abi.stable_library, abi.stable_dll) if stable else (abi.library, abi.dll)

    # Linked as C in both cases: a C++ library built for the first time takes minutes.
    objects = zig_host.run(
        [
            *(zig.cc if language == "c" else zig.cxx),
            *(["-DPy_LIMITED_API=0x030b0000"] if stable else []),
            *("-Wall", "-Wextra", "-Werror", "-O1", "-I", str(python.include)),
            *("-c", source.name, "-o", "tiny.o"),
        ],
        cwd=tmp_path,
        timeout=600,
    )
    assert objects.ok, objects.stderr
    linked = zig_host.run(
        [
            *zig.cc,
            *("-shared", "tiny.o", "-o", "tiny.pyd"),
            *("-L", str(python.libraries), f"-l{library}"),
        ],
        cwd=tmp_path,
        timeout=600,
    )

    assert linked.ok, linked.stderr
    assert python_imports(tmp_path / "tiny.pyd").keys() == {dll}
    names = python_imports(tmp_path / "tiny.pyd")[dll]
    parse = "PyArg_ParseTuple" if abi.minor >= 13 else "_PyArg_ParseTuple_SizeT"
    assert {parse, "PyExc_ValueError", "PyLong_FromSsize_t", "PyModule_Create2"} <= names


@pytest.mark.integration
def test_a_free_threaded_module_imports_the_free_threaded_dll(
    zig_host: Host, zig: Toolchain, real_interpreter: FindInterpreter, tmp_path: Path
) -> None:
    """3.13's headers are those of 3.13t: only pyconfig.h tells them apart."""
    interpreter = replace(real_interpreter("3.13"), abi=CP313T)
    python = provide(zig_host, interpreter, WIN_ARM64, zig)
    (tmp_path / "tiny.c").write_text(EXTENSION + FREE_THREADED)

    answer = zig_host.run(
        [
            *zig.cc,
            *("-Wall", "-Werror", "-I", str(python.include)),
            *("-shared", "tiny.c", "-o", "tiny.pyd"),
            *("-L", str(python.libraries), "-lpython313t"),
        ],
        cwd=tmp_path,
        timeout=600,
    )

    assert answer.ok, answer.stderr
    assert python_imports(tmp_path / "tiny.pyd").keys() == {"python313t.dll"}
    library = read_library((python.libraries / "python3t.lib").read_bytes())
    assert library.kinds == {Kind.ARM64}
