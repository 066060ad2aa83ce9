"""What the tests of toolchains build with: compilers, sysroots, and what stands in for others.

clang-cl is Debian's (clang-19, lld-19, llvm-19) and the one inside the ziglang wheel; it builds
against a sysroot made of Wine's headers (libwine-dev). What stands in for msvc and llvm-mingw has
their own names, layouts and command lines.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from windows_trees.bench import Bench
from windows_trees.stand_ins import LlvmMingw, VisualStudio, debian
from windows_trees.sysroot import WINE, Tools, make_sysroot

from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def zig(zig_program: Path) -> Path:
    return zig_program


@pytest.fixture(scope="session")
def llvm(lacking: Lacking) -> Tools:
    """Debian's LLVM."""
    names = ("clang", "ld.lld", "lld-link", "llvm-ar", "llvm-lib", "llvm-rc", "llvm-windres")
    programs = {name: debian(name) for name in names}
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


@pytest.fixture
def bench(tmp_path: Path, clean_environ: dict[str, str]) -> Bench:
    environ = {"WINARM_CACHE_DIR": str(tmp_path / "cache"), **clean_environ}
    return Bench(replace(Host.current(), environ=environ), tmp_path)


@pytest.fixture(scope="session")
def zig_environ(clean_environ: dict[str, str]) -> dict[str, str]:
    """An environment in which zig finds the C library that it has made for others."""
    cache = Host(clean_environ, "linux", "", Path()).cache / "zig"
    return {"ZIG_GLOBAL_CACHE_DIR": str(cache), **clean_environ}


@pytest.fixture
def visual_studio(
    tmp_path: Path, bench: Bench, llvm: Tools, sysroot: Callable[[str], Path]
) -> VisualStudio:
    """A Visual Studio whose cl, link and lib are LLVM's, and whose libraries are the sysroot's."""
    tree = sysroot("winsysroot") / "tree"
    return VisualStudio(bench.host, tmp_path / "Program Files é", tree, llvm)


@pytest.fixture(scope="session")
def llvm_mingw(once: Once, zig: Path, llvm: Tools, zig_environ: dict[str, str]) -> Path:
    """A folder like one of llvm-mingw's releases."""
    return once("llvm-mingw", LlvmMingw(zig, zig_environ).unpack)
