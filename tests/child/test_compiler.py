"""Command lines of a GNU-style toolchain, made in this process; nothing is run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import setuptools  # noqa: F401 - brings the distutils that the compiler is made of

from winarm.child.winarm_child.compiler import GnuCompiler, executables, write_exports

if TYPE_CHECKING:
    from .conftest import Notes


class TestLink:
    def link(
        self,
        compiler: GnuCompiler,
        notes: Notes,
        tmp_path: Path,
        **options: Any,  # noqa: ANN401 - those of link()
    ) -> list[str]:
        output = tmp_path / "out" / "x.pyd"
        compiler.link(compiler.SHARED_OBJECT, ["x.o"], str(output), **options)
        return list(notes.steps[-1].argv)

    def test_the_python_library_comes_last(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path, spec: dict[str, Any]
    ) -> None:
        argv = self.link(compiler, notes, tmp_path)

        assert argv[-1] == f"-l{spec['python_libraries']['full']}"
        assert argv[-2] == f"-L{spec['answers']['variables']['LIBDIR']}"

    def test_but_not_where_one_is_named(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path, spec: dict[str, Any]
    ) -> None:
        stable = spec["python_libraries"]["stable"]

        argv = self.link(compiler, notes, tmp_path, libraries=[stable])

        assert [arg for arg in argv if arg.startswith("-lpython")] == [f"-l{stable}"]

    def test_files_that_are_named_as_visual_studio_does_are_found(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path
    ) -> None:
        for name in ("part.o", "libown.a", "libgiven.a", "given.lib"):
            (tmp_path / name).touch()
        named = [str(tmp_path / name) for name in ("part.obj", "own.lib", "given.lib", "gone.lib")]
        made = [str(tmp_path / name) for name in ("part.o", "libown.a", "given.lib", "gone.lib")]

        compiler.link(compiler.SHARED_OBJECT, named, str(tmp_path / "x.pyd"))
        compiler.create_static_lib(named, "x", output_dir=str(tmp_path))

        for step in notes.steps:
            assert [arg for arg in step.argv if arg in {*named, *made}] == made

    def test_symbols_are_stripped_unless_it_is_to_be_debugged(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path
    ) -> None:
        assert "-s" in self.link(compiler, notes, tmp_path)
        assert "-s" not in self.link(compiler, notes, tmp_path, debug=True)

    def test_nothing_is_left_beside_the_image(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path, spec: dict[str, Any]
    ) -> None:
        argv = self.link(compiler, notes, tmp_path, export_symbols=["a"])

        (implib,) = (arg for arg in argv if arg.startswith("-Wl,--out-implib="))
        assert implib.partition("=")[2].startswith(spec["scratch"])
        assert list((tmp_path / "out").iterdir()) == []

    def test_a_symbol_that_is_named_twice_is_exported_once(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path
    ) -> None:
        argv = self.link(compiler, notes, tmp_path, export_symbols=["a", "b", "a"])

        (listed,) = (Path(arg) for arg in argv if arg.endswith(".def"))
        assert listed.read_text().splitlines()[1:] == ["EXPORTS", "a", "b"]

    @pytest.mark.parametrize(
        ("content", "abi3t", "exported"),
        [
            ("PyModExport_x", True, "PyModExport_x"),
            ("PyModExport_x PyInit_x", True, "PyInit_x"),
            ("PyInit_x", True, "PyInit_x"),
            ("neither", True, "PyInit_x"),
            ("PyModExport_x", False, "PyInit_x"),
        ],
    )
    def test_since_315_a_module_may_export_slots_instead(
        self,
        compiler: GnuCompiler,
        notes: Notes,
        tmp_path: Path,
        spec: dict[str, Any],
        content: str,
        exported: str,
        *,
        abi3t: bool,
    ) -> None:
        if abi3t:
            spec["python_libraries"]["abi3t"] = "python3t"
        (tmp_path / "x.o").write_text(content)
        output = str(tmp_path / "out" / "x.pyd")

        compiler.link(
            compiler.SHARED_OBJECT, [str(tmp_path / "x.o")], output, export_symbols=["PyInit_x"]
        )

        (listed,) = (Path(arg) for arg in notes.steps[-1].argv if arg.endswith(".def"))
        assert listed.read_text().splitlines()[2:] == [exported]

    def test_a_library_with_its_folder_is_a_file_where_there_is_one(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path
    ) -> None:
        (tmp_path / "own.lib").write_text("")

        argv = self.link(
            compiler, notes, tmp_path, libraries=[str(tmp_path / "own"), str(tmp_path / "none")]
        )

        assert str(tmp_path / "own.lib") in argv
        assert "-lnone" in argv

    def test_run_time_search_paths_do_not_exist(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path
    ) -> None:
        argv = self.link(compiler, notes, tmp_path, runtime_library_dirs=["/somewhere"])

        assert "somewhere" not in " ".join(argv)
        assert compiler.runtime_library_dir_option("/somewhere") == []

    def test_an_executable_is_linked_without_shared(
        self, compiler: GnuCompiler, notes: Notes, tmp_path: Path
    ) -> None:
        compiler.link_executable(["x.o"], "x", output_dir=str(tmp_path))

        argv = notes.steps[-1].argv
        assert "-shared" not in argv
        assert str(tmp_path / "x.exe") in argv


class TestFindLibraryFile:
    @pytest.mark.parametrize("form", ["libz.dll.a", "z.dll.a", "libz.a", "z.lib", "libz.lib"])
    def test_every_form_is_found(self, compiler: GnuCompiler, tmp_path: Path, form: str) -> None:
        (tmp_path / form).write_text("")

        found = compiler.find_library_file([str(tmp_path / "none"), str(tmp_path)], "z")

        assert found == str(tmp_path / form)

    def test_or_nothing_is(self, compiler: GnuCompiler, tmp_path: Path) -> None:
        assert compiler.find_library_file([str(tmp_path)], "z") is None


def test_a_static_library_is_made_of_its_objects(
    compiler: GnuCompiler, notes: Notes, tmp_path: Path
) -> None:
    compiler.create_static_lib(["a.o", "b.o"], "z", output_dir=str(tmp_path))

    (step,) = notes.steps
    assert step.argv[-4:] == ("rcs", str(tmp_path / "libz.a"), "a.o", "b.o")


def test_a_shared_library_has_the_name_that_a_project_opens(compiler: GnuCompiler) -> None:
    assert compiler.library_filename("core", lib_type="shared") == "core.dll"


def test_each_command_is_a_list_of_its_own(spec: dict[str, Any]) -> None:
    commands = executables(spec["toolchain"])

    lists = [command for command in commands.values() if command is not None]
    assert len({id(command) for command in lists}) == len(lists)


def test_an_export_list_names_its_image_and_symbols(tmp_path: Path) -> None:
    path = tmp_path / "exports.def"

    assert write_exports(str(path), "/somewhere/a b.pyd", ["x", "y DATA"]) == [str(path)]
    assert path.read_text() == 'LIBRARY "a b.pyd"\nEXPORTS\nx\ny DATA\n'


def test_without_symbols_there_is_no_export_list(tmp_path: Path) -> None:
    assert write_exports(str(tmp_path / "exports.def"), "x.pyd", []) == []
    assert not (tmp_path / "exports.def").exists()


def test_a_resource_compiler_is_given_macros_and_folders(
    compiler: GnuCompiler, notes: Notes, spec: dict[str, Any]
) -> None:
    compiler.compile(["x.rc"], macros=[("A", "1"), ("B",)], include_dirs=["include"])

    rc = spec["toolchain"]["rc"]
    assert list(notes.steps[-1].argv[len(rc) :]) == [
        *("-DA=1", "-Iinclude", "-O", "res", "-o", "x.res", "x.rc")
    ]


class TestListsOfVisualStudiosCompiler:
    def test_nothing_is_added_before_a_project_changes_something(
        self, compiler: GnuCompiler
    ) -> None:
        assert compiler.compile_options_added() == []
        assert compiler.link_options_added(executable=False) == []
        assert compiler.link_options_added(executable=True) == []

    def test_what_a_project_adds_is_passed_on(self, compiler: GnuCompiler) -> None:
        compiler.compile_options.remove("/GL")
        compiler.compile_options += ["/std:c++17", "/DX=1"]
        compiler.ldflags_shared.append("/STACK:9999")
        compiler.ldflags_exe.append("/SUBSYSTEM:CONSOLE")

        assert compiler.compile_options_added() == ["/std:c++17", "/DX=1"]
        assert compiler.link_options_added(executable=False) == ["/STACK:9999"]
        assert compiler.link_options_added(executable=True) == ["/SUBSYSTEM:CONSOLE"]

    def test_assertions_are_compiled_where_a_project_asks_for_them(
        self, compiler: GnuCompiler
    ) -> None:
        compiler.compile_options = ["/nologo", "/Od"]

        assert compiler.compile_options_added() == ["-UNDEBUG", "/Od"]
