"""setuptools extensions, built with clang-cl against a sysroot in each of its layouts."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from windows_trees.bench import MODULE, SETUP, Bench, project

from winarm.locate import find_toolchain
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from windows_trees.sysroot import Tools

    from winarm.host import Host
    from winarm.locate import Toolchain

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Machines = Callable[[Path], dict[str, int]]

pytestmark = pytest.mark.integration


def imports(wheel: Path) -> set[str]:
    """Return the names in a wheel's only image that look like DLLs, in lower case."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".pyd"))
        data = archive.read(name).lower()
    words = (part.split(b"\0")[-1] for part in data.split(b".dll\0")[:-1])
    return {f"{word.decode('ascii', 'replace')}.dll" for word in words}


@pytest.mark.parametrize(
    ("compiler", "layout", "example"),
    # Each compiler, layout and example with each of the others.
    [
        ("debian", "xwin", "setuptools-abi3"),
        ("debian", "winsysroot", "setuptools-c"),
        ("zig", "xwin", "setuptools-c"),
        ("zig", "winsysroot", "setuptools-abi3"),
    ],
)
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
    bare = replace(host, environ={**host.environ, "PATH": ""})
    folders = [zig.parent.parent]
    found = find_toolchain(bare, WIN_ARM64, "clang-cl", site_folders=folders, sysroot=sysroot)
    assert found.cc[:2] == (str(zig), "clang")
    return found


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
    names = [f"{'x' * 220}é{number:03}.c" for number in range(115)]
    source = project(bench.tmp_path / "p", SETUP.format(more=names), one_c=MODULE)
    for number, name in enumerate(names):
        (source / name).write_text(f"int f{number}(void) {{ return {number}; }}\n")
    toolchain = find_toolchain(bench.host, WIN_ARM64, "clang-cl", sysroot=sysroot("xwin") / "tree")

    done = bench.build(toolchain, source)

    assert done.returncode == 0, done.stdout[-4000:]
    assert ".rsp" in done.stdout
    assert set(machines(bench.wheel).values()) == {WIN_ARM64.machine}


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


#: Paths as the Windows branch of a setup.py writes them.
BACKSLASHES = r"""
from setuptools import Extension, setup
setup(name="bs", version="1", ext_modules=[Extension(
    "bs", ["src\\bs.c"], include_dirs=["src\\inc"], library_dirs=["src\\none"],
    extra_compile_args=["/FIsrc\\inc\\first.h", "/Isrc\\more"],
    extra_link_args=["/DEF:src\\bs.def", "/LIBPATH:src\\none"])])
"""


def test_paths_with_backslashes_are_found(
    llvm: Tools,
    sysroot: Callable[[str], Path],
    tmp_path: Path,
    winarm_command: str,
    run: Run,
) -> None:
    files = {
        "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n',
        "setup.py": BACKSLASHES,
        "src/bs.c": '#include "second.h"\n#include "third.h"\n'
        "void *PyInit_bs(void) { return (char *)0 + FIRST + SECOND + THIRD; }\n",
        "src/inc/first.h": "#define FIRST 1\n",
        "src/inc/second.h": "#define SECOND 2\n",
        "src/more/third.h": "#define THIRD 3\n",
        "src/bs.def": "EXPORTS\n  PyInit_bs\n",
    }
    for name, text in files.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text)

    done = run(
        *(winarm_command, "build", tmp_path / "project", "-o", tmp_path / "dist"),
        *("--toolchain", "clang-cl", "-v"),
        environ={"WINARM_SYSROOT": str(sysroot("xwin") / "tree")},
    )

    assert done.returncode == 0, done.stdout


def test_the_doctor_proves_what_it_finds(
    llvm: Tools, sysroot: Callable[[str], Path], tmp_path: Path, winarm_command: str, run: Run
) -> None:
    done = run(
        *(winarm_command, "doctor", "--probe", "--json", "--toolchain", "clang-cl"),
        cwd=tmp_path,
        environ={"WINARM_SYSROOT": str(sysroot("winsysroot") / "tree")},
    )

    assert done.returncode == 0, done.stdout
    # A slow machine says on stderr what it is doing.
    said = json.loads(done.stdout[done.stdout.index("{") :])
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
