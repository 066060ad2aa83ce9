"""Locate once on the fake machine of locate.py, in a process of its own: what that one times.

Usage: python benchmarks/locate_once.py FOLDER
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "locate")]

from windows_trees.visual_studio import FakeWindows  # noqa: E402

from winarm.locate import find_toolchain  # noqa: E402
from winarm.target import WIN_ARM64  # noqa: E402

VERSIONS = {"2019/BuildTools": "16.11.5", "2022/Enterprise": "17.14.1", "18/Community": "18.1.1"}

windows = FakeWindows(Path(sys.argv[1]))
home = windows.programs_x86 / "Microsoft Visual Studio"
windows.entries += [
    {"installationPath": str(home / folder), "installationVersion": version}
    for folder, version in VERSIONS.items()
]
assert find_toolchain(windows.host(), WIN_ARM64).kind == "msvc"
