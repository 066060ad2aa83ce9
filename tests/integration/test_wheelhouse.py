"""A wheelhouse with real builds, whatever happens to the run that makes it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from stack_samples import LocalIndex, sdist, served

from winarm.stack.report import Status
from winarm.stack.status import stack_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.integration

NAMES = ("winarm_sample_one", "winarm_sample_two")


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    """An index that has two projects with C code, and a pure one."""
    with served(LocalIndex()) as running:
        for name in NAMES:
            files = {
                "setup.py": "from setuptools import Extension, setup\n"
                f"setup(name={name!r}, version='1', ext_modules=[Extension({name!r}, ['m.c'])])\n",
                "m.c": "#include <Python.h>\n"
                f'static struct PyModuleDef m = {{PyModuleDef_HEAD_INIT, "{name}", 0, -1, 0}};\n'
                f"PyMODINIT_FUNC PyInit_{name}(void) {{ return PyModule_Create(&m); }}\n",
            }
            running.add(f"{name}-1.tar.gz", sdist(f"{name}-1", files))
        running.add("plain-1-py3-none-any.whl")
        yield running


def test_a_run_that_was_killed_in_a_build_is_continued(
    index: LocalIndex,
    tmp_path: Path,
    winarm_command: str,
    building_python: Path,
    interpreter_tag: str,
    clean_environ: dict[str, str],
    index_environ: dict[str, str],
    run: Run,
) -> None:
    house = tmp_path / "house"
    version = f"{interpreter_tag[2]}.{interpreter_tag[3:]}"
    command = [
        *(winarm_command, "wheelhouse", *NAMES, "plain", "--no-deps", "-o", str(house)),
        *("--python", version, "--jobs", "1", "--index-url", index.simple),
    ]
    environ = {**clean_environ, **index_environ}
    environ["PATH"] = f"{building_python.parent}{os.pathsep}{environ['PATH']}"
    first = subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 600
    # One is built, and the other one is being built.
    while not list(house.glob("*win_arm64.whl")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    built = {file.name: file.stat().st_mtime_ns for file in house.glob("*win_arm64.whl")}
    assert built
    assert not (house / "requirements.txt").exists()

    second = run(*command, environ=environ)

    assert second.returncode == 0, second.stdout
    wheels = {file.name: file.stat().st_mtime_ns for file in house.glob("*.whl")}
    assert len(wheels) == len(NAMES) + 1
    kept = [package for package in outcomes(house) if package["outcome"] == "kept"]
    assert {package["file"] for package in kept} & set(built)
    assert all(
        wheels[package["file"]] == built.get(package["file"], wheels[package["file"]])
        for package in kept
    )
    assert not list(house.glob("*.winarm-part"))


def outcomes(house: Path) -> list[dict[str, str]]:
    packages: list[dict[str, str]] = json.loads((house / "wheelhouse.json").read_text())["packages"]
    return packages


@pytest.mark.network
def test_real_packages_have_the_status_that_everybody_knows() -> None:
    report = stack_status(["numpy", "idna", "torch<2.10", "uvloop<0.23"], python="3.13")

    found = {package.name: package for package in report.packages}
    assert found["numpy"].status is Status.READY
    assert found["numpy"].first is not None
    assert found["numpy"].first.version == "2.3.0"
    assert found["idna"].status is Status.PURE
    assert found["torch"].missing
    assert found["uvloop"].status is Status.NOT_FOR_WINDOWS
