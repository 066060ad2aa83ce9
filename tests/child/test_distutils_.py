"""Real runs of setup.py, of the oldest and the installed setuptools, with a stand-in compiler."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.child.winarm_child.distutils_ import declared

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from winarm.environment.interpreter import Interpreter

    from .conftest import Bench, Run

    Build = Callable[..., Path]
    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]

#: The oldest setuptools with which everything is tested.
OLDEST = "77.0.3"
#: Which distutils older ones use, as projects pin them: Python's own, and one that reads Python's
#: Makefile by itself.
OLDER = {"59.8.0": "stdlib", "60.10.0": "local"}

SETUP = "from setuptools import Extension, setup\nsetup(name='sample', version='1', {})\n"
ONE = SETUP.format("ext_modules=[Extension('sample', ['sample.c'], **{})]")


@pytest.fixture
def installed(once: Once, lacking: Lacking) -> Callable[[str], str]:
    """Install a version of setuptools; return what PYTHONPATH must have for it."""

    def install(version: str) -> str:
        packages = (f"setuptools=={version}", "wheel==0.45.1")
        pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", *packages, "--target")

        def fill(folder: Path) -> None:
            subprocess.run([*pip, str(folder)], check=True, capture_output=True)

        try:
            return str(once(f"setuptools-{version}", fill))
        except subprocess.CalledProcessError as error:
            lacking(f"setuptools {version}", f"pip says {error.stderr.decode()[-200:]}")

    return install


@pytest.fixture(params=["installed", pytest.param(OLDEST, marks=pytest.mark.network)])
def setuptools(request: pytest.FixtureRequest, installed: Callable[[str], str]) -> str:
    """What PYTHONPATH must have for a version of setuptools: nothing for the one that is there."""
    return "" if request.param == "installed" else installed(request.param)


@pytest.fixture
def build(bench: Bench) -> Build:
    """Run setup.py with the installed setuptools, or another on PYTHONPATH; return the wheel."""

    def run(*argv: str, setuptools: str = "", **environ: str) -> Path:
        arguments = argv or ("bdist_wheel",)
        bench.says("setup.py", "-q", *arguments, environ={"PYTHONPATH": setuptools, **environ})
        (wheel,) = (bench.project / "dist").glob("*.whl")
        return wheel

    return run


@pytest.fixture
def build_with(build: Build, setuptools: str) -> Build:
    """Run setup.py with each version of setuptools that is tested."""
    return functools.partial(build, setuptools=setuptools)


def members(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if ".dist-info" not in name]


def compilations(bench: Bench) -> list[Run]:
    return [run for run in bench.runs if "-c" in run.argv]


def links(bench: Bench) -> list[Run]:
    return [run for run in bench.runs if "-shared" in run.argv]


class TestNames:
    def test_suffix_and_tag_are_the_targets(
        self, bench: Bench, build_with: Build, interpreter: Interpreter
    ) -> None:
        bench.write(setup_py=ONE.format("{}"), sample_c="")

        wheel = build_with()

        tag = interpreter.abi.tag
        assert wheel.name == f"sample-1-{tag}-{tag}-win_arm64.whl"
        assert members(wheel) == [f"sample.{tag}-win_arm64.pyd"]

    @pytest.mark.network
    @pytest.mark.parametrize(("version", "distutils"), OLDER.items())
    def test_suffix_and_tag_are_the_targets_with_old_setuptools(
        self,
        bench: Bench,
        build: Build,
        interpreter: Interpreter,
        installed: Callable[[str], str],
        version: str,
        distutils: str,
    ) -> None:
        if distutils == "stdlib" and sys.version_info >= (3, 12):
            pytest.skip("Python has no distutils since 3.12")
        bench.write(setup_py=ONE.format("{}"), sample_c="")

        wheel = build(setuptools=installed(version), SETUPTOOLS_USE_DISTUTILS=distutils)

        tag = interpreter.abi.tag
        assert wheel.name == f"sample-1-{tag}-{tag}-win_arm64.whl"
        assert members(wheel) == [f"sample.{tag}-win_arm64.pyd"]

    def test_a_stable_abi_module_has_the_plain_suffix_and_its_library_first(
        self, bench: Bench, build_with: Build, interpreter: Interpreter
    ) -> None:
        full, stable = interpreter.abi.library, interpreter.abi.stable_library
        extensions = "Extension('a', ['a.c'], py_limited_api=True), Extension('b', ['b.c'])"
        bench.write(setup_py=SETUP.format(f"ext_modules=[{extensions}]"), a_c="", b_c="")

        wheel = build_with("bdist_wheel", "--py-limited-api", "cp311")

        tag = interpreter.abi.tag
        assert wheel.name == "sample-1-cp311-abi3-win_arm64.whl"
        assert sorted(members(wheel)) == ["a.pyd", f"b.{tag}-win_arm64.pyd"]
        libraries = {
            run.output.name: [arg for arg in run.argv if arg.startswith("-lpython")]
            for run in links(bench)
        }
        assert libraries == {
            "a.pyd": [f"-l{stable}", f"-l{full}"],
            f"b.{tag}-win_arm64.pyd": [f"-l{full}"],
        }

    @pytest.mark.skipif(os.name == "nt", reason="Visual Studio may be there")
    def test_who_asks_for_visual_studios_environment_gets_this_one(self, bench: Bench) -> None:
        bench.write(
            setup_py="from setuptools._distutils._msvccompiler import _get_vc_env\n"
            "print(bool(_get_vc_env('x86_arm64')['path']))"
        )

        assert bench.says("setup.py") == "True"

    def test_a_pure_project_stays_pure(self, bench: Bench, build: Build) -> None:
        bench.write(setup_py=SETUP.format("py_modules=['sample']"), sample_py="")

        assert build().name == "sample-1-py3-none-any.whl"


class TestCommandLines:
    def test_an_extension_of_everything(self, bench: Bench, build_with: Build) -> None:
        options = (
            "{'define_macros': [('ONE', '1'), ('FLAG', None)], 'undef_macros': ['NOT'], "
            "'include_dirs': ['own'], 'libraries': ['WS2_32', 'user32.lib'], "
            "'library_dirs': ['libs'], 'extra_objects': ['ready.o'], "
            "'export_symbols': ['helper'], 'extra_compile_args': ['/O2', '/std:c++17'], "
            "'extra_link_args': ['/LTCG', '/EXPORT:other']}"
        )
        bench.write(setup_py=ONE.format(options), sample_c="", ready_o="")

        build_with()

        (compile_,), (link,) = compilations(bench), links(bench)
        assert {"-DONE=1", "-DFLAG", "-UNOT", "-Iown"} <= set(compile_.argv)
        assert "-std=gnu++17" not in compile_.argv
        assert {"-lws2_32", "-luser32", "-Llibs", "ready.o", "-s"} <= set(link.argv)
        assert "/LTCG" not in link.argv
        (definition,) = link.definitions
        assert definition.splitlines()[1:] == ["EXPORTS", "helper", "PyInit_sample", "other"]
        assert not any(arg.startswith("/") for run in bench.runs for arg in flags(run))

    def test_nothing_of_the_host_is_on_any_of_them(
        self, bench: Bench, build: Build, interpreter: Interpreter
    ) -> None:
        hosts = (
            "{'include_dirs': ['/usr/include', get_path('include')], 'library_dirs': ['/usr/lib']}"
        )
        bench.write(
            setup_py="from distutils.sysconfig import get_python_inc\n"
            "from sysconfig import get_path\n"
            + ONE.format(hosts).replace("sample.c'", "sample.c', 'x.cpp', 'version.rc'"),
            sample_c="",
            x_cpp="",
            version_rc="",
        )

        build()

        folders = [arg for run in bench.runs for arg in run.argv if arg[:2] in {"-I", "-L", "/i"}]
        assert sorted({run.sources[0] for run in bench.runs if run.sources}) == [
            "sample.c",
            "version.rc",
            "x.cpp",
        ]
        assert folders
        for folder in folders:
            assert not folder[2:].startswith(("/usr", str(interpreter.include))), folder

    def test_the_language_decides_who_compiles_and_links(self, bench: Bench, build: Build) -> None:
        extensions = "Extension('a', ['a.c']), Extension('b', ['b.c', 'c.cpp'])"
        bench.write(setup_py=SETUP.format(f"ext_modules=[{extensions}]"), a_c="", b_c="", c_cpp="")

        build()

        assert {run.sources[0]: run.tool for run in compilations(bench)} == {
            "a.c": "cc",
            "b.c": "cc",
            "c.cpp": "c++",
        }
        assert sorted(run.tool for run in links(bench)) == ["c++", "cc"]

    def test_resources_get_the_resource_compilers_options(self, bench: Bench, build: Build) -> None:
        options = "{'define_macros': [('V', '1')], 'include_dirs': ['own', '/usr/include']}"
        bench.write(
            setup_py=ONE.format(options).replace("sample.c", "version.rc"), version_rc="1 ICON x"
        )

        build()

        (resource,) = (run for run in bench.runs if run.tool == "rc")
        given = [arg for arg in resource.argv if arg[:2] in {"-D", "-I"}]
        assert {"-DV=1", "-Iown"} <= set(given)
        assert "-I/usr/include" not in given
        assert resource.argv[-1] == "version.rc"
        (link,) = links(bench)
        assert resource.argv[resource.argv.index("-o") + 1] in link.argv

    def test_a_library_of_the_project_is_made_and_linked(
        self, bench: Bench, build_with: Build
    ) -> None:
        library = "libraries=[('Helper', {'sources': ['helper.c'], 'macros': [('IN', None)]})], "
        bench.write(
            setup_py=ONE.format("{}").replace("ext_modules", library + "ext_modules"),
            sample_c="",
            helper_c="",
        )

        build_with()

        (archive,) = (run for run in bench.runs if run.tool == "ar")
        made = next(Path(arg) for arg in archive.argv if arg.endswith(".a"))
        (link,) = links(bench)
        assert made.name == "libHelper.a"
        assert "-lHelper" in link.argv
        assert f"-L{made.parent}" in link.argv
        assert "-DIN" in next(run for run in bench.runs if "helper.c" in run.sources).argv

    def test_the_user_speaks_after_the_project(
        self, make_bench: Callable[..., Bench], interpreter: Interpreter
    ) -> None:
        bench = make_bench(
            include_dirs=("/usr/local/arm64/include",),
            library_dirs=("/usr/lib/arm64",),
            libraries=("z",),
            defines=("USER=1",),
            cflags=("-O3",),
            ldflags=("-Wl,--gc-sections",),
        )
        bench.write(setup_py=ONE.format("{'extra_compile_args': ['/O1']}"), sample_c="")

        bench.says("setup.py", "-q", "bdist_wheel")

        (compile_,), (link,) = compilations(bench), links(bench)
        assert compile_.argv[compile_.argv.index("-Os") + 1 :] == [
            "-I/usr/local/arm64/include",
            "-DUSER=1",
            "-O3",
            f"-I{bench.scratch / 'target-include'}",
        ]
        assert {"-L/usr/lib/arm64", "-lz", "-Wl,--gc-sections"} <= set(link.argv)


def flags(run: Run) -> list[str]:
    """Return the arguments of a run that name no file."""
    return [arg for arg in run.argv if not Path(arg).exists() and "/scratch/" not in arg]


CHANGES_THE_COMPILER = """\
def build_extensions(self):
        self.compiler.link = self.compiler.link
        super().build_extensions()"""


class TestOrder:
    SLOW = "/* sleep */"

    def test_the_files_of_one_extension_compile_side_by_side(
        self, bench: Bench, build: Build
    ) -> None:
        bench.write(
            setup_py=ONE.replace("['sample.c']", "['a.c', 'b.c', 'c.c', 'd.c']").format("{}"),
            **dict.fromkeys(("a_c", "b_c", "c_c", "d_c"), self.SLOW),
        )

        build()

        assert overlaps(compilations(bench)) == 2

    def test_extensions_compile_side_by_side_too(self, bench: Bench, build_with: Build) -> None:
        bench.write(setup_py=TWO.format("", ""), a_c=self.SLOW, b_c=self.SLOW)

        build_with()

        assert overlaps(compilations(bench)) == 2

    @pytest.mark.parametrize(
        "method",
        [
            "def build_extension(self, ext): super().build_extension(ext)",
            "def build_extensions(self): [self.build_extension(ext) for ext in self.extensions]",
            CHANGES_THE_COMPILER,
        ],
        ids=["build_extension", "build_extensions", "compiler"],
    )
    def test_but_not_where_the_project_takes_part(
        self, bench: Bench, build: Build, method: str
    ) -> None:
        bench.write(setup_py=TWO.format(method, COMMAND), a_c=self.SLOW, b_c=self.SLOW)

        build()

        assert overlaps(compilations(bench)) == 1

    @pytest.mark.parametrize("name", ["finalize_options", "build_extensions"])
    def test_a_command_that_does_something_else_first_is_no_reason_to_wait(
        self, bench: Bench, build: Build, name: str
    ) -> None:
        method = f"def {name}(self): super().{name}()"
        bench.write(setup_py=TWO.format(method, COMMAND), a_c=self.SLOW, b_c=self.SLOW)

        build()

        assert overlaps(compilations(bench)) == 2

    @pytest.mark.parametrize("source", ["shared.c", "../../shared.c"])
    def test_one_source_in_two_extensions_makes_two_objects(
        self, bench: Bench, build_with: Build, source: str
    ) -> None:
        extensions = ", ".join(
            f"Extension('{name}', ['{source}'], define_macros=[('NAME', '{name}')])"
            for name in ("p.a", "q.a")
        )
        bench.write(setup_py=SETUP.format(f"ext_modules=[{extensions}]"))
        (bench.project / source).write_text("")

        build_with()

        made = {run.output: macro(run) for run in compilations(bench)}
        assert sorted(made.values()) == ["p.a", "q.a"]
        for run in links(bench):
            (used,) = (made[Path(arg)] for arg in run.argv if Path(arg) in made)
            # p/a.pyd is made of what was compiled as p.a, and so on.
            assert used.replace(".", "/") in run.output.as_posix()
        scratch = bench.scratch.resolve()
        assert all(scratch in run.output.resolve().parents for run in compilations(bench))

    def test_extensions_of_one_name_have_each_its_own_exports(
        self, bench: Bench, build: Build
    ) -> None:
        extensions = ", ".join(
            f"Extension('{name}.c', ['{name}.c'], export_symbols=['of_{name}'])"
            for name in ("p", "q")
        )
        bench.write(setup_py=SETUP.format(f"ext_modules=[{extensions}]"), p_c="", q_c="")

        build()

        exported = {run.output.parent.name: run.definitions[0].split()[3:] for run in links(bench)}
        assert exported == {"p": ["of_p", "PyInit_c"], "q": ["of_q", "PyInit_c"]}


COMMAND = ", cmdclass={'build_ext': command}"
TWO = """\
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
class command(build_ext):
    description = ""
    {}
