"""CMake's toolchain files on their own: `cmake --toolchain FILE`, and winarm nowhere near."""

from __future__ import annotations

import os
import shutil
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from windows_trees.stand_ins import debian, stand_in

from winarm.host import Host
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence
    from typing import NoReturn

    from windows_trees.stand_ins import VisualStudio
    from windows_trees.sysroot import Tools

    Lacking = Callable[[str, str], NoReturn]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    MakeProject = Callable[..., Path]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts"),
]

#: What a project has: a module, a DLL that others link with, a static library, a program.
PROJECT = {
    "CMakeLists.txt": """\
cmake_minimum_required(VERSION 3.15...4.0)
project(spam LANGUAGES C)
if(NOT CMAKE_SYSTEM_NAME STREQUAL "Windows" OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "ARM64")
  message(FATAL_ERROR "not the target: ${CMAKE_SYSTEM_NAME} ${CMAKE_SYSTEM_PROCESSOR}")
endif()
add_library(helper STATIC helper.c)
add_library(shared SHARED shared.c)
add_library(spam MODULE spam.c)
target_link_libraries(spam PRIVATE helper shared)
if(RESOURCES)
  target_sources(spam PRIVATE spam.rc)
endif()
""",
    "helper.c": "int helper(int x) { return x + 1; }\n",
    "shared.c": "__declspec(dllexport) int shared(int x) { return x + 2; }\n",
    "spam.c": "int helper(int x); __declspec(dllimport) int shared(int x);\n"
    "__declspec(dllexport) int spam(int x) { return helper(x) + shared(x); }\n",
    "spam.rc": '1 RCDATA { "words\\0" }\n',
}


@pytest.fixture
def cmake(
    tmp_path: Path, repository: Path, run: Run, lacking: Lacking
) -> Callable[..., dict[str, bytes]]:
    """Configure and build a project with a toolchain file; return the images by their names."""
    program, make = shutil.which("cmake"), shutil.which("make")
    if program is None or make is None:
        lacking("cmake and make", "apt-get install cmake make")

    def build(
        name: str, *options: str, path: Sequence[Path] = (), environ: dict[str, str] | None = None
    ) -> dict[str, bytes]:
        for file, text in PROJECT.items():
            (tmp_path / file).write_text(text)
        # Nothing but what the file asks for, and CMake's own.
        folders = map(str, (*path, Path("/usr/bin"), Path("/bin")))
        variables = {"PATH": os.pathsep.join(folders), **(environ or {})}
        configured = run(
            *(program, "--toolchain", repository / "toolchains" / f"win-arm64-{name}.cmake"),
            *("-S", tmp_path, "-B", tmp_path / "build", "-G", "Unix Makefiles"),
            *(f"-DCMAKE_MAKE_PROGRAM={make}", "-DCMAKE_BUILD_TYPE=Release", *options),
            environ=variables,
        )
        assert configured.returncode == 0, configured.stdout
        built = run(program, "--build", tmp_path / "build", "-v", environ=variables)
        assert built.returncode == 0, built.stdout
        made = (tmp_path / "build").iterdir()
        return {file.name: file.read_bytes() for file in made if file.suffix == ".dll"}

    return build


def assert_good(images: dict[str, bytes], *, resources: bool) -> None:
    assert set(images) == {"spam.dll", "shared.dll"}
    assert {machine(image) for image in images.values()} == {WIN_ARM64.machine}
    assert (b".rsrc" in images["spam.dll"][:1024]) is resources
    assert b"shared.dll" in images["spam.dll"]


def assert_module_stands_alone(folder: Path) -> None:
    """Only the DLL that others link with has an import library."""
    assert not {file.name for file in folder.iterdir()} & {"spam.lib", "libspam.dll.a"}


def machine(image: bytes) -> int:
    (header,) = struct.unpack_from("<I", image, 0x3C)
    return int(struct.unpack_from("<H", image, header + 4)[0])


def test_zig(
    cmake: Callable[..., dict[str, bytes]],
    zig: Path,
    zig_environ: dict[str, str],
    tmp_path: Path,
) -> None:
    cache = {"ZIG_GLOBAL_CACHE_DIR": zig_environ["ZIG_GLOBAL_CACHE_DIR"]}

    images = cmake("zig", path=[zig.parent], environ=cache)

    assert_good(images, resources=False)
    assert_module_stands_alone(tmp_path / "build")


