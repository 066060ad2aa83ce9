"""A sysroot that clang-cl really builds C against, with nothing of Microsoft's in it.

Headers are Wine's (Debian's libwine-dev); import libraries are made from short lists of names;
the start-up object of msvcrt.lib is a few lines of our own. There is no C++ library.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WINE = Path("/usr/include/wine/wine")

#: What a DLL has, for the import library that is named before it.
IMPORTS = {
    "kernel32.lib": {
        "kernel32.dll": (
            "CloseHandle DisableThreadLibraryCalls GetCurrentProcessId GetCurrentThreadId "
            "GetLastError GetModuleHandleW GetProcAddress GetSystemTimeAsFileTime GetTickCount64 "
            "LoadLibraryW QueryPerformanceCounter Sleep VirtualAlloc VirtualFree"
        )
    },
    "ucrt.lib": {
        "api-ms-win-crt-heap-l1-1-0.dll": "calloc free malloc realloc",
        "api-ms-win-crt-math-l1-1-0.dll": "acos atan2 ceil cos exp floor fmod log pow sin sqrt tan",
        "api-ms-win-crt-runtime-l1-1-0.dll": "_errno abort exit strerror",
        "api-ms-win-crt-stdio-l1-1-0.dll": (
            "__acrt_iob_func __stdio_common_vfprintf __stdio_common_vsprintf "
            "__stdio_common_vsscanf fclose fflush fopen fputc fputs fread fseek ftell fwrite puts"
        ),
        "api-ms-win-crt-string-l1-1-0.dll": (
            "_stricmp _strdup isalnum isalpha isdigit isspace strcat strcmp strcpy strlen strncmp "
            "strncpy strnlen strspn tolower toupper wcscpy wcslen"
        ),
        "api-ms-win-crt-convert-l1-1-0.dll": "atof atoi strtod strtol strtoul strtoll strtoull",
        "api-ms-win-crt-utility-l1-1-0.dll": "abs bsearch qsort rand srand",
    },
    "vcruntime.lib": {
        "vcruntime140.dll": (
            "__C_specific_handler memchr memcmp memcpy memmove memset strchr strrchr strstr"
        )
    },
}

#: What CMake links every program with, and nothing here calls.
UNUSED = (
    *("advapi32", "comdlg32", "gdi32", "ole32", "oleaut32"),
    *("shell32", "user32", "uuid", "winspool"),
)
#: A library with nothing in it.
EMPTY = b"!<arch>\n"

#: msvcrt.lib: what starts a DLL, and what the compiler calls without being asked. The libraries
#: are asked for in another case than their files have.
STARTUP = """\
#pragma comment(lib, "Kernel32.Lib")
#pragma comment(lib, "VCRuntime")
#pragma comment(lib, "UCRT.lib")

int _fltused = 0x9875;
unsigned long long __security_cookie = 0x2b992ddfa232ull;
void __security_check_cookie(unsigned long long cookie) { (void)cookie; }

int __stdcall DllMain(void *module, unsigned reason, void *reserved);
int __stdcall winarm_default(void *module, unsigned reason, void *reserved) { return 1; }
#pragma comment(linker, "/alternatename:DllMain=winarm_default")
int __stdcall _DllMainCRTStartup(void *module, unsigned reason, void *reserved)
{
    return DllMain(module, reason, reserved);
}

int main(void);
int winarm_no_main(void) { return 0; }
#pragma comment(linker, "/alternatename:main=winarm_no_main")
int mainCRTStartup(void) { return main(); }
"""

HEADERS = {"ucrt": "msvcrt", "um": "windows"}


@dataclass(frozen=True)
class Tools:
    """clang-cl and llvm-lib as the beginnings of command lines."""

    compiler: Sequence[str | Path]
    lib: Sequence[str | Path]


def make_sysroot(folder: Path, tools: Tools, *, winsysroot: bool = False) -> Path:
    """Make a sysroot in xwin's layout, or in that of `--use-winsysroot-style`."""
    if winsysroot:
        crt = folder / "VC" / "Tools" / "MSVC" / "14.44.35207"
        kits, version = folder / "Windows Kits" / "10", "10.0.26100.0"
        parts = {
            "crt": (crt / "include", crt / "lib" / "arm64"),
            "ucrt": (kits / "Include" / version / "ucrt", kits / "Lib" / version / "ucrt/arm64"),
            "um": (kits / "Include" / version / "um", kits / "Lib" / version / "um/arm64"),
        }
    else:
        parts = {
            "crt": (folder / "crt" / "include", folder / "crt" / "lib" / "aarch64"),
            "ucrt": (folder / "sdk/include/ucrt", folder / "sdk/lib/ucrt/aarch64"),
            "um": (folder / "sdk/include/um", folder / "sdk/lib/um/aarch64"),
        }
    for name, (include, libraries) in parts.items():
        libraries.mkdir(parents=True)
        include.parent.mkdir(parents=True, exist_ok=True)
        if name in HEADERS:
            include.symlink_to(WINE / HEADERS[name])
        else:
            include.mkdir()
            (include / "vcruntime.h").write_text("#pragma once\n#include <crtdefs.h>\n")
    _make_libraries(tools, {name: libraries for name, (_, libraries) in parts.items()})
    return folder


def _make_libraries(tools: Tools, places: dict[str, Path]) -> None:
    homes = {"kernel32.lib": "um", "ucrt.lib": "ucrt", "vcruntime.lib": "crt"}
    for library, dlls in IMPORTS.items():
        home = places[homes[library]]
        pieces = []
        for dll, names in dlls.items():
            definition = home / f"{dll}.def"
            lines = [f'LIBRARY "{dll}"', "EXPORTS", *names.split()]
            definition.write_text("\n".join(lines) + "\n")
            pieces.append(f"{dll}.lib")
            _run(home, *tools.lib, "/machine:arm64", f"/def:{definition.name}", f"/out:{dll}.lib")
        _run(home, *tools.lib, f"/out:{library}", *pieces)
    for name in UNUSED:
        (places["um"] / f"{name}.lib").write_bytes(EMPTY)
    home = places["crt"]
    (home / "startup.c").write_text(STARTUP)
    target = "--target=aarch64-pc-windows-msvc"
    _run(home, *tools.compiler, target, "/c", "/nologo", "/O1", "/Zl", "/GS-", "startup.c")
    for library in ("msvcrt.lib", "oldnames.lib"):
        _run(home, *tools.lib, f"/out:{library}", "startup.obj")


def _run(folder: Path, *command: str | Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
