from __future__ import annotations

import pytest

from winarm.target import WIN_AMD64, WIN_ARM64
from winarm.verify.dlls import Origin, origin_of, system_dlls


@pytest.mark.parametrize(
    ("dll", "origin"),
    [
        ("KERNEL32.dll", Origin.SYSTEM),
        ("kernel32", Origin.SYSTEM),
        ("WINSPOOL.DRV", Origin.SYSTEM),
        ("opengl32.dll", Origin.SYSTEM),
        ("icu.dll", Origin.SYSTEM),
        ("api-ms-win-crt-runtime-l1-1-0.dll", Origin.SYSTEM),
        ("ext-ms-win-ntuser-window-l1-1-0.dll", Origin.SYSTEM),
        ("ucrtbase.dll", Origin.SYSTEM),
        ("msvcp_win.dll", Origin.SYSTEM),
        ("api-of-mine.dll", Origin.UNKNOWN),
        ("python313.dll", Origin.PYTHON),
        ("python3t.dll", Origin.PYTHON),
        ("VCRUNTIME140.dll", Origin.PYTHON),
        ("VCRUNTIME140_1.dll", Origin.VCRUNTIME_1),
        ("vcruntime140_threads.dll", Origin.CPP_RUNTIME),
        ("MSVCP140.dll", Origin.CPP_RUNTIME),
        ("msvcp140_atomic_wait.dll", Origin.CPP_RUNTIME),
        ("msvcp140_1d.dll", Origin.DEBUG_RUNTIME),
        ("vcruntime140_1d.dll", Origin.DEBUG_RUNTIME),
        ("msvcp140d_atomic_wait.dll", Origin.DEBUG_RUNTIME),
        ("msvcp140_codecvt_ids.dll", Origin.CPP_RUNTIME),
        ("mfc140ud.dll", Origin.DEBUG_RUNTIME),
        ("vcomp140.dll", Origin.CPP_RUNTIME),
        ("libstdc++-6.dll", Origin.COMPILER_RUNTIME),
        ("libunwind.dll", Origin.COMPILER_RUNTIME),
        ("libomp140.aarch64.dll", Origin.COMPILER_RUNTIME),
        ("libgfortran-5.dll", Origin.COMPILER_RUNTIME),
        ("libcrypto-3-arm64.dll", Origin.PYTHON_OWN),
        ("libfoo.so", Origin.BUILD_TREE),
        ("D:\\a\\x.dll", Origin.BUILD_TREE),
        ("nvcuda.dll", Origin.DRIVER),
        ("libsodium.dll", Origin.UNKNOWN),
    ],
)
def test_name_tells_who_brings_a_dll(dll: str, origin: Origin) -> None:
    assert origin_of(dll, WIN_ARM64) is origin


def test_x64_python_brings_vcruntime140_1() -> None:
    assert origin_of("vcruntime140_1.dll", WIN_AMD64) is Origin.PYTHON


def test_list_promises_no_runtime_of_a_compiler() -> None:
    assert {name for name in system_dlls() if name.startswith(("vcruntime", "msvcp1"))} <= {
        "msvcp110_win.dll"
    }
    assert len(system_dlls()) > 2000
