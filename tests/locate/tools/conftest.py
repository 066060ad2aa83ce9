"""The one-word tools, made once by the real zig, and a folder to use them in."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from winarm.host import Host
from winarm.locate import Request
from winarm.locate.zig import find_zig
from winarm.target import WIN_ARM64


@dataclass(frozen=True)
class Tools:
    """The folder of the tools, and where they are run."""

    bin: Path
    cwd: Path

    def path(self, name: str) -> str:
        return str(self.bin / f"aarch64-w64-mingw32-{name}")

    def run(
        self, name: str, *arguments: str, said: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.path(name), *arguments],
            cwd=self.cwd,
            env={**os.environ, **environ},
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )

    def must(self, name: str, *arguments: str, **environ: str) -> str:
        """Run a tool that must succeed; return what it printed."""
        done = self.run(name, *arguments, **environ)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.cwd / ".".join(name.rsplit("_", 1))).write_text(text, encoding="utf-8")

    @property
    def files(self) -> set[str]:
        return {file.name for file in self.cwd.iterdir()}


@pytest.fixture(scope="session")
def layer() -> Path:
    """Return the folder of the programs, as builds and `winarm env` get it."""
    import sysconfig  # noqa: PLC0415

    request = Request(WIN_ARM64, (Path(sysconfig.get_path("platlib")),), lasting=True)
    found = find_zig(Host.current(), request)
    assert found.found is not None, found.misses
    assert found.found.tools is not None
    return found.found.tools


@pytest.fixture
def tools(layer: Path, tmp_path: Path) -> Tools:
    folder = tmp_path / "work"
    folder.mkdir()
    return Tools(layer, folder)
