"""Runs in a Windows Python: installs a fake Visual Studio, locates it, and builds a wheel with it.

Called as `python windows_host.py FOLDER`. In FOLDER are `site-packages`, with winarm and all that
it needs; `tests`, with those of winarm; `input`, with vswhere.exe, a sysroot and a project; and
`output`, for what is made.
Prints one line of JSON at the end: what was found.
"""

# ruff: noqa: PLC0415, T201 - what it imports is found once it knows where; its result is printed

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

assert sys.platform == "win32"

import winreg  # noqa: E402 - there is none elsewhere


def main(folder: Path) -> None:
    packages = folder / "site-packages"
    tests = folder / "tests"
    sys.path[:0] = [str(packages), str(tests / "lib"), str(tests / "locate")]
    os.environ["PYTHONPATH"] = str(packages)
    from windows_trees.visual_studio import FakeWindows

    from winarm.host import Host
    from winarm.locate import find_toolchain
    from winarm.locate.windows_sdk import find_sdk
    from winarm.target import WIN_ARM64

    install(FakeWindows(Path("C:/")), folder / "input")
    host = Host.current()
    toolset = {"version": "14.44", "site_folders": [packages]}
    msvc = find_toolchain(host, WIN_ARM64, "msvc", **toolset)
    clang_cl = find_toolchain(host, WIN_ARM64, "clang-cl", site_folders=[packages])
    sdk = find_sdk(host, WIN_ARM64)
    wheel = build(folder)
    found = {
        "machine": host.machine,
        "python": sys.base_exec_prefix,
        "msvc": msvc.version,
        "cl": msvc.cc[0],
        "clang_cl": clang_cl.origin,
        "sdk": str(sdk.found.root) if sdk.found else sdk.misses,
        "wheel": wheel,
    }
    print(json.dumps(found), flush=True)


def install(machine: object, given: Path) -> None:
    """Put Visual Studio, vswhere and the SDK's registry key where they are on real machines."""
    path = machine.visual_studio("2022/BuildTools", toolsets=["14.44.35207"])
    copy_tree(given / "sysroot" / "VC", path / "VC")
    installer = path.parents[1] / "Installer"
    installer.mkdir(exist_ok=True)
    shutil.copyfile(given / "vswhere.exe", installer / "vswhere.exe")
    (installer / "vswhere.json").write_text(json.dumps(machine.entries), encoding="utf-8")
    key = r"SOFTWARE\Wow6432Node\Microsoft\Windows Kits\Installed Roots"
    access = winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, key, access=access) as opened:
        kits = str(given / "sysroot" / "Windows Kits" / "10") + "\\"
        winreg.SetValueEx(opened, "KitsRoot10", 0, winreg.REG_SZ, kits)


def copy_tree(source: Path, destination: Path) -> Path:
    """Copy a folder by reading and writing: Wine 8 has no CopyFile2, which shutil would call."""
    shutil.copytree(source, destination, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return destination


def build(folder: Path) -> str:
    """Build the project's wheel through winarm's own build backend."""
    source = copy_tree(folder / "input" / "project", Path("C:/project"))
    os.chdir(source)
    os.environ.update(WINARM_TARGET="win_arm64", WINARM_TOOLCHAIN="clang-cl", WINARM_VERBOSE="1")
    import winarm.backend

    Path("C:/dist").mkdir(exist_ok=True)
    name = winarm.backend.build_wheel("C:/dist")
    shutil.copyfile(Path("C:/dist") / name, folder / "output" / name)
    return str(name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