extensions = [Extension("a", ["a.c"]), Extension("b", ["b.c"])]
setup(name="sample", version="1", ext_modules=extensions{})
"""


def overlaps(runs: list[Run]) -> int:
    """Return how many of the runs went on at once."""
    return max(sum(o.span[0] <= r.span[0] < o.span[1] for o in runs) for r in runs)


def macro(run: Run) -> str:
    return next(arg for arg in run.argv if arg.startswith("-DNAME=")).partition("=")[2]


class TestProjectsThatTakeTheCompilerInTheirHands:
    def test_a_compile_of_the_projects_own_is_called_file_by_file(
        self, bench: Bench, build_with: Build
    ) -> None:
        method = """def build_extension(self, ext):
        real = self.compiler._compile
        def own(obj, src, ext_, cc_args, extra, pp_opts):
            real(obj, src, ext_, cc_args, [*extra, "-DOWN_" + src[0]], pp_opts)
        self.compiler._compile = own
        super().build_extension(ext)"""
        bench.write(setup_py=TWO.format(method, COMMAND), a_c="", b_c="")

        build_with()

        own = {run.sources[0]: "-DOWN_" + run.sources[0][0] for run in compilations(bench)}
        assert all(own[run.sources[0]] in run.argv for run in compilations(bench))
        assert sorted(own) == ["a.c", "b.c"]

    def test_a_project_that_compiles_side_by_side_itself_does_so(
        self, bench: Bench, build_with: Build
    ) -> None:
        # grpcio's way: a method of the compiler, and one of the class that hands it to threads.
        taught = """
