"""The one-word tools: what people, make, CMake, Meson and libtool ask of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.flag_rules import GNU, LINKER, MSVC, MSVC_LINK
from winarm.child.winarm_child.flags import RefusedFlagError, Translator
from winarm.child.winarm_child.journal import Journal
from winarm.host import Host
from winarm.libraries.view import Native, as_json

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Tools

pytestmark = pytest.mark.integration

SOURCE = "int one(void) { return 1; }\n"
DLL = "__declspec(dllexport) int one(void) { return 1; }\n"
PROGRAM = "int main(void) { return 0; }\n"


class TestCompilers:
    def test_an_object_is_called_as_make_expects(self, tools: Tools) -> None:
        tools.write(a_c=SOURCE, b_c=SOURCE)

        tools.must("gcc", "-c", "a.c", "b.c")

        assert tools.files == {"a.c", "b.c", "a.o", "b.o"}

    def test_a_build_system_that_asks_for_flags_of_x86_is_told_that_they_are_unknown(
        self, tools: Tools
    ) -> None:
        """CMake judges by these words, Meson by the status; a build goes on without the flag."""
        tools.write(a_c=SOURCE, testfile_c=SOURCE)
        cmake = ("-c", "a.c", "-o", "CMakeScratch.o")
        meson = ("-c", "testfile.c", "-Werror=unused-command-line-argument")

        for flag in ("-mavx2", "/arch:AVX2", "-march=native", "-mtune=haswell"):
            assert re.search("unknown option", tools.run("gcc", flag, *cmake).stderr)
            assert tools.run("gcc", flag, *meson).returncode == 1
        tools.must("gcc", "-fPIC", "-m64", *meson)
        assert tools.run("gcc", "-mavx2", "-c", "a.c").stderr == ""

    def test_flags_that_a_project_has_set_before_do_not_answer_for_those_asked_for(
        self, tools: Tools
    ) -> None:
        """As CMake has them: CMAKE_C_FLAGS, those of the build type, the flag, the standard."""
        tools.write(a_c=SOURCE)
        its_own = ("-std=gnu11", "-MD", "-MT", "x", "-MF", "CMakeScratch.d", "-c", "a.c")

        known = tools.must("gcc", "-msse2", "-march=native", "-O3", "-DNDEBUG", "-Wall", *its_own)
        asked = tools.run("gcc", "-msse2", "-O3", "-mavx2", *its_own, "-o", "CMakeScratch.o").stderr
        linked = tools.run("gcc", "-msse2", "-x", "c", "a.c", "-o", "CMakeScratch").stderr

        assert "unknown option" not in known + linked
        assert re.findall("unknown option (\\S+):", asked) == ["-mavx2"]

    def test_an_empty_argument_is_none(self, tools: Tools) -> None:
        tools.write(a_c=PROGRAM)

        tools.must("gcc", "", "a.c", "", "-o", "a.exe")

        assert tools.files == {"a.c", "a.exe"}

    def test_a_program_is_called_as_configure_expects(self, tools: Tools) -> None:
        tools.write(a_c=PROGRAM)

        tools.must("gcc", "a.c")
        tools.must("gcc", "a.c", "-o", "conftest")

        assert tools.files == {"a.c", "a.exe", "conftest.exe"}

    def test_a_dll_has_nothing_beside_it(self, tools: Tools) -> None:
        tools.write(a_c=DLL)

        tools.must("clang", "-shared", "-g", "-O2", "a.c", "-o", "a.dll")

        assert tools.files == {"a.c", "a.dll"}
        assert "one" in tools.must("objdump", "-p", "a.dll")

    @pytest.mark.parametrize("flags", [["-O2"], ["-O0"], ["-O2", "-Wl,--heap,4096"]])
    def test_a_dll_leaves_nothing_in_the_temporary_folder(
        self, tools: Tools, tmp_path: Path, flags: list[str]
    ) -> None:
        tools.write(a_c=DLL)
        temporary = tmp_path / "temporary"
        temporary.mkdir()

        tools.must("clang", "-shared", "a.c", "-o", "a.dll", *flags, TMPDIR=str(temporary))

        assert not list(temporary.iterdir())

    def test_what_is_on_standard_input_finds_headers(self, tools: Tools) -> None:
        done = tools.run("cpp", "-", said="#include <stdio.h>\nint x = EOF;\n")

        assert done.returncode == 0, done.stderr
        assert "int x = (-1);" in done.stdout

    def test_questions_are_answered_as_gcc_answers_them(self, tools: Tools) -> None:
        assert tools.must("gcc", "-dumpmachine") == "aarch64-w64-mingw32\n"
        assert tools.must("gcc", "-print-prog-name=ld").strip() == tools.path("ld")
        meson = ("a.c", "-o", "a.obj", "-c", "--print-search-dirs")
        assert "libraries: =/x\n" in tools.must("gcc", *meson, WINARMTOOLS_LIBRARY_PATH="/x")
        assert "clang version" in tools.must("gcc", "--version")

    def test_what_microsofts_compiler_predefines_is_there(self, tools: Tools) -> None:
        macros = tools.must("clang", "-dM", "-E", "-x", "c", "/dev/null")

        assert "#define _M_ARM64 1" in macros
        assert "_MSC_VER" not in macros

    def test_headers_know_the_machine(self, tools: Tools) -> None:
        """Else jmp_buf has four bytes, and setjmp writes over what is next to it."""
        tools.write(
            a_c="#include <setjmp.h>\n#include <windows.h>\n"
            '_Static_assert(sizeof(jmp_buf) == 192, "_JUMP_BUFFER of the UCRT");\n'
            '_Static_assert(sizeof(CONTEXT) == 912, "CONTEXT of ARM64");\n'
        )

        tools.must("clang", "-c", "a.c")

    def test_folders_of_the_host_are_not_searched(self, tools: Tools) -> None:
        tools.write(a_c="#include <linux/limits.h>\n")
        folders = ("-I/usr/include", "-isystem", "/usr/include/x86_64-linux-gnu/", "-L/usr/lib")

        done = tools.run("clang", "-c", "a.c", *folders)

        assert "'linux/limits.h' file not found" in done.stderr

    @pytest.mark.parametrize("flag", ["-I/usr/include/libxml2", "-I/opt/homebrew/opt/x/include"])
    def test_nor_is_what_is_inside_of_them(self, tools: Tools, flag: str) -> None:
        tools.write(a_c=SOURCE)

        done = tools.run("clang", "-c", "-v", "a.c", flag)

        assert flag[2:] not in done.stderr

    def test_headers_of_installed_python_packages_are_searched(self, tools: Tools) -> None:
        tools.write(a_c=SOURCE)
        folder = "/usr/lib/python3/dist-packages/numpy/core/include"

        done = tools.run("clang", "-c", "-v", "a.c", f"-I{folder}")

        assert f'"{folder}"' in done.stderr or f" {folder}" in done.stderr

    def test_a_prefix_may_be_where_the_host_has_its_libraries(self, tools: Tools) -> None:
        tools.write(a_c="#include <linux/limits.h>\n")

        tools.must("clang", "-c", "a.c", "-I/usr/include", WINARMTOOLS_ROOTS="/opt/x:/usr")

    def test_openmp_is_there_where_a_prefix_has_its_runtime(
        self, tools: Tools, tmp_path: Path
    ) -> None:
        include, library = tmp_path / "include", tmp_path / "lib"
        include.mkdir()
        (include / "omp.h").write_text("int omp_get_max_threads(void);\n", encoding="utf-8")
        library.mkdir()
        tools.write(
            omp_c="int omp_get_max_threads(void) { return 1; }\n"
            "void __kmpc_fork_call(void *where, int count, void *body, ...) {}\n",
            a_c="#include <omp.h>\n#ifndef _OPENMP\n#error\n#endif\nvoid g(int);\n"
            "__declspec(dllexport) int f(void) {\n#pragma omp parallel\n  g(1);\n"
            "  return omp_get_max_threads(); }\nvoid g(int n) {}\n",
        )
        tools.must("gcc", "-c", "-w", "omp.c")
        tools.must("ar", "rcs", str(library / "libomp.a"), "omp.o")
        found = {"WINARMTOOLS_OPENMP": str(include), "WINARMTOOLS_LIBRARY_PATH": str(library)}

        tools.must("gcc", "-c", "-fopenmp", "a.c", **found)
        tools.must("gcc", "-shared", "-fopenmp", "a.o", "-o", "a.dll", "-lgomp", **found)
        tools.must("gcc", "-shared", "-O0", "/openmp", "a.c", "-o", "b.dll", **found)

        assert {"a.dll", "b.dll"} <= tools.files
        # By this CMake's FindOpenMP knows the library.
        said = tools.run("gcc", "-shared", "-fopenmp", "-v", "a.o", "-o", "a.dll", **found)
        assert f'-ld" -o a.dll -L{library} -lomp\n' in said.stderr

    def test_what_a_static_library_needs_is_linked(self, tools: Tools, tmp_path: Path) -> None:
        """CMake and Meson name the library alone, by its path."""
        library = tmp_path / "lib"
        library.mkdir()
        tools.write(
            one_c="int two(void); int one(void) { return two(); }\n",
            two_c="int two(void) { return 2; }\n",
            a_c="int one(void); int main(void) { return one(); }\n",
        )
        for name in ("one", "two"):
            tools.must("gcc", "-c", f"{name}.c")
            tools.must("ar", "rcs", str(library / f"lib{name}.a"), f"{name}.o")
        (library / "libone.a.needs").write_text("two\nm\ndl", encoding="utf-8")
        path = str(library / "libone.a")

        tools.must("gcc", "a.c", path, "-o", "a.exe", WINARMTOOLS_LIBRARY_PATH=str(library))

    def test_optimisation_of_a_link_makes_no_other_libraries(self, tools: Tools) -> None:
        """zig would compile its C library again, for minutes."""
        tools.write(a_c="#ifdef __OPTIMIZE__\n#error\n#endif\n" + PROGRAM)

        tools.must("gcc", "-O0", "-g", "a.c", "-o", "a.exe")

        assert tools.files == {"a.c", "a.exe"}

    @pytest.mark.parametrize("compiler", ["gcc", "g++"])
    def test_links_find_the_libraries_that_were_made_before_the_first(
        self, tools: Tools, compiler: str
    ) -> None:
        """With other settings, zig would make them twice, for minutes each."""
        tools.write(a_c=PROGRAM)
        tools.must(compiler, "a.c", "-shared", "-o", "a.dll")
        cache = Host.current().cache / "zig"
        language = "c++" if compiler == "g++" else "c"
        mark = cache / f"winarm-{tools.bin.parent.name}-{language}"
        made = {name: sorted(cache.glob(f"o/*/{name}")) for name in ("*mingw32.lib", "*c++.lib")}
        mark.unlink()
        tools.must(compiler, "a.c", "-shared", "-o", "a.dll")
        tools.must(compiler, "a.c", "-o", "a.exe")
        assert mark.exists()
        assert {name: sorted(cache.glob(f"o/*/{name}")) for name in made} == made

    def test_code_written_for_visual_studio(self, tools: Tools) -> None:
        tools.write(
            a_c="#include <Windows.h>\n#include <bcrypt.h>\n#include <intrin.h>\n"
            '#pragma comment(lib, "Bcrypt.lib")\n'
            '#pragma comment(lib, "Shlwapi")\n#include <Shlwapi.h>\n'
            "__declspec(noinline) static int g(int *p) { return *p + (int)__umulh(3, 4); }\n"
            "_declspec(dllexport) int f(int *p) {\n  unsigned char b[4];\n"
            "  __dmb(_ARM64_BARRIER_ISH);\n  __try { return g(p); }\n"
            "  __except (EXCEPTION_EXECUTE_HANDLER) { }\n"
            '  return BCryptGenRandom(0, b, 4, 2) + PathIsRelativeA("a");\n}\n'
        )

        tools.must("gcc", "-c", "/W4", "/EHsc", "/bigobj", "a.c")
        tools.must("gcc", "-shared", "a.o", "-o", "a.dll", "Ws2_32.lib", "-lWS2_32")

        assert "dll name: bcrypt.dll" in tools.must("objdump", "-p", "a.dll").lower()

    def test_try_guards_what_is_no_call(self, tools: Tools) -> None:
        tools.write(
            a_c="int f(int *p) { __try { return *p; } __except (1) { return -1; } }\n",
        )

        tools.must("clang", "-O2", "-S", "a.c", "-o", "a.s")

        assert "__C_specific_handler" in (tools.cwd / "a.s").read_text()

    def test_a_library_of_the_project_that_its_source_names(self, tools: Tools) -> None:
        tools.write(
            own_c=SOURCE,
            a_c='#pragma comment(lib, "Own.lib")\nint one(void);\n' + DLL.replace("one", "two"),
        )
        tools.must("gcc", "-c", "own.c", "a.c")
        tools.must("ar", "rcs", "libown.a", "own.o")

        tools.must("gcc", "-shared", "a.o", "-L.", "-o", "a.dll", "-lown")

    def test_a_dll_that_is_loaded_late(self, tools: Tools) -> None:
        tools.write(
            a_c="#include <windows.h>\n#include <winspool.h>\n"
            "__declspec(dllexport) int f(void) { DWORD n; return GetDefaultPrinterA(0, &n); }\n"
        )

        done = tools.run(
            "gcc",
            "-shared",
            "a.c",
            "-o",
            "a b.dll",
            "-lwinspool",
            "/DELAYLOAD:winspool.drv",
            "-ldelayimp",
        )

        assert done.returncode == 0, done.stderr
        assert "/DELAYLOAD:winspool.drv" in done.stderr
        from winarm.coff.image import read_image  # noqa: PLC0415

        image = read_image((tools.cwd / "a b.dll").read_bytes())
        assert ("WINSPOOL.DRV", True) in {(i.dll.upper(), i.delayed) for i in image.imports}

    def test_code_that_is_written_while_it_runs(self, tools: Tools) -> None:
        tools.write(a_c="void f(char *p) { __builtin___clear_cache(p, p + 4); }\n" + PROGRAM)

        tools.must("gcc", "a.c", "-o", "a.exe")

    def test_options_of_the_linker_that_zig_rejects(self, tools: Tools) -> None:
        tools.write(a_c=DLL, b_c=SOURCE)
        tools.must("gcc", "-c", "a.c", "b.c")

        tools.must(
            "gcc", "-shared", "a.o", "b.o", "-o", "a.dll", "-static-libgcc",
            "-Wl,--kill-at,--enable-auto-import,--allow-multiple-definition",
            "-Wl,--output-def,a.def", "-Wl,-Map,a.map",
        )  # fmt: skip

        assert {"a.dll", "a.def", "a.map"} <= tools.files

    def test_a_flag_that_cannot_be_had_is_refused(self, tools: Tools) -> None:
        tools.write(a_c=SOURCE)

        done = tools.run("clang", "-c", "/EHa", "a.c")

        assert done.returncode == 1
        assert "/EHa is refused" in done.stderr
        assert "-C winarm.drop-flags=/EHa" in done.stderr
        tools.must("clang", "-c", "/EHa", "a.c", WINARMTOOLS_DROP="/Y*\n/EH*")

    def test_what_is_translated_is_reported_to_the_build(
        self, tools: Tools, tmp_path: Path
    ) -> None:
        tools.write(a_c=SOURCE)
        journal = tmp_path / "journal"

        tools.must("clang", "-c", "/Zp1", '-DX="\\"', "a.c", WINARMTOOLS_JOURNAL=str(journal))

        (entry,) = map(json.loads, journal.read_text().splitlines())
        assert entry["was"] == "/Zp1"
        assert entry["becomes"] == ["-fpack-struct=1"]
        assert entry["shown"] is True

    @pytest.mark.parametrize(
        ("source", "told"),
        [("void f(int *p) { __try { *p = 1; } __except (1) {} }", True), ("int __try_it;", False)],
    )
    def test_a_guard_of_cxx_is_reported_as_what_it_is(
        self, tools: Tools, source: str, *, told: bool
    ) -> None:
        tools.write(a_cpp=source)

        done = tools.run("clang++", "-c", "a.cpp")

        assert done.returncode == 0, done.stderr
        assert ("a guard of calls (in C++ it does not guard loads" in done.stderr) == told

    def test_arguments_in_a_file(self, tools: Tools) -> None:
        tools.write(a_c=SOURCE, a_rsp="-c /W4 'a.c'\n-o \"a b.o\"\n")

        tools.must("clang", "@a.rsp")

        assert "a b.o" in tools.files


class TestLibraries:
    @pytest.fixture
    def both(self, tools: Tools) -> Tools:
        """Make a static and a shared library of one name."""
        tools.write(own_c=DLL, main_c="int one(void);\nint main(void) { return one(); }\n")
        tools.must("gcc", "-shared", "own.c", "-o", "own.dll", "-Wl,--out-implib,libown.dll.a")
        tools.must("gcc", "-c", "own.c")
        tools.must("ar", "cr", "libown.a", "own.o")
        return tools

    def imports(self, tools: Tools) -> str:
        return tools.must("objdump", "-p", "a.exe")

    def test_the_shared_one_is_taken(self, both: Tools) -> None:
        both.must("gcc", "main.c", "-L.", "-lown", "-o", "a.exe")

        assert "DLL Name: own.dll" in self.imports(both)

    @pytest.mark.parametrize("how", ["-static", "-Wl,-Bstatic"])
    def test_or_the_static_one_where_that_is_asked_for(self, both: Tools, how: str) -> None:
        both.must("gcc", "main.c", "-L.", how, "-lown", "-o", "a.exe")

        assert "own.dll" not in self.imports(both)

    def test_a_setting_of_the_environment_decides(self, both: Tools) -> None:
        both.must(
            "gcc", "main.c", "-lown", "-o", "a.exe",
            WINARMTOOLS_LINKAGE="static", WINARMTOOLS_LIBRARY_PATH=str(both.cwd),
        )  # fmt: skip

        assert "own.dll" not in self.imports(both)

    @pytest.mark.parametrize(
        ("file", "asked"),
        [("libz.a", "zlib.lib"), ("zlib.lib", "-lz"), ("libxml2.lib", "-lxml2"),
         ("libxml2.dll.a", "libxml2.lib"), ("Own.lib", "Own.lib"), ("z.dll.a", "-lz")],
    )  # fmt: skip
    def test_every_spelling_is_found(self, both: Tools, file: str, asked: str) -> None:
        (both.cwd / "libs").mkdir()
        (both.cwd / "libown.a").rename(both.cwd / "libs" / file)

        both.must("gcc", "main.c", "-Llibs", asked, "-o", "a.exe")

    def test_one_by_the_name_of_its_file(self, both: Tools) -> None:
        both.must("gcc", "main.c", "-L.", "-l:libown.a", "-o", "a.exe")

        assert "own.dll" not in self.imports(both)


class TestNm:
    def test_symbols_of_an_object(self, tools: Tools) -> None:
        tools.write(
            a_c="int d = 1; int b; extern int u; static int s(void) { return u; }\n"
            "int t(void) { return s(); }\n"
        )
        tools.must("gcc", "-c", "-O0", "a.c")

        lines = {tuple(line.split()[-2:]) for line in tools.must("nm", "a.o").splitlines()}

        assert {("D", "d"), ("U", "u"), ("T", "t"), ("t", "s")} <= lines

    def test_libtools_pipe_finds_the_symbols_of_libraries(self, tools: Tools) -> None:
        tools.write(a_c=DLL)
        tools.must("gcc", "-shared", "a.c", "-o", "a.dll", "-Wl,--out-implib,liba.dll.a")

        said = tools.must("nm", "-B", "liba.dll.a")

        assert re.search(r"^[0-9a-f]* T one$", said, re.MULTILINE)
        assert re.search(r"^[0-9a-f]* [DI] __imp_one$", said, re.MULTILINE)

    def test_what_is_no_object_is_an_error(self, tools: Tools) -> None:
        tools.write(a_txt="no object")

        assert tools.run("nm", "a.txt").returncode == 1
        assert tools.run("nm", "missing.o").returncode == 1


class TestWindres:
    SCRIPT = (
        "#include <winver.h>\nVS_VERSION_INFO VERSIONINFO\nFILEVERSION 1,2,3,V\nBEGIN\n"
        'BLOCK "StringFileInfo"\nBEGIN\nBLOCK "040904E4"\nBEGIN\nVALUE "FileDescription", "own"\n'
        "END\nEND\nEND\nNAMED RCDATA { 7 }\n"
    )

    @pytest.mark.parametrize(
        "arguments",
        ["-DV=4 -o r.o r.rc", "-i r.rc --output=r.o -D V=4", "--define V=4 r.rc r.o",
         "-O coff -DV=4 -I . --input r.rc -o r.o", "-J rc -O coff -F pe-aarch64 -DV=4 r.rc -o r.o"],
    )  # fmt: skip
    def test_gnus_command_lines(self, tools: Tools, arguments: str) -> None:
        tools.write(r_rc=self.SCRIPT, a_c=DLL)

        tools.must("windres", *arguments.split())
        tools.must("gcc", "-shared", "a.c", "r.o", "-o", "a.dll")

        data = (tools.cwd / "a.dll").read_bytes()
        assert "FileDescription".encode("utf-16-le") in data
        assert "NAMED".encode("utf-16-le") in data

    def test_a_compiled_resource(self, tools: Tools) -> None:
        tools.write(r_rc=self.SCRIPT)

        tools.must("windres", "-DV=1", "r.rc", "r.res")
        tools.must("windres", "r.res", "r.o")

        assert {"r.res", "r.o"} <= tools.files

    def test_it_says_what_meson_looks_for(self, tools: Tools) -> None:
        assert "GNU windres" in tools.must("windres", "--version")

    def test_a_script_with_a_mistake_fails(self, tools: Tools) -> None:
        tools.write(r_rc="1 ICON missing.ico\n")

        assert tools.run("windres", "r.rc", "r.o").returncode == 1


def test_libtool_takes_ld_for_gnus(tools: Tools) -> None:
    assert "compatible with GNU linkers" in tools.must("ld", "-v")
    assert "--enable-auto-import" in tools.must("ld", "--help")


def test_dlltool_takes_the_long_options(tools: Tools) -> None:
    tools.write(a_def="LIBRARY own.dll\nEXPORTS\none\n")

    tools.must("dlltool", "--input-def", "a.def", "--output-lib=liba.a", "--dllname", "own.dll")

    assert " T one" in tools.must("nm", "liba.a")


def test_strip_leaves_files_that_work(tools: Tools) -> None:
    tools.write(a_c=PROGRAM)
    tools.must("gcc", "a.c")

    tools.must("strip", "a.exe")
    tools.must("strip", "-o", "b.exe", "a.exe")

    assert (tools.cwd / "b.exe").read_bytes() == (tools.cwd / "a.exe").read_bytes()


def spellings() -> list[str]:
    """Return an argument for each form of the table."""
    return [
        form.replace("~", "/").replace("*", "x").replace("#", "8")
        for rules in (MSVC_LINK, MSVC, GNU)
        for rule in rules
        for form in rule.forms
        if not form.startswith("-l")
    ]


def test_both_readers_of_the_table_agree(tools: Tools, tmp_path: Path) -> None:
    """The launcher in C and the child's translator, on every form and its other spellings."""
    spec: dict[str, Any] = {
        "native": as_json(Native()),
        "instead_of": {}, "after": {}, "project": [], "build_base": str(tmp_path), "drop_flags": [],
        "journal": str(tmp_path / "python"),
    }  # fmt: skip
    linker = [
        f"-Wl,{form.replace('*', 'x').replace('#', '8')}" for rule in LINKER for form in rule.forms
    ]
    dashed = [f"-{text[1:]}" for text in spellings() if text.startswith("/")]
    upper = [text.upper() for text in spellings() if text.startswith("/")]
    said = ["-march=armv8.2-a+fp16+nosimd", "/NOSUCH", "-Wp,-DA,-UB", "/EXPORT:a,DATA"]
    skipped = {"-o", "-x", "-E", "-P", "-c", "-S", "-I", "-L", "-D", "-U", "-Wl,-l=x", "-Wl,-L=x"}
    arguments = [
        argument
        for argument in dict.fromkeys([*spellings(), *dashed, *upper, *linker, *said])
        if argument not in skipped and not argument.startswith(("-Wl,-l", "-Wl,-L", "-L", "-I"))
    ]

    def python(*some: str) -> bool:
        try:
            Translator(spec, Journal(spec["journal"])).command(some)
        except RefusedFlagError:
            return False
        return True

    def launcher(*some: str) -> bool:
        done = tools.run("clang", *some, "--winarm-stop", WINARMTOOLS_JOURNAL=str(tmp_path / "c"))
        return "is refused" not in done.stderr

    refused = [argument for argument in arguments if not python(argument)]
    (tmp_path / "python").unlink()
    taken = [argument for argument in arguments if argument not in refused]
    assert python(*taken)
    assert launcher(*taken)
    for of_c, of_python in zip(entries(tmp_path / "c"), entries(tmp_path / "python"), strict=True):
        assert of_c == of_python
    assert len(refused) > 20
    assert [argument for argument in refused if launcher(argument)] == []


def entries(journal: Path) -> list[tuple[str, list[str], str]]:
    lines = journal.read_text().splitlines() if journal.exists() else []
    return [(e["was"], e["becomes"], e["why"]) for e in map(json.loads, lines)]
