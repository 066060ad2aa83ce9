"""A machine with a stand-in for uv and one for zig; everything else on it is real."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.host import Answer, Host
from winarm.locate.lasting_zig import program_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Answers as zig does, and makes the import libraries that it is asked for.
ZIG = """\
#!/bin/sh
if [ "$1" = version ]; then echo 0.17.1; exit; fi
while [ $# -gt 1 ]; do
    if [ "$1" = -l ]; then echo made > "$2"; fi
    shift
done
"""


@dataclass(frozen=True)
class UvHost(Host):
    """The real machine, except that uv installs nothing but zig."""

    #: What uv was asked to install, one tuple for each call.
    installed: list[tuple[str, ...]] = field(default_factory=list)
    #: Whether uv reaches a package index.
    online: bool = True

    def run(self, argv: Sequence[str | Path], **options: Any) -> Answer:  # noqa: ANN401 - Host's
        words = [str(word) for word in argv]
        if Path(words[0]).name == "uv":
            if "venv" in words:
                make_environment(Path(words[-1]))
            return Answer(0, "uv 0.9.1\n", "")
        return super().run(argv, **options)

    def stream(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        cwd: Path,
        output: Callable[[bytes], None],
        tick: Callable[[], None] = lambda: None,
        grace: float = 2.0,
    ) -> int:
        words = [str(word) for word in argv]
        if Path(words[0]).name != "uv":
            return super().stream(argv, environ=environ, cwd=cwd, output=output, tick=tick)
        requirements = tuple(words[words.index("--") + 1 :])
        self.installed.append(requirements)
        output(b"installing\n")
        python = Path(words[words.index("--python") + 1])
        if self.online and any(name.startswith("ziglang") for name in requirements):
            put_zig(modules(python.parent.parent))
        return 0 if self.online else 1


def modules(environment: Path) -> Path:
    base = {"base": str(environment), "platbase": str(environment)}
    return Path(sysconfig.get_path("platlib", "venv", vars=base))


def make_environment(folder: Path) -> None:
    modules(folder).mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)


def put_zig(site_packages: Path) -> None:
    program = site_packages / "ziglang" / program_name(Host.current())
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(ZIG)
    program.chmod(0o755)
    (site_packages / "ziglang-0.17.1.dist-info").mkdir(exist_ok=True)


@pytest.fixture
def uv_host(tmp_path: Path) -> UvHost:
    """Its PATH has uv and a shell, and no toolchain."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "uv").write_text("")
    (programs / "uv").chmod(0o755)
    real = Host.current()
    return UvHost(
        environ={
            "PATH": f"{programs}{os.pathsep}/bin",
            "PIP_CONFIG_FILE": os.devnull,
            "HOME": str(tmp_path),
        },
        system=real.system,
        machine=real.machine,
        # Its environment has no ziglang package.
        executable=Path(sys.executable),
        default_cache=tmp_path / "cache",
    )


@pytest.fixture
def zig_on_path(uv_host: UvHost, tmp_path: Path) -> UvHost:
    (tmp_path / "programs" / "zig").write_text(ZIG)
    (tmp_path / "programs" / "zig").chmod(0o755)
    return replace(uv_host)
