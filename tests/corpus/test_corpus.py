"""A few real projects on every run; `nox -s corpus` tries all of them."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

#: How the tests of an ARM64 Python find it; CONTRIBUTING.md explains them.
TRIAL = tuple(f"WINARM_TEST_{end}" for end in ("RUNNER", "BENCH", "TARGET_PYTHON", "ARM64_PYTHON"))
HERE = Path(__file__).parent
PACKAGES = tomllib.loads((HERE / "packages.toml").read_text("utf-8"))["package"]
#: Those that need native libraries.
MORE = HERE.parent / "libraries" / "packages.toml"
ALL = [*PACKAGES, *tomllib.loads(MORE.read_text("utf-8"))["package"]]


@pytest.mark.parametrize("package", ALL, ids=lambda package: package["name"])
def test_every_package_has_a_use_that_can_fail(package: dict[str, str]) -> None:
    use = HERE / "uses" / f"use_{package['name']}.py"

    assert "\nassert " in use.read_text("utf-8") or "\n    assert " in use.read_text("utf-8")


def test_every_use_has_a_package() -> None:
    named = {f"use_{package['name']}.py" for package in ALL}

    assert {use.name for use in (HERE / "uses").glob("*.py")} == named


@pytest.mark.integration
@pytest.mark.network
@pytest.mark.corpus
@pytest.mark.arm64
@pytest.mark.parametrize("name", [package["name"] for package in PACKAGES if package.get("small")])
def test_small_ones_build_verify_and_work(
    name: str, arm64_version: str, matching_python: Path, clean_environ: dict[str, str]
) -> None:
    trial = {variable: os.environ[variable] for variable in TRIAL if variable in os.environ}
    done = subprocess.run(
        [sys.executable, HERE / "run.py", name, "--python", arm64_version],
        env={**clean_environ, **trial},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
