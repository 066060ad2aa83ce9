"""What the compilers of both styles share; nothing is run."""

from __future__ import annotations

import copy
from distutils.errors import CompileError
from typing import TYPE_CHECKING, Any

import pytest
import setuptools  # noqa: F401 - brings the distutils that the compiler is made of

from winarm.child.winarm_child.compiler import GnuCompiler
from winarm.child.winarm_child.flags import Translator
from winarm.child.winarm_child.journal import Journal
from winarm.child.winarm_child.target_compiler import shared, without_parents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Bench, Notes


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("build/x.o", "build/x.o"),
        ("build/../x.o", "build/__/x.o"),
        ("build/../../a/../x.o", "build/__/__/a/__/x.o"),
        ("build/a..b/x.o", "build/a..b/x.o"),
    ],
)
def test_no_object_leaves_its_folder(path: str, inside: str) -> None:
    assert without_parents(path, "build") == inside


def test_a_compiled_resource_is_no_object_file(compiler: GnuCompiler) -> None:
    # By the ending `.o`, `zig rc` would make one, of x64.
    assert compiler.object_filenames(["v.rc", "../v.c"], output_dir="build") == [
        "build/v.res",
        "build/__/v.o",
    ]


class TestCopies:
    @pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
    def test_a_copy_compiles_as_the_original_does(
        self,
        compiler: GnuCompiler,
        notes: Notes,
        spec: dict[str, Any],
        copied: Callable[[GnuCompiler], GnuCompiler],
    ) -> None:
        translator = Translator(spec, Journal(spec["journal"]))
        shared[spec["scratch"]] = notes.shared(translator)
        compiler.compile_options.append("/DADDED")

        made = copied(compiler)
        made.compile(["x.c"])

        assert "-DADDED" in notes.steps[-1].argv
        assert made is not compiler

    def test_a_pickled_one_works_in_a_process_of_its_own(self, bench: Bench) -> None:
        bench.write(
            x_c="int x;",
            setup_py="import pickle, subprocess, sys\n"
            "from setuptools._distutils.ccompiler import new_compiler\n"
            "code = 'import setuptools, pickle, sys; '\\\n"
            '    \'pickle.load(sys.stdin.buffer).compile(["x.c"], output_dir="out")\'\n'
            "subprocess.run([sys.executable, '-c', code], input=pickle.dumps(new_compiler()),\n"
            "    check=True)\n",
        )

        bench.says("setup.py")

        (run,) = bench.runs
        assert run.sources == ["x.c"]


def test_assembly_for_microsofts_assembler_is_refused_by_name(compiler: GnuCompiler) -> None:
    with pytest.raises(CompileError, match=r"fast\.ASM is written for Microsoft's assembler"):
        compiler.compile(["src/fast.ASM"])


def test_only_a_compilation_runs_through_a_launcher(
    spec: dict[str, Any], notes: Notes, tmp_path: Path
) -> None:
    cc = spec["toolchain"]["cc"]
    words = ["sccache", str(tmp_path / "clang")]
    (tmp_path / "clang").touch()
    spec["toolchain"]["compile"]["c"] = words
    translator = Translator(spec, Journal(spec["journal"]))
    compiler = GnuCompiler(spec, notes.shared(translator), force=True)

    compiler.compile(["x.c"], output_dir="out")
    compiler.link(compiler.SHARED_OBJECT, ["x.o"], str(tmp_path / "x.pyd"))

    assert list(notes.steps[0].argv[:2]) == words
    assert list(notes.steps[1].argv[: len(cc)]) == cc
