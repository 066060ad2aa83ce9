"""Real wheels, fetched at test time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Once = Callable[[str, Callable[[Path], None]], Path]

#: A folder of wheels that are there already, to test with these and fetch none.
WHEELS = "WINARM_TEST_WHEELS"

#: Requirement, and the Python and ABI that its wheel is for. Pinned, so that a new release
#: cannot turn the tests red; all are good.
GOOD = {
    "numpy==2.5.5": ("313", "cp313"),
    "scipy==1.18.1": ("313", "cp313"),
    "lxml==6.1.3": ("313", "cp313"),
    "pillow==13.0.0": ("313", "cp313"),
    "markupsafe==3.0.3": ("313", "cp313t"),
    "cryptography==46.0.3": ("311", "abi3"),
    "zstandard==0.25.0": ("313", "cp313"),
    "setuptools==84.2.1": ("313", "none"),
}


@pytest.fixture(scope="session")
def good_wheels(once: Once) -> list[Path]:
    """Wheels from the package index that are known to load on ARM64 Windows."""
    named = os.environ.get(WHEELS)
    try:
        folder = Path(named) if named else once("good-wheels", fetch)
    except subprocess.CalledProcessError as error:
        reason = f"pip cannot fetch wheels from the package index: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    names = {requirement.partition("==")[0] for requirement in GOOD}
    wheels = sorted(
        path
        for path in folder.glob("*.whl")
        if path.name.partition("-")[0] in names and not path.name.endswith("win_amd64.whl")
    )
    assert len(wheels) >= len(GOOD), f"{folder} lacks some of {sorted(names)}"
    return wheels


def fetch(folder: Path) -> None:
    for requirement, (python, abi) in GOOD.items():
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--only-binary=:all:", "--platform=win_arm64", "--implementation=cp"),
                *(f"--python-version={python}", f"--abi={abi}", f"--dest={folder}", requirement),
            ],
            check=True,
        )