def test_zig_is_the_one_that_a_build_has_left_in_the_cache(
    cmake: Callable[..., dict[str, bytes]],
    zig: Path,
    zig_environ: dict[str, str],
    tmp_path: Path,
) -> None:
    host = Host.current()
    tools = tmp_path / "cache" / "tools"
    for version in ("0.9.1", "0.10.0"):
        program = tools / f"ziglang-{version}-{host.system}-{host.machine}" / "ziglang"
        program.parent.mkdir(parents=True)
    program.symlink_to(zig.resolve().parent)
    environ = {"ZIG_GLOBAL_CACHE_DIR": zig_environ["ZIG_GLOBAL_CACHE_DIR"]}

    images = cmake("zig", environ={**environ, "WINARM_CACHE_DIR": str(tmp_path / "cache")})

    assert_good(images, resources=False)
    found = f"WINARM_ZIG:FILEPATH={program}/zig"
    assert found in (tmp_path / "build" / "CMakeCache.txt").read_text()


def test_llvm_mingw(cmake: Callable[..., dict[str, bytes]], llvm_mingw: Path) -> None:
    environ = {"LLVM_MINGW_ROOT": str(llvm_mingw)}

    images = cmake("llvm-mingw", "-DRESOURCES=ON", environ=environ)

    assert_good(images, resources=True)


@pytest.mark.parametrize("layout", ["xwin", "winsysroot"])
def test_clang_cl(
    cmake: Callable[..., dict[str, bytes]],
    llvm: Tools,
    sysroot: Callable[[str], Path],
    tmp_path: Path,
    layout: str,
) -> None:
    tree = tmp_path / "sysroot"
    shutil.copytree(sysroot(layout) / "tree", tree, symlinks=True)
    includes, libraries = folders(tree)
    with_links(libraries)

    library_path = ";".join(map(str, libraries))
    if layout == "xwin":
        options = (f"-DWINARM_INCLUDE_DIRS={includes}", f"-DWINARM_LIBRARY_DIRS={library_path}")
        images = cmake("clang-cl", "-DRESOURCES=ON", *options)
    else:
        # As `winarm env` prints it.
        environ = {"INCLUDE": includes, "LIB": library_path}
        images = cmake("clang-cl", "-DRESOURCES=ON", environ=environ)

    assert_good(images, resources=True)
    assert_module_stands_alone(tmp_path / "build")


def folders(tree: Path) -> tuple[str, list[Path]]:
    """Return the folders of headers and of libraries that a sysroot has."""
    headers = {path.parent for path in tree.rglob("vcruntime.h")}
    for part in ("ucrt", "um"):
        headers |= {
            p for p in tree.rglob(part) if p.parent.name.lower() != "lib" and p.is_symlink()
        }
    return ";".join(map(str, headers)), sorted({path.parent for path in tree.rglob("*.lib")})


def with_links(libraries: list[Path]) -> None:
    """Link the names in the cases that are asked for, as xwin does."""
    for name in ("Kernel32.Lib", "UCRT.lib", "VCRuntime.lib", "MSVCRT.lib", "OLDNAMES.lib"):
        for folder in libraries:
            if (folder / name.lower()).exists():
                (folder / name).symlink_to(name.lower())


def test_msvc(
    cmake: Callable[..., dict[str, bytes]],
    visual_studio: VisualStudio,
    tmp_path: Path,
) -> None:
    """In what a developer prompt sets: PATH, INCLUDE and LIB."""
    toolchain = visual_studio.install(WIN_ARM64.msvc_triple)
    programs = tmp_path / "programs"
    for name, command in (
        ("cl", toolchain.cc),
        ("link", toolchain.link),
        ("lib", toolchain.ar),
        ("rc", toolchain.rc),
        ("mt", (str(debian("llvm-mt")),)),
    ):
        stand_in(programs / name, *command)
    environ = {name: toolchain.environ[name] for name in ("INCLUDE", "LIB")}

    images = cmake("msvc", "-DRESOURCES=ON", path=[programs], environ=environ)

    assert_good(images, resources=True)
