"""Command lines of an MSVC-style toolchain, made in this process; nothing is run."""

from __future__ import annotations

from distutils.errors import CompileError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.journal import Journal
from winarm.child.winarm_child.msvc_compiler import LONGEST, MsvcCompiler, quoted, source_argument
from winarm.child.winarm_child.msvc_flags import MsvcTranslator

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Notes

    MakeCompiler = Callable[..., MsvcCompiler]


@pytest.fixture
def make(spec: dict[str, Any], notes: Notes) -> MakeCompiler:
    def make(**tools: object) -> MsvcCompiler:
        own = {
            **spec["toolchain"],
            "kind": "msvc",
            "cc": ["cl"],
            "link": ["link"],
            "ar": ["lib"],
            "rc": ["rc"],
            "mt": [],
            "cflags": ["/nologo"],
            "ldflags": ["/NOLOGO"],
            **tools,
        }
        own["compile"] = {"c": own["cc"], "c++": own["cc"]}
        ours = {**spec, "toolchain": own}
        translator = MsvcTranslator(ours, Journal(spec["journal"]))
        return MsvcCompiler(ours, notes.shared(translator), force=True)

    return make


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("a.c", "b.cpp", "r.rc"):
        Path(name).touch()
    return tmp_path


def compiled(make: MakeCompiler, notes: Notes, source: str, **options: Any) -> list[str]:  # noqa: ANN401
    make().compile([source], output_dir="build", **options)
    return list(notes.steps[-1].argv)


def test_each_language_is_named_with_its_source(
    make: MakeCompiler, notes: Notes, project: Path
) -> None:
    c, cpp = compiled(make, notes, "a.c"), compiled(make, notes, "b.cpp")

    assert (c[0], cpp[0]) == ("cl", "cl")
    assert "/Tca.c" in c
    assert "/Tpb.cpp" in cpp
    assert "/EHsc" in cpp
    assert "/EHsc" not in c
    assert c[-1].startswith("/Fo")
    assert c[-1].endswith("a.obj")


def test_macros_and_folders_reach_the_compiler(
    make: MakeCompiler, notes: Notes, project: Path
) -> None:
    argv = compiled(make, notes, "a.c", macros=[("A", "1"), ("B", None)], include_dirs=["inc"])

    assert {"-DA=1", "-DB", "-Iinc"} <= set(argv)


def test_a_resource_is_compiled_with_macros_in_its_compilers_form(
    make: MakeCompiler, notes: Notes, project: Path
) -> None:
    argv = compiled(make, notes, "r.rc", macros=[("A", "1")])

    assert argv[0] == "rc"
    assert "/dA=1" in argv
    assert argv[-1] == "r.rc"


def test_without_a_resource_compiler_the_source_is_named(make: MakeCompiler, project: Path) -> None:
    with pytest.raises(CompileError, match=r"r\.rc: this toolchain has no resource compiler"):
        make(rc=[]).compile(["r.rc"], output_dir="build")


def linked(compiler: MsvcCompiler, notes: Notes, *objects: str, **options: Any) -> list[str]:  # noqa: ANN401
    compiler.link(compiler.SHARED_OBJECT, [*objects], "out/x.pyd", **options)
    return list(notes.steps[-1].argv)


def test_a_link_has_the_targets_library_last_and_nothing_beside_the_image(
    make: MakeCompiler, notes: Notes, project: Path, spec: dict[str, Any]
) -> None:
    argv = linked(make(), notes, "a.obj", libraries=["z"], export_symbols=["PyInit_x"])

    assert argv[:2] == ["link", "a.obj"]
    assert {"/DLL", "/NOLOGO", "z.lib", "/EXPORT:PyInit_x"} <= set(argv)
    assert argv[-3] == f"{spec['python_libraries']['full']}.lib"
    assert argv[-2].startswith(f"/IMPLIB:{spec['scratch']}")
    assert argv[-1].endswith("x.pyd")


def test_a_long_command_line_goes_through_a_file(
    make: MakeCompiler, notes: Notes, project: Path
) -> None:
    objects = [f"{'x' * 200} é{number}.obj" for number in range(LONGEST // 200)]

    program, argument = linked(make(), notes, *objects)

    assert program == "link"
    text = Path(argument.removeprefix("@")).read_text("utf-16")
    assert text.splitlines()[0] == f'"{objects[0]}"'


def test_a_command_of_the_projects_own_runs_the_whole_compiler(
    make: MakeCompiler, notes: Notes
) -> None:
    make(cc=["clang-cl", "--target=x"]).call(["clang-cl", "/arch:AVX2", "a.c"])

    assert list(notes.steps[-1].argv) == ["clang-cl", "--target=x", "a.c"]


@pytest.mark.parametrize(
    ("source", "language", "argument"),
    [("/usr/x.c", "c", "/Tc/usr/x.c"), ("x.cpp", "c++", "/Tpx.cpp"), ("x.s", None, "x.s")],
)
def test_a_source_is_never_an_option(source: str, language: str | None, argument: str) -> None:
    assert source_argument(source, language) == [argument]


def test_only_words_with_blanks_are_quoted() -> None:
    assert [quoted(word) for word in ("a b", "a\tb", "/OUT:x")] == ['"a b"', '"a\tb"', "/OUT:x"]
