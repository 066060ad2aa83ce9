"""What a project's own sources say of a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.pipeline.failures import explain

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Own.h", "The code includes Own.h, and the project has it as inc/own.h: Windows"),
        ("own.h", "The project has own.h itself (inc/own.h)"),
        ("inc/own.h", "The project has inc/own.h itself (inc/own.h)"),
        ("other/own.h", "Neither the project nor the toolchain has other/own.h"),
        ("inc\\own.h", "with a backslash"),
    ],
)
def test_a_header_of_the_projects_is_found(tmp_path: Path, header: str, why: str) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "own.h").touch()

    assert why in explain(f"a.c:1:10: fatal error: '{header}' file not found\n", tmp_path).why


def test_the_header_of_exactly_that_name_counts(tmp_path: Path) -> None:
    for folder, name in (("a", "OWN.H"), ("b", "own.h")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).touch()

    assert "(b/own.h)" in explain("a.c:1:1: fatal error: 'own.h' file not found", tmp_path).why


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("helper.py", "The project has helper itself (helper.py)"),
        ("helper/__init__.py", "The project has helper itself (helper/__init__.py)"),
        ("src/helper.py", "The build imports helper, which the project does not require"),
    ],
)
def test_a_module_next_to_setup_py_is_no_requirement(tmp_path: Path, file: str, why: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()

    found = explain("Traceback …\nModuleNotFoundError: No module named 'helper'\n", tmp_path)

    assert found.why.startswith(why)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("inline int f(int x) { return x; }", "f is inline and not static in src/f.h"),
        ("__inline int *\nf (int x)\n{ return 0; }", "f is inline and not static in src/f.h"),
        ("static inline int f(int x) { return x; }", "No library that was linked has f"),
        ("inline int f(int x);\nint g(int x) { return f(x); }", "No library that was linked"),
    ],
)
def test_an_inline_function_of_the_projects_without_code_is_named(
    tmp_path: Path, source: str, why: str
) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "f.h").write_text(source)

    assert why in explain("lld-link: error: undefined symbol: f\n", tmp_path).why


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("#ifdef _MSC_VER\n#define NGETRUSAGE\n#endif\n", "may work: a.c asks for _MSC_VER"),
        ("#ifdef _WIN32\n#endif\n", "expected to fail the same way"),
    ],
)
def test_what_the_project_decides_by_msvc_may_build_natively(
    tmp_path: Path, source: str, why: str
) -> None:
    (tmp_path / "a.c").write_text(source)
    said = (
        "In file included from a.c:9:\n./b.c:1:10: fatal error: 'sys/resource.h' file not found\n"
    )

    assert why in explain(said, tmp_path).why
