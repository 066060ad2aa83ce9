"""setuptools extensions, built for ARM64 Windows with every kind of toolchain, for real.

clang-cl is Debian's (clang-19, lld-19, llvm-19) and the one inside the ziglang wheel; it builds
against a sysroot made of Wine's headers (libwine-dev). msvc and llvm-mingw are stand-ins: their
own names and command lines, with clang-cl, lld-link and zig behind them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from windows_trees.sysroot import WINE, Tools, make_sysroot
from windows_trees.visual_studio import FakeWindows

from winarm.build.child_spec import Workshop, child_spec
from winarm.build.environment import child_environment
from winarm.build.interpreter import ask
from winarm.build.target_python import provide
from winarm.config import Settings
from winarm.host import Host
from winarm.locate import Request, find_toolchain
from winarm.locate.msvc import find_msvc
from winarm.locate.overlay import case_overlay
from winarm.locate.probe import probe
from winarm.target import WIN_AMD64, WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    from winarm.locate import Toolchain

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Machines = Callable[[Path], dict[str, int]]

pytestmark = pytest.mark.integration

LAYOUTS = ("xwin", "winsysroot")


def debian(name: str) -> Path | None:
    """Return an LLVM program of Debian's, or one without a version in its name."""
    found = shutil.which(f"{name}-19") or shutil.which(name)
    return Path(found) if found else None


@pytest.fixture(scope="session")
def zig(lacking: Lacking) -> Path:
    spec = find_spec("ziglang")
    if spec is None or spec.origin is None:
        lacking("ziglang package", "pip install ziglang")
    return Path(spec.origin).with_name("zig.exe" if os.name == "nt" else "zig")


@pytest.fixture(scope="session")
def llvm(lacking: Lacking) -> Tools:
    """Debian's LLVM."""
    programs = {name: debian(name) for name in ("clang", "lld-link", "llvm-lib", "llvm-rc")}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        lacking(" ".join(missing), "apt-get install clang-19 lld-19 llvm-19")
    return Tools((str(programs["clang"]), "--driver-mode=cl"), (str(programs["llvm-lib"]),))


@pytest.fixture(scope="session")
def sysroot(once: Once, zig: Path, lacking: Lacking) -> Callable[[str], Path]:
    """Make a sysroot in a layout, once; by zig's tools, which are everywhere."""
    if not WINE.is_dir():
        lacking("header of Windows", "apt-get install libwine-dev")
    tools = Tools((str(zig), "clang", "--driver-mode=cl"), (str(zig), "lib"))

    def make(layout: str) -> Path:
        return once(
            f"sysroot-{layout}",
            lambda folder: _ignore(
                make_sysroot(folder / "tree", tools, winsysroot=layout == "winsysroot")
            ),
        )

    return make


def _ignore(_: object) -> None:
    return None