from concurrent.futures import ThreadPoolExecutor
from distutils.ccompiler import CCompiler
def side_by_side(self, sources, output_dir=None, macros=None, include_dirs=None, debug=0,
                 extra_preargs=None, extra_postargs=None, depends=None):
    macros, objects, extra, pp_opts, build = self._setup_compile(
        output_dir, macros, include_dirs, sources, depends, extra_postargs)
    cc_args = self._get_cc_args(pp_opts, debug, extra_preargs)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda o: self._compile(o, *build[o], cc_args, extra, pp_opts), objects))
    return objects
CCompiler.compile = side_by_side
"""
        method = """def build_extensions(self):
        real = self.compiler._compile
        self.compiler._compile = lambda *args: real(*args)
        super().build_extensions()"""
        slow = "/* sleep */"
        setup_py = taught + TWO.format(method, COMMAND).replace('["a.c"]', '["a.c", "c.c"]')
        bench.write(setup_py=setup_py, a_c=slow, b_c=slow, c_c=slow)

        build_with()

        assert overlaps(compilations(bench)) == 2

    def test_flags_can_be_taken_out_of_each_command(self, bench: Bench, build: Build) -> None:
        method = """def build_extensions(self):
        for name in ("compiler", "compiler_so", "compiler_cxx"):
            getattr(self.compiler, name).remove("-DNDEBUG")
        self.compiler.compiler_so.append("-DADDED")
        super().build_extensions()"""
        bench.write(setup_py=TWO.format(method, COMMAND), a_c="", b_c="")

        build()

        for run in compilations(bench):
            assert "-DADDED" in run.argv
            assert "-DNDEBUG" not in run.argv

    @pytest.mark.parametrize(
        "ask", ["new_compiler()", "new_compiler(compiler='unix')", "new_compiler('nt', 'msvc')"]
    )
    def test_whoever_makes_a_compiler_gets_the_targets(
        self, bench: Bench, build_with: Build, ask: str
    ) -> None:
        bench.write(
            setup_py="from distutils.ccompiler import get_default_compiler, new_compiler\n"
            "from distutils.sysconfig import customize_compiler\n"
            f"compiler = {ask}\n"
            "customize_compiler(compiler)\n"
            "assert (compiler.compiler_type, get_default_compiler()) == ('mingw32', 'mingw32')\n"
            "compiler.initialize()\n"
            "objects = compiler.compile(['probe.c'], output_dir='probe', macros=[('P', '1')])\n"
            "compiler.link_executable(objects, 'probe', libraries=['WS2_32'])\n"
            "compiler.spawn([*compiler.compiler_so, '/O2', '-c', 'probe.c', '-o', 'x.o'])\n"
            + SETUP.format("py_modules=['sample']"),
            sample_py="",
            probe_c="",
        )

        build_with()

        compile_, link, spawned = bench.runs
        assert "-DP=1" in compile_.argv
        assert link.output.name == "probe.exe"
        assert "-lws2_32" in link.argv
        assert "-O2" in spawned.argv

    def test_a_function_can_be_asked_for(self, bench: Bench, build_with: Build) -> None:
        bench.write(
            setup_py="from distutils.ccompiler import new_compiler\n"
            "assert new_compiler().has_function('printf') is True\n"
            + SETUP.format("py_modules=['sample']"),
            sample_py="",
        )

        build_with()

        assert [path.name for path in bench.project.glob("a.out*")] == []

    def test_a_function_that_does_not_link_is_not_there(self, bench: Bench, build: Build) -> None:
        bench.write(
            setup_py="from distutils.ccompiler import new_compiler\n"
            "assert new_compiler().has_function('f', ['#error']) is False\n" + ONE.format("{}"),
            sample_c="",
        )

        build()

    def test_a_program_that_does_not_run_is_told_of(self, bench: Bench, build: Build) -> None:
        bench.write(
            setup_py="from distutils.command.config import config\n"
            "from distutils.dist import Distribution\n"
            "asked = config(Distribution())\n"
            "assert not asked.try_run('int main(void) { return 0; }')\n"
            "assert asked.try_link('int main(void) { return 0; }')\n" + ONE.format("{}"),
            sample_c="",
        )

        build()

        notes = bench.told("note")
        assert notes
        assert all("CMAKE_CROSSCOMPILING_EMULATOR" in note["text"] for note in notes)

    def test_an_emulator_runs_programs_that_are_asked_for(self, bench: Bench, build: Build) -> None:
        bench.write(
            setup_py="import os\nos.environ['CMAKE_CROSSCOMPILING_EMULATOR'] = 'test;-f'\n"
            "from distutils.command.config import config\n"
            "from distutils.dist import Distribution\n"
            "assert config(Distribution()).try_run('int main(void) { return 0; }')\n"
            + ONE.format("{}"),
            sample_c="",
        )

        build()

        assert not bench.told("note")

    def test_a_probe_that_fails_says_so_and_the_build_goes_on(
        self, bench: Bench, build: Build
    ) -> None:
        bench.write(
            setup_py="from distutils.ccompiler import new_compiler\n"
            "from distutils.errors import CompileError\n"
            "try:\n    new_compiler().compile(['probe.c'])\n"
            "except CompileError as error:\n    print(error)\n" + ONE.format("{}"),
            sample_c="",
            probe_c="#error",
        )

        build()

        (failed,) = bench.told("failed")
        assert (failed["doing"], failed["subject"]) == ("compile", "probe.c")
        assert "it says #error" in failed["output"]


class TestWhatTheParentIsTold:
    def test_every_extension_that_setup_was_given(self, bench: Bench, build_with: Build) -> None:
        extensions = "Extension('a.b', ['a.c']), ('c', {'sources': ['a.c']})"
        bench.write(setup_py=SETUP.format(f"ext_package='top', ext_modules=[{extensions}]"), a_c="")

        build_with()

        assert bench.told("declared")[0]["names"] == ["top.a.b", "top.c"]

    def test_the_file_that_an_extension_is_built_as(self, bench: Bench, build_with: Build) -> None:
        method = "def get_ext_filename(self, name): return 'lib' + name + '.dll'"
        bench.write(setup_py=TWO.format(method, COMMAND), a_c="", b_c="")

        build_with()

        files = {(entry["extension"], entry["file"]) for entry in bench.told("file")}
        assert files == {("a", "liba.dll"), ("b", "libb.dll")}

    def test_a_failure_that_the_project_hides(self, bench: Bench, build: Build) -> None:
        method = """def run(self):
        try:
            super().run()
        except Exception as error:
            print("never mind", error)"""
        bench.write(setup_py=TWO.format(method, COMMAND), a_c="", b_c="#error")

        build()

        assert bench.told("declared")[0]["names"] == ["a", "b"]
        assert [entry["subject"] for entry in bench.told("failed")] == ["b.c"]

    def test_a_build_that_does_not_get_far_has_been_declared_all_the_same(
        self, bench: Bench
    ) -> None:
        bench.write(setup_py=ONE.format("{}"), sample_c="#error")

        done = bench.python("setup.py", "bdist_wheel")

        assert done.returncode == 1
        assert "failed with exit status 1" in done.stderr
        assert bench.told("declared")[0]["names"] == ["sample"]

    def test_a_command_class_is_not_made_before_its_time(self, bench: Bench) -> None:
        method = "def initialize_options(self): raise SystemExit('made too early')"
        bench.write(setup_py=TWO.format(method, COMMAND))

        assert bench.says("setup.py", "-q", "--name").endswith("sample")

    def test_a_missing_compiler_is_named(self, bench: Bench) -> None:
        bench.spec["toolchain"]["cc"] = ["there-is-no-such-compiler"]
        bench.write(setup_py=ONE.format("{}"), sample_c="")

        done = bench.python("setup.py", "-q", "bdist_wheel")

        assert done.returncode == 1
        assert "there-is-no-such-compiler" in bench.told("failed")[0]["output"]


class TestFolders:
    def test_no_stale_object_and_nothing_left_in_the_project(
        self, bench: Bench, build_with: Build
    ) -> None:
        bench.write(
            setup_py=ONE.format("{}"), sample_c="", setup_cfg="[build]\nbuild_base = own-build\n"
        )

        build_with()

        left = {path.name for path in bench.project.iterdir()}
        assert left == {"setup.py", "setup.cfg", "sample.c", "dist", "sample.egg-info"}

    def test_a_folder_that_is_named_on_the_command_line_is_used(
        self, bench: Bench, build: Build
    ) -> None:
        bench.write(setup_py=ONE.format("{}"), sample_c="")

        build("build", "--build-base", "there", "bdist_wheel")

        assert list((bench.project / "there").rglob("*.pyd"))

    def test_a_project_in_a_folder_of_any_name(self, make_bench: Callable[..., Bench]) -> None:
        bench = make_bench("a b/ünïcødé 中文")
        bench.write(setup_py=ONE.format("{}"), sample_c="")

        # A terminal that can show none of these letters.
        bench.says("setup.py", "-q", "bdist_wheel", environ={"PYTHONIOENCODING": "ascii"})

        (wheel,) = (bench.project / "dist").glob("*.whl")
        assert wheel.name.endswith("-win_arm64.whl")


def test_cffi_modules_are_extensions_like_others(
    bench: Bench, build: Build, interpreter: Interpreter
) -> None:
    pytest.importorskip("cffi")
    bench.write(
        setup_py=SETUP.format("cffi_modules=['make.py:ffi']"),
        make_py="from cffi import FFI\nffi = FFI()\nffi.cdef('int f(int);')\n"
        "ffi.set_source('_f', 'int f(int x) { return x; }')\n",
    )

    wheel = build()

    assert bench.told("declared")[0]["names"] == ["_f"]
    # cffi's modules use the stable ABI on Windows, as they do everywhere.
    assert [name for name in members(wheel) if name.endswith(".pyd")] == ["_f.pyd"]
    assert f"-l{interpreter.abi.stable_library}" in links(bench)[0].argv


class TestDeclared:
    def test_a_distribution_without_extensions_declares_none(self) -> None:
        from setuptools import Distribution  # noqa: PLC0415 - slow to import

        assert declared(Distribution()) == []
