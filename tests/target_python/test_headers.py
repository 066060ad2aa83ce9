from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TargetPythonError
from winarm.target import PythonABI
from winarm.target_python.headers import (
    copy_headers,
    headers_identity,
    headers_version,
    require_headers,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.environment.interpreter import Interpreter
    from winarm.host import System

    MakeInterpreter = Callable[[PythonABI], Interpreter]


def test_only_cpythons_own_headers_are_copied_beside_the_new_pyconfig(
    make_interpreter: MakeInterpreter, tmp_path: Path
) -> None:
    include = make_interpreter(PythonABI(13)).include
    for foreign in ("numpy/arrayobject.h", "greenlet/greenlet.h", "pyconfig-64.h", "README"):
        (include / foreign).parent.mkdir(exist_ok=True)
        (include / foreign).write_text("of the host")
    (include / "internal" / "mimalloc").mkdir()
    (include / "internal" / "mimalloc" / "types.h").write_text("")

    copy_headers(include, tmp_path / "copy", "#define MS_WINDOWS 1\n")

    copied = {
        path.relative_to(tmp_path / "copy").as_posix()
        for path in (tmp_path / "copy").rglob("*")
        if path.is_file()
    }
    assert copied == {
        "Python.h",
        "cpython/object.h",
        "internal/mimalloc/types.h",
        "internal/pycore_object.h",
        "object.h",
        "patchlevel.h",
        "pyconfig.h",
    }
    assert (tmp_path / "copy" / "pyconfig.h").read_text() == "#define MS_WINDOWS 1\n"


def test_pythons_structures_keep_their_layout_where_a_project_packs_its_own(
    make_interpreter: MakeInterpreter, tmp_path: Path
) -> None:
    include = make_interpreter(PythonABI(13)).include

    copy_headers(include, tmp_path / "copy", "")

    text = (tmp_path / "copy" / "Python.h").read_text()
    assert text.startswith("#pragma pack(push, 16)\n")
    assert text.rstrip().endswith("#pragma pack(pop)")
    assert (include / "Python.h").read_text() in text


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION 13\n", "3.13"),
        ("#  define PY_MAJOR_VERSION\t3 /* x */\n\n#define PY_MINOR_VERSION  9\n", "3.9"),
        ("#define PY_MAJOR_VERSION 3\n", None),
        ("", None),
    ],
)
def test_the_version_is_read_from_patchlevel(
    tmp_path: Path, text: str, version: str | None
) -> None:
    (tmp_path / "patchlevel.h").write_text(text)

    assert headers_version(tmp_path) == version


def test_headers_that_are_there_and_right_are_accepted(make_interpreter: MakeInterpreter) -> None:
    interpreter = make_interpreter(PythonABI(13))

    require_headers(interpreter, "linux")

    assert headers_version(interpreter.include) == "3.13"


@pytest.mark.parametrize(
    ("system", "abi", "cure"),
    [
        ("linux", PythonABI(12), "python3.12-dev"),
        ("linux", PythonABI(12), "python3.12-devel"),
        ("linux", PythonABI(13, free_threaded=True), "python3.13-nogil-dev"),
        ("macos", PythonABI(12), "Homebrew"),
        ("windows", PythonABI(12), "embeddable"),
    ],
)
def test_absent_headers_are_an_error_that_names_the_package(
    make_interpreter: MakeInterpreter, system: System, abi: PythonABI, cure: str
) -> None:
    interpreter = make_interpreter(abi)
    (interpreter.include / "Python.h").unlink()

    with pytest.raises(TargetPythonError, match="has no C headers") as caught:
        require_headers(interpreter, system)

    assert cure in caught.value.cure


def test_headers_of_another_version_are_an_error(make_interpreter: MakeInterpreter) -> None:
    interpreter = make_interpreter(PythonABI(13))
    (interpreter.include / "patchlevel.h").write_text(
        "#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION 12\n"
    )

    with pytest.raises(TargetPythonError, match=r"those of Python 3\.12, but .* is 3\.13"):
        require_headers(interpreter, "linux")


def test_an_update_of_the_headers_is_noticed(make_interpreter: MakeInterpreter) -> None:
    include = make_interpreter(PythonABI(13)).include
    before = headers_identity(include)

    os.utime(include / "patchlevel.h", (1, 1))

    assert headers_identity(include) != before
