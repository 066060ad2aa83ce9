"""A build of a small project in a child, with any toolchain, by this Python's setuptools."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from winarm.config import Settings
from winarm.environment.interpreter import ask
from winarm.libraries.view import Native
from winarm.pipeline.child_environment import build_environment
from winarm.pipeline.child_spec import build_spec
from winarm.plan import Build
from winarm.project.build_system import read_project
from winarm.project.pip_config import PipConfiguration
from winarm.target import WIN_ARM64
from winarm.target_python.target_python import provide

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.host import Host
    from winarm.locate import Toolchain

MODULE = """\
#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "one", NULL, 0, NULL};
PyMODINIT_FUNC PyInit_one(void) { return PyModule_Create(&module); }
"""
SETUP = "setup(name='one', version='1', ext_modules=[Extension('one', ['one.c'] + {more})])"


@dataclass(frozen=True)
class Bench:
    """What builds a project for the target in a child."""

    host: Host
    tmp_path: Path

    def build(
        self, toolchain: Toolchain, source: Path, settings: Settings | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Build `source` in place; the wheel goes to `dist`."""
        scratch = self.tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        interpreter = ask(self.host, self.host.executable)
        project = read_project(source, None, self.host)
        build = Build(
            host=self.host,
            project=replace(project, settings=settings or Settings()),
            target=WIN_ARM64,
            interpreter=interpreter,
            python=interpreter.executable,
            environ=self.host.environ,
            site_folders=(),
            tool_folders=(),
            pip=PipConfiguration(),
            config_settings={},
            listener=lambda _: None,
        ).equipped(
            toolchain,
            provide(self.host, interpreter, WIN_ARM64, toolchain),
            {"error": "no NumPy"},
            Native(),
        )
        spec = scratch / "spec.json"
        spec.write_text(json.dumps(build_spec(build, scratch)), encoding="utf-8")
        code = f"import setuptools.build_meta as b; b.build_wheel({str(self.dist)!r})"
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=source,
            env=build_environment(build, scratch),
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


def project(folder: Path, setup: str, **files: str) -> Path:
    """Write a setuptools project; the first `_` of a file's name stands for the dot."""
    folder.mkdir()
    (folder / "setup.py").write_text(f"from setuptools import Extension, setup\n{setup}\n")
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)
    return folder
