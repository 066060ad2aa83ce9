"""What pip or uv refuses to install, verification refuses too: the installers are asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from unmeasured import unmeasured
from verify_samples.hostile import CASES, Case

from winarm.verify import verify

pytestmark = pytest.mark.integration

JUDGED = Path(__file__).parent / "cases"
#: Cases about the archive and the metadata; the loader of Windows judges the others.
KINDS = ("WA0", "WA6")
#: For another machine on purpose, which installers refuse by the tag alone; and a variant, which
#: only installers that know the draft of PEP 825 take.
ELSEWHERE = {"a wheel tagged for x64", "a variant"}


def pip(wheel: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"),
            *("--disable-pip-version-check", "--only-binary=:all:", "--platform=win_arm64"),
            *("--python-version=3.13", f"--target={folder}", str(wheel)),
        ],
        env=unmeasured(),
        capture_output=True,
        text=True,
        check=False,
    )


def uv(wheel: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", "--offline"),
            *("--no-deps", "--no-cache", "--python-platform=aarch64-pc-windows-msvc"),
            *("--python-version=3.13", f"--target={folder}", str(wheel)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def agrees(wheel: Path, folder: Path) -> None:
    """Assert that an installer that refuses the wheel is not alone with it."""
    refused = {
        name: done.stderr
        for name, install in (("pip", pip), ("uv", uv))
        if (done := install(wheel, folder / name)).returncode
    }

    assert not (refused and verify(wheel).ok), refused


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.code.startswith(KINDS) and case.what not in ELSEWHERE],
    ids=lambda case: case.what,
)
def test_hostile_wheel_that_an_installer_refuses_is_refused(case: Case, tmp_path: Path) -> None:
    agrees(case.make(tmp_path), tmp_path)


@pytest.mark.parametrize(
    "wheel",
    [
        wheel
        for pattern in ("zip*", "md-*", "name-cp*")
        for wheel in sorted(JUDGED.glob(f"{pattern}/*.whl"))
    ],
    ids=lambda wheel: wheel.parent.name,
)
def test_judged_wheel_that_an_installer_refuses_is_refused(wheel: Path, tmp_path: Path) -> None:
    agrees(wheel, tmp_path)


def test_installers_take_a_good_wheel(tmp_path: Path) -> None:
    good = next(JUDGED.glob("md-license-blank-line/*.whl"))

    assert pip(good, tmp_path / "pip").returncode == 0
    assert uv(good, tmp_path / "uv").returncode == 0
