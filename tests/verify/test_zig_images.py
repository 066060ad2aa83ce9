"""Images that a real linker makes: what zig links for each target, winarm reads as that."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from verify_samples.wheel import wheel

from winarm.coff.image import read_image
from winarm.coff.library import read_library
from winarm.target import TARGETS, WIN_ARM64, Target
from winarm.verify import VerifyOptions, verify

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not find_spec("ziglang"), reason="ziglang is not installed"),
]

SOURCE = """
extern void *PyModuleDef_Init(void *);
static int definition;
__declspec(dllexport) void *PyInit__x(void) { return PyModuleDef_Init(&definition); }
int __stdcall DllMainCRTStartup(void *module, unsigned reason, void *unused) { return 1; }
"""
DEFINITION = "LIBRARY python313.dll\nEXPORTS\nPyModuleDef_Init\n"
MACHINES = {"win_arm64": "arm64", "win_amd64": "i386:x86-64", "win32": "i386"}


def zig(*words: str | Path, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "ziglang", *words], cwd=folder, check=True, capture_output=True
    )


@pytest.fixture(params=TARGETS, ids=lambda target: target.wheel_platform)
def built(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Target, Path]:
    """A module for one of the targets, and the folder that it was built in."""
    target: Target = request.param
    (tmp_path / "x.c").write_text(SOURCE)
    (tmp_path / "python313.def").write_text(DEFINITION)
    machine = MACHINES[target.wheel_platform]
    zig("dlltool", "-m", machine, "-d", "python313.def", "-l", "python313.lib", folder=tmp_path)
    common = ("cc", "-target", target.zig_triple, "-O2")
    zig(*common, "-c", "x.c", "-o", "x.obj", folder=tmp_path)
    # zig takes a minute to make the C library of each target; ARM64's is in every built wheel.
    link = (*common, "-nostdlib", "-shared", "x.obj", "python313.lib", "-o", "_x.pyd")
    zig(*link, folder=tmp_path)
    return target, tmp_path


def test_linked_module_is_read_and_passes(built: tuple[Target, Path], tmp_path: Path) -> None:
    target, folder = built
    data = (folder / "_x.pyd").read_bytes()
    platform = target.wheel_platform

    image = read_image(data)
    report = verify(
        wheel(
            tmp_path,
            {f"pkg/_x.cp313-{platform}.pyd": data},
            f"pkg-1.0-cp313-cp313-{platform}.whl",
        ),
        VerifyOptions(target=target),
    )

    assert {one for one in TARGETS if image.loads_on(one)} == {target}
    assert "PyInit__x" in image.exports.names
    assert ["PyModuleDef_Init"] in [
        list(item.symbols) for item in image.imports if item.dll == "python313.dll"
    ]
    assert image.defects == ()
    assert {found.code.name for found in report.findings} <= {"WA509"}


def test_objects_and_import_libraries_are_read(built: tuple[Target, Path]) -> None:
    target, folder = built
    options = VerifyOptions(target=target)

    assert verify(folder / "x.obj", options).findings == ()
    assert verify(folder / "python313.lib", options).findings == ()
    assert "import" in read_library((folder / "python313.lib").read_bytes()).sorts
    if target is not WIN_ARM64:
        assert [found.code.name for found in verify(folder / "x.obj").findings] == ["WA110"]
