"""One-word tools for a toolchain whose programs are one program with many names.

Build tools take the first word of a command for the program, ask it for its version without the
others, and derive the names of other tools from it. `tool_layer` makes a folder with
aarch64-w64-mingw32-clang, -ar, -windres and so on that stays where it is. The compilers translate
flags by the table of the child's translator, so that CMake, Meson, setuptools, make and people are
served alike.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from winarm.errors import WinarmError
from winarm.host import Host
from winarm.locate.tools.table import table
from winarm.storage import cached_folder, link_or_copy, remove_unused
from winarm.target import Target

#: Raised when the same sources make another folder.
GENERATOR = 1

#: What the tools are called after the target's name.
NAMES = (
    *("clang", "clang++", "gcc", "g++", "cc", "c++", "cpp", "ar", "ranlib", "nm", "objdump"),
    *("strip", "ld", "windres", "dlltool"),
)

#: Answers for `./configure` that it would find by running programs, or gets wrong for this target.
CONFIG_SITE = """\
# Read by every ./configure that runs with CONFIG_SITE. What the command line says, wins.
: "${lt_cv_deplibs_check_method=pass_all}"
: "${ac_cv_func_malloc_0_nonnull=yes}"
: "${ac_cv_func_realloc_0_nonnull=yes}"
: "${ac_cv_func_calloc_0_nonnull=yes}"
"""

#: Seconds for one program; the first may compile a library for this machine.
TIMEOUT = 600

_HERE = Path(__file__).parent
_RULES = _HERE.parents[1] / "child" / "winarm_child" / "flag_rules.py"


class ToolLayerError(WinarmError):
    """The one-word tools cannot be made on this machine."""


def tool_layer(host: Host, target: Target, zig: Path, flags: Sequence[str]) -> Path:
    """Return the folder of the one-word tools for `zig`, made at its first use.

    :param flags: what every compilation and link begins with.
    :raises ToolLayerError: zig cannot compile for this machine.
    :raises FileSystemError: the cache cannot be written.
    """
    layer = _Layer(host, target, str(zig), tuple(flags))
    first = f"bin/{target.mingw_triple}-clang{host.exe}"

    def make(part: Path) -> None:
        layer.make(part)
        remove_unused(layer.folder.parent, "layer-*")

    return cached_folder(layer.folder, (first, "lib/libwinarm.a"), make)


@dataclass(frozen=True)
class _Layer:
    """The folder: the launcher for this machine, and what it links for the target."""

    host: Host
    target: Target
    zig: str
    flags: tuple[str, ...]

    @property
    def cache(self) -> str:
        """Return zig's own cache where ZIG_GLOBAL_CACHE_DIR names no other when the tools run."""
        return str(self.host.cache / "zig")

    @cached_property
    def folder(self) -> Path:
        """Return where the folder is, by all that it is made from."""
        files = sorted(file for file in _HERE.rglob("*") if file.suffix in {".c", ".h", ".py"})
        facts = [str(GENERATOR), self.target.mingw_triple, self.zig, self.cache, *self.flags]
        facts += [self.host.system, str(self.host.executable), self.host.machine]
        digest = hashlib.sha256("\0".join(facts).encode("utf-8", "surrogateescape"))
        for file in (*files, _RULES):
            digest.update(file.read_bytes())
        return self.host.cache / "tools" / f"layer-{digest.hexdigest()[:16]}"

    def make(self, part: Path) -> None:
        """Fill `part`, which will be the folder."""
        shutil.copytree(_HERE / "include", part / "include")
        for name in ("bin", "lib", "named"):
            (part / name).mkdir()
        shutil.copytree(
            _HERE / "programs", part / "programs", ignore=shutil.ignore_patterns("__pycache__")
        )
        facts = {
            "zig": self.zig,
            "bin": str(self.folder / "bin"),
            "machine": self.target.mingw_triple,
            "target": self.target.zig_triple,
            "exe": self.host.exe,
            "delay": str(self.folder / "lib" / "delay.o"),
        }
        (part / "tools.json").write_text(json.dumps(facts), encoding="utf-8")
        (part / "config.site").write_text(CONFIG_SITE, encoding="ascii", newline="\n")
        self._make_libraries(part)
        self._make_launcher(part)

    def _make_libraries(self, part: Path) -> None:
        library = part / "lib"
        delay = Path(self.zig).resolve().parent / "lib" / "libc" / "mingw" / "misc" / "delayimp.c"
        exports = _HERE / "exports.c"
        sources = {"runtime": _HERE / "runtime.c", "exports": exports, "delay": delay}
        for name, source in sources.items():
            if source.is_file():
                command = ["cc", "-target", self.target.zig_triple, "-O2", "-g0", "-w", "-c"]
                self._run([*command, str(source), "-o", str(library / f"{name}.o")])
        self._run(["ar", "rcs", str(library / "libwinarm.a"), str(library / "runtime.o")])

    def _make_launcher(self, part: Path) -> None:
        final = self.folder
        settings = {
            "ZIG": self.zig,
            "MACHINE": self.target.mingw_triple,
            "FOLDER": str(final / "bin") + os.sep,
            "CACHE": self.cache,
            "PYTHON": str(_lasting_python(self.host)),
            "PROGRAMS": str(final / "programs"),
            "RUNTIME": str(final / "lib" / "libwinarm.a"),
            "EXPORTS": str(final / "lib" / "exports.o"),
            "MADE": f"winarm-{final.name}",
            "EMPTY_LIBRARIES": str(final / "named"),
        }
        flags = (*self.flags, f"-I{final / 'include'}")
        windows = self.host.system == "windows"
        text = table(settings, flags, windows=windows)
        (part / "table.h").write_text(text, encoding="ascii")
        program = part / "bin" / f"{self.target.mingw_triple}-clang{self.host.exe}"
        # For any processor of this kind: caches may be shared by machines.
        options = ["-mcpu=baseline", "-O2", "-s", f"-I{part}", str(_HERE / "launcher.c")]
        # Elsewhere nothing of compiler-rt is needed, which takes 4 s to compile at first use.
        libraries = ["-lshell32"] if windows else ["-rtlib=none"]
        self._run(["cc", *options, "-o", str(program), *libraries])
        for name in NAMES[1:]:
            file = f"{self.target.mingw_triple}-{name}{self.host.exe}"
            link_or_copy(program, program.with_name(file))
        for left in program.parent.glob("*.pdb"):
            left.unlink()

    def _run(self, arguments: Sequence[str]) -> None:
        environ = {"ZIG_GLOBAL_CACHE_DIR": self.cache, **self.host.environ}
        answer = self.host.run([self.zig, *arguments], environ=environ, timeout=TIMEOUT)
        if not answer.ok:
            raise ToolLayerError(
                f"zig cannot make its one-word tools: {' '.join(arguments)[:500]}",
                why=answer.stderr.strip()[-2000:],
            )


def _lasting_python(host: Host) -> Path:
    """Return the Python behind a virtual environment's, which may go away."""
    for line in _configuration(host.executable):
        name, _, value = line.partition("=")
        if name.strip() == "home":
            for spelled in (host.executable.name, "python3", "python.exe", "python"):
                if (program := Path(value.strip(), spelled)).is_file():
                    return program
    return host.executable.resolve()


def _configuration(python: Path) -> Iterator[str]:
    file = python.parent.parent / "pyvenv.cfg"
    if file.is_file():
        yield from file.read_text(encoding="utf-8", errors="replace").splitlines()