@dataclass(frozen=True)
class Bench:
    """What builds a project for the target in a child, with any toolchain."""

    host: Host
    tmp_path: Path

    def build(
        self, toolchain: Toolchain, source: Path, settings: Settings | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Build `source` in place with this Python's setuptools; the wheel goes to `dist`."""
        scratch = self.tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        interpreter = ask(self.host, self.host.executable)
        python = provide(self.host, interpreter, WIN_ARM64, toolchain)
        spec = child_spec(
            project=source,
            scratch=scratch,
            journal=scratch / "journal",
            target=WIN_ARM64,
            interpreter=interpreter,
            settings=settings or Settings(),
            workshop=Workshop(toolchain, python, {"error": "no NumPy"}),
            instead_of={},
            jobs=2,
        )
        (scratch / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
        environment = child_environment(
            self.host.environ,
            spec=scratch / "spec.json",
            target=WIN_ARM64,
            toolchain=toolchain,
            scratch=scratch,
        )
        code = f"import setuptools.build_meta as b; b.build_wheel({str(self.dist)!r})"
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=source,
            env=dict(environment.variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    @property
    def dist(self) -> Path:
        folder = self.tmp_path / "dist"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def wheel(self) -> Path:
        (wheel,) = self.dist.glob("*.whl")
        return wheel


@pytest.fixture
def bench(tmp_path: Path, clean_environ: dict[str, str]) -> Bench:
    environ = {"WINARM_CACHE_DIR": str(tmp_path / "cache"), **clean_environ}
    return Bench(replace(Host.current(), environ=environ), tmp_path)


def project(folder: Path, setup: str, **files: str) -> Path:
    """Write a setuptools project."""
    folder.mkdir()
    (folder / "setup.py").write_text(f"from setuptools import Extension, setup\n{setup}\n")
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)
    return folder


MODULE = """\
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "one", NULL, 0, NULL};
PyMODINIT_FUNC PyInit_one(void) { return PyModule_Create(&module); }
"""
SETUP = "setup(name='one', version='1', ext_modules=[Extension('one', ['one.c'] + {more})])"


def imports(wheel: Path) -> set[str]:
    """Return the names in a wheel's only image that look like DLLs, in lower case."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".pyd"))
        data = archive.read(name).lower()
    words = (part.split(b"\0")[-1] for part in data.split(b".dll\0")[:-1])
    return {f"{word.decode('ascii', 'replace')}.dll" for word in words}


@pytest.mark.parametrize("example", ["setuptools-c", "setuptools-abi3"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("compiler", ["debian", "zig"])
def test_clang_cl_builds_against_a_sysroot(
    compiler: str,
    layout: str,
    example: str,
    request: pytest.FixtureRequest,
    sysroot: Callable[[str], Path],
    repository: Path,
    bench: Bench,
    machines: Machines,
    winarm_command: str,
    run: Run,
) -> None:
    toolchain = clang_cl(compiler, request, bench.host, sysroot(layout) / "tree")
    source = shutil.copytree(repository / "examples" / example, bench.tmp_path / "source")

    done = bench.build(toolchain, source)

    assert done.returncode == 0, done.stdout
    assert set(machines(bench.wheel).values()) == {WIN_ARM64.machine}
    verified = run(winarm_command, "verify", bench.wheel)
    assert verified.returncode == 0, verified.stdout
    own = f"python3{sys.version_info.minor}.dll"
    # Nothing of MinGW's, and no C library linked in twice.
    assert imports(bench.wheel) == {"python3.dll" if example == "setuptools-abi3" else own}


def clang_cl(compiler: str, request: pytest.FixtureRequest, host: Host, sysroot: Path) -> Toolchain:
    if compiler == "debian":
        request.getfixturevalue("llvm")
        return find_toolchain(host, WIN_ARM64, "clang-cl", sysroot=sysroot)
    zig: Path = request.getfixturevalue("zig")
    # On a machine with no other LLVM.
    bare = BareHost(**{name: getattr(host, name) for name in host.__dataclass_fields__})
    folders = [zig.parent.parent]
    found = find_toolchain(bare, WIN_ARM64, "clang-cl", site_folders=folders, sysroot=sysroot)
    assert found.cc[:2] == (str(zig), "clang")
    return found


@dataclass(frozen=True)
class BareHost(Host):
    """This machine with nothing on PATH."""

    def which(self, program: str) -> Path | None:
        del program
        return None


def test_the_same_source_makes_the_same_wheel(
    llvm: Tools, sysroot: Callable[[str], Path], bench: Bench, tmp_path: Path
) -> None:
    toolchain = find_toolchain(bench.host, WIN_ARM64, "clang-cl", sysroot=sysroot("xwin") / "tree")
    text = f"const char *where = __FILE__;\n{MODULE}"
    wheels = []
    for name in ("first", "another"):
        own = replace(bench, tmp_path=tmp_path / name)
        own.tmp_path.mkdir()
        done = own.build(toolchain, project(own.tmp_path / "p", SETUP.format(more=[]), one_c=text))
        assert done.returncode == 0, done.stdout
        wheels.append(own.wheel.read_bytes())

    assert wheels[0] == wheels[1]


def test_flags_of_both_kinds_resources_and_static_libraries(
    llvm: Tools, sysroot: Callable[[str], Path], bench: Bench, machines: Machines
) -> None:
    """Everything that a project may throw at a compiler whose type is `msvc`."""
    setup = """
flags = ["/O2", "/arch:AVX2", "/GL", "/Zi", "/MP", "/MDd",
         "-O3", "-std=c11", "-Wall", "-fPIC", "-march=native"]
links = ["/LTCG", "/DEBUG", "/MANIFEST:EMBED", "/MACHINE:X64", "/OPT:REF", "-lm", "-Wl,-z,now"]
setup(name="one", version="1",
      libraries=[("extra", {"sources": ["extra.c"]})],
      ext_modules=[Extension("one", ["one.c", "one.rc"], extra_compile_args=flags,
                             extra_link_args=links, define_macros=[("WORDS", '"a b"')])])
"""
    source = project(
        bench.tmp_path / "p",
        setup,
        one_c="#include <StdIO.h>\n"
        + MODULE
        + "int extra(void); int all(void) { return extra() + (int)sizeof(WORDS); }\n",
        extra_c="int extra(void) { return 1; }\n",
        one_rc='1 RCDATA { "text\\0" }\n',
    )
    toolchain = find_toolchain(bench.host, WIN_ARM64, "clang-cl", sysroot=sysroot("xwin") / "tree")

    done = bench.build(toolchain, source)

    assert done.returncode == 0, done.stdout
    assert "unknown argument" not in done.stdout
    with zipfile.ZipFile(bench.wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        image = archive.read(names[0])
    # Nothing beside the module: no .lib, .exp, .pdb, .manifest.
    assert [Path(name).suffix for name in names] == [".pyd"]
    assert b".rsrc" in image[:1024]
    assert set(machines(bench.wheel).values()) == {WIN_ARM64.machine}


def test_long_command_lines_go_through_a_file(
    llvm: Tools, sysroot: Callable[[str], Path], bench: Bench, machines: Machines
) -> None:
    names = [f"{'x' * 100}é{number:03}.c" for number in range(250)]
    source = project(bench.tmp_path / "p", SETUP.format(more=names), one_c=MODULE)
    for number, name in enumerate(names):
        (source / name).write_text(f"int f{number}(void) {{ return {number}; }}\n")
    toolchain = find_toolchain(bench.host, WIN_ARM64, "clang-cl", sysroot=sysroot("xwin") / "tree")

    done = bench.build(toolchain, source)

    assert done.returncode == 0, done.stdout[-4000:]
    assert ".rsp" in done.stdout
    assert set(machines(bench.wheel).values()) == {WIN_ARM64.machine}


def stand_in(path: Path, *command: str | Path) -> None:
    """Write a program that hands its arguments on to another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = " ".join(f"'{word}'" for word in command)
    path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    path.chmod(0o755)


@pytest.fixture
def visual_studio(
    tmp_path: Path, bench: Bench, llvm: Tools, sysroot: Callable[[str], Path]
) -> Callable[[str], Toolchain]:
    """A Visual Studio whose cl, link and lib are LLVM's, and whose libraries are the sysroot's."""
    tree = sysroot("winsysroot") / "tree"

    def make(target: str) -> Toolchain:
        machine = FakeWindows(tmp_path / "Program Files é")
        installation = machine.visual_studio(toolsets=["14.44.35207"])
        version = installation / "VC" / "Tools" / "MSVC" / "14.44.35207"
        kits = machine.sdk()
        copied = tree / "VC" / "Tools" / "MSVC" / "14.44.35207"
        shutil.copytree(copied, version, dirs_exist_ok=True)
        for part in ("Include", "Lib"):
            shutil.rmtree(kits / part)
            (kits / part).symlink_to(tree / "Windows Kits" / "10" / part)
        finding = find_msvc(machine.host(), Request(WIN_ARM64))
        assert finding.toolchain is not None, finding.misses
        cl, link, lib, rc = (
            Path(command[0])
            for name in ("cc", "link", "ar", "rc")
            for command in [getattr(finding.toolchain, name)]
        )
        # An option that this clang-cl does not know is an error.
        stand_in(cl, *llvm.compiler, f"--target={target}", "-Werror=unknown-argument")
        # Windows' file system ignores case.
        overlay = case_overlay(bench.host, finding.toolchain.library_dirs)
        stand_in(link, str(debian("lld-link")), "/WX", f"/vfsoverlay:{overlay}")
        stand_in(lib, *llvm.lib)
        stand_in(rc, str(debian("llvm-rc")))
        return finding.toolchain

    return make


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
class TestMsvc:
    def test_every_flag_is_understood(
        self,
        visual_studio: Callable[[str], Toolchain],
        repository: Path,
        bench: Bench,
        winarm_command: str,
        run: Run,
    ) -> None:
        source = shutil.copytree(repository / "examples/setuptools-c", bench.tmp_path / "source")

        done = bench.build(visual_studio(WIN_ARM64.msvc_triple), source)

        assert done.returncode == 0, done.stdout
        compile_, link = (line for line in done.stdout.splitlines() if ".exe" in line)
        assert all(flag in compile_ for flag in ("/MD", "/O2", "/Brepro"))
        assert all(
            flag in link
            for flag in ("/MACHINE:ARM64", "/MANIFEST:NO", "/INCREMENTAL:NO", "/Brepro")
        )
        assert "/LTCG" not in link
        assert "/GL" not in compile_
        verified = run(winarm_command, "verify", bench.wheel)
        assert verified.returncode == 0, verified.stdout

    def test_its_proof_succeeds(
        self, visual_studio: Callable[[str], Toolchain], bench: Bench
    ) -> None:
        proof = probe(bench.host, visual_studio(WIN_ARM64.msvc_triple))

        assert proof.ok, proof

    def test_a_compiler_that_is_really_x64_fails_the_proof(
        self, visual_studio: Callable[[str], Toolchain], bench: Bench
    ) -> None:
        proof = probe(bench.host, visual_studio(WIN_AMD64.msvc_triple))

        assert not proof.ok
        assert "x64" in proof.output

    def test_a_compiler_that_is_really_x64_fails_the_build(
        self, visual_studio: Callable[[str], Toolchain], bench: Bench
    ) -> None:
        source = project(bench.tmp_path / "p", SETUP.format(more=[]), one_c=MODULE)

        done = bench.build(visual_studio(WIN_AMD64.msvc_triple), source)

        assert done.returncode != 0
        assert "x64" in done.stdout
        assert not list(bench.dist.glob("*.whl"))

    def test_a_toolchain_that_vanishes_is_said(
        self, visual_studio: Callable[[str], Toolchain], bench: Bench
    ) -> None:
        source = project(bench.tmp_path / "p", SETUP.format(more=[]), one_c=MODULE)
        toolchain = visual_studio(WIN_ARM64.msvc_triple)
        # The import library is made first.
        provide(bench.host, ask(bench.host, bench.host.executable), WIN_ARM64, toolchain)
        Path(toolchain.cc[0]).unlink()

        done = bench.build(toolchain, source)

        assert done.returncode != 0
        assert "No such file or directory" in done.stdout
        assert "cl.exe" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
@pytest.mark.parametrize("example", ["setuptools-c", "setuptools-cpp"])
def test_llvm_mingw_builds(
    example: str, zig: Path, repository: Path, bench: Bench, winarm_command: str, run: Run
) -> None:
    programs = bench.tmp_path / "llvm-mingw" / "bin"
    triple = WIN_ARM64.mingw_triple
    for name, command in (
        (f"{triple}-clang", ("cc", "-target", WIN_ARM64.zig_triple)),
        (f"{triple}-clang++", ("c++", "-target", WIN_ARM64.zig_triple)),
        (f"{triple}-ar", ("ar",)),
        (f"{triple}-dlltool", ("dlltool",)),
        ("llvm-rc", ("rc",)),
    ):
        stand_in(programs / name, zig, *command)
    host = replace(
        bench.host, environ={**bench.host.environ, "LLVM_MINGW_ROOT": str(programs.parent)}
    )
    toolchain = find_toolchain(host, WIN_ARM64, "llvm-mingw")
    source = shutil.copytree(repository / "examples" / example, bench.tmp_path / "source")

    done = bench.build(toolchain, source)

    assert done.returncode == 0, done.stdout
    assert "-Wl,-Bstatic" in done.stdout
    verified = run(winarm_command, "verify", bench.wheel)
    assert verified.returncode == 0, verified.stdout


def test_the_command_builds_with_clang_cl(
    llvm: Tools,
    sysroot: Callable[[str], Path],
    repository: Path,
    tmp_path: Path,
    winarm_command: str,
    run: Run,
    machines: Machines,
) -> None:
    done = run(
        *(winarm_command, "build", repository / "examples" / "setuptools-c"),
        *("-o", tmp_path, "--toolchain", "clang-cl", "-v"),
        environ={"WINARM_SYSROOT": str(sysroot("xwin") / "tree")},
    )

    assert done.returncode == 0, done.stdout
    assert "toolchain: clang-cl 19" in done.stdout
    (wheel,) = tmp_path.glob("*.whl")
    assert set(machines(wheel).values()) == {WIN_ARM64.machine}


def test_the_doctor_proves_what_it_finds(
    llvm: Tools, sysroot: Callable[[str], Path], tmp_path: Path, winarm_command: str, run: Run
) -> None:
    done = run(
        *(winarm_command, "doctor", "--probe", "--json", "--toolchain", "clang-cl"),
        cwd=tmp_path,
        environ={"WINARM_SYSROOT": str(sysroot("winsysroot") / "tree")},
    )

    assert done.returncode == 0, done.stdout
    said = json.loads(done.stdout)
    assert (said["chosen"], said["can_build"]) == ("clang-cl", True)
    proofs = {found["kind"]: found["proof"] for found in said["toolchains"] if found["found"]}
    assert proofs["clang-cl"] == {"ok": True, "summary": "made a DLL for ARM64"}


@pytest.mark.arm64
@pytest.mark.parametrize("compiler", ["debian", "zig"])
def test_what_clang_cl_built_works_on_the_target(
    compiler: str,
    request: pytest.FixtureRequest,
    sysroot: Callable[[str], Path],
    repository: Path,
    bench: Bench,
    run_on_arm64: RunOnArm64,
    matching_python: Path,
    winarm_command: str,
    run: Run,
) -> None:
    tree = sysroot("xwin") / "tree"
    clang_cl(compiler, request, bench.host, tree)
    version = "19" if compiler == "debian" else "22"
    done = run(
        *(winarm_command, "build", repository / "examples" / "setuptools-c"),
        *("-o", bench.dist, "--toolchain", "clang-cl", "--python", matching_python),
        environ={"WINARM_SYSROOT": str(tree), "WINARM_TOOLCHAIN_VERSION": version},
    )
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(bench.wheel) as archive:
        archive.extractall(bench.tmp_path / "site")
    script = repository / "examples" / "setuptools-c" / "tests" / "test_fnv1a.py"

    said = run_on_arm64(bench.tmp_path / "site", script)

    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == ["fnv1a", "works"]
