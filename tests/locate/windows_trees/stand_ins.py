"""Toolchains that cannot be had here, put together from those that can.

A Visual Studio whose cl, link and lib hand their arguments to clang-cl, lld-link and llvm-lib; and
an llvm-mingw of Debian's clang and lld with zig's headers and libraries of MinGW, in the layout
and under the names of its releases.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.locate import Request
from winarm.locate.msvc import find_msvc
from winarm.locate.overlay import case_overlay
from winarm.target import WIN_ARM64
from windows_trees.sysroot import EMPTY, UNUSED
from windows_trees.visual_studio import FakeWindows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from winarm.host import Host
    from winarm.locate import Toolchain
    from windows_trees.sysroot import Tools

TOOLSET = "14.44.35207"


def debian(name: str) -> Path | None:
    """Return an LLVM program of Debian's, or one without a version in its name."""
    found = shutil.which(f"{name}-19") or shutil.which(name)
    return Path(found) if found else None


def stand_in(path: Path, *command: str | Path) -> Path:
    """Write a program that hands its arguments on to another."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = " ".join(f"'{word}'" for word in command)
    path.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    path.chmod(0o755)
    return path


@dataclass(frozen=True)
class VisualStudio:
    """An installation with libraries that link, and programs that LLVM's stand behind."""

    host: Host
    folder: Path
    #: A sysroot in the layout of Visual Studio.
    tree: Path
    llvm: Tools

    def install(self, target: str) -> Toolchain:
        """Install it and return it as it is found; its cl compiles for the triple `target`."""
        machine = FakeWindows(self.folder)
        installation = machine.visual_studio(toolsets=[TOOLSET])
        kits = machine.sdk()
        below = Path("VC", "Tools", "MSVC", TOOLSET)
        shutil.copytree(self.tree / below, installation / below, dirs_exist_ok=True)
        for part in ("Include", "Lib"):
            shutil.rmtree(kits / part)
            (kits / part).symlink_to(self.tree / "Windows Kits" / "10" / part)
        finding = find_msvc(machine.host(), Request(WIN_ARM64))
        assert finding.found is not None, finding.misses
        self._fill(finding.found, target)
        return finding.found

    def _fill(self, toolchain: Toolchain, target: str) -> None:
        # An option that this clang-cl does not know is an error.
        compiler = (*self.llvm.compiler, f"--target={target}", "-Werror=unknown-argument")
        # Windows' file system ignores case.
        overlay = case_overlay(self.host, toolchain.library_dirs)
        linker = (str(debian("lld-link")), "/WX", f"/vfsoverlay:{overlay}")
        for command, behind in (
            (toolchain.cc, compiler),
            (toolchain.link, linker),
            (toolchain.ar, self.llvm.lib),
            (toolchain.rc, (str(debian("llvm-rc")),)),
        ):
            stand_in(Path(command[0]), *behind)


@dataclass(frozen=True)
class LlvmMingw:
    """How to put a release of llvm-mingw together, for C."""

    zig: Path
    #: In which zig keeps the C library that it makes.
    environ: Mapping[str, str]

    def unpack(self, folder: Path) -> None:
        """Fill `folder` as a release's archive would."""
        triple = WIN_ARM64.mingw_triple
        clang = os.fspath(debian("clang") or "clang")
        resources = folder / "lib" / "clang" / "19"
        runtime = resources / "lib" / "windows"
        home = folder / triple
        for new in (runtime, home / "lib"):
            new.mkdir(parents=True)
        asked = _run(folder, clang, "-print-resource-dir").strip()
        (resources / "include").symlink_to(Path(asked) / "include")
        headers = self.zig.resolve().parent / "lib" / "libc" / "include" / "any-windows-any"
        (home / "include").symlink_to(headers)
        compiler = stand_in(
            folder / "bin" / f"{triple}-clang",
            *(clang, "--start-no-unused-arguments", "-target", triple, f"--sysroot={folder}"),
            *(f"-resource-dir={resources}", "-rtlib=compiler-rt", "-unwindlib=none"),
            *(f"--ld-path={debian('ld.lld')}", "--end-no-unused-arguments"),
        )
        shutil.copy(compiler, compiler.with_name(f"{triple}-clang++"))
        for name, options in (("ar", ()), ("dlltool", ()), ("windres", (f"--target={triple}",))):
            stand_in(folder / "bin" / f"{triple}-{name}", str(debian(f"llvm-{name}")), *options)
        stand_in(folder / "bin" / "llvm-rc", str(debian("llvm-rc")))
        self._libraries(folder, home / "lib", runtime)
        for name in ("crtbegin", "crtend"):
            (folder / f"{name}.c").touch()
            _run(folder, compiler, "-c", f"{name}.c", "-o", home / "lib" / f"{name}.o")

    def _libraries(self, folder: Path, libraries: Path, runtime: Path) -> None:
        """Lay out what zig links a DLL with, under MinGW's names."""
        (folder / "main.c").write_text("int main(void) { return 0; }\n")
        environ = {**self.environ, "ZIG_VERBOSE_LINK": "1"}
        link = (self.zig, "cc", "-target", WIN_ARM64.zig_triple, "-O2", "-s", "main.c", "-o")
        said = _run(folder, *link, "main.exe", environ=environ)
        said += _run(folder, *link, "main.dll", "-shared", environ=environ)
        linked = {Path(word).name: word for word in said.split() if word.endswith((".obj", ".lib"))}
        c_library = [path for name, path in linked.items() if name.startswith("api-ms-win-crt-")]
        for name, path in {
            **{f"lib{own}.a": linked[f"{own}.lib"] for own in ("advapi32", "kernel32", "shell32")},
            "libuser32.a": linked["user32.lib"],
            "crt2.o": linked["crt2.obj"],
            "dllcrt2.o": linked["dllcrt2.obj"],
            "libmingw32.a": linked["libmingw32.lib"],
            "libmingwex.a": linked["zigc.lib"],
        }.items():
            shutil.copyfile(path, libraries / name)
        shutil.copyfile(linked["compiler_rt.lib"], runtime / "libclang_rt.builtins-aarch64.a")
        merged = libraries / "libmsvcrt.a"
        _run(folder, str(debian("llvm-lib")), f"/out:{merged}", *c_library, linked["ntdll.lib"])
        for name in ("moldname", *UNUSED):
            if not (libraries / f"lib{name}.a").exists():
                (libraries / f"lib{name}.a").write_bytes(EMPTY)


def _run(folder: Path, *command: str | Path, environ: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout + done.stderr
