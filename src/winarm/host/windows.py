"""What only Windows answers: its registry, and which machine it really runs on."""

from __future__ import annotations

import sys
from typing import Literal

from winarm.errors import WinarmError

Hive = Literal["HKLM", "HKCU"]


class RegistryError(WinarmError):
    """A value of the Windows registry is there and cannot be read as text."""


def registry_value(hive: Hive, key: str, name: str) -> str | None:
    r"""Return the text of a value in the Windows registry, or None where there is none.

    :param key: as the 64-bit view has it; the 32-bit one is below `SOFTWARE\\Wow6432Node`.
    :raises RegistryError: it is not text, or may not be read.
    """
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - there is none elsewhere

    root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
    try:
        access = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
        with winreg.OpenKey(root, key, access=access) as opened:
            value, kind = winreg.QueryValueEx(opened, name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RegistryError(
            rf"{hive}\{key}\{name} in the registry: {error.strerror or error}"
        ) from error
    if not isinstance(value, str):
        raise RegistryError(rf"{hive}\{key}\{name} in the registry: it is not text")
    return winreg.ExpandEnvironmentStrings(value) if kind == winreg.REG_EXPAND_SZ else value


#: What IsWow64Process2 calls the machines (winnt.h, IMAGE_FILE_MACHINE_*).
_NATIVE_MACHINES = {0xAA64: "arm64", 0x8664: "amd64", 0x014C: "x86"}


def native_machine() -> str:
    """Return the machine that Windows runs on; on another system nothing.

    An emulated x64 process sees AMD64 everywhere else, and PROCESSOR_ARCHITEW6432 is empty
    there. IsWow64Process2 came with Windows 10 1709; before, there was no ARM64.
    """
    if sys.platform != "win32":
        return ""
    import ctypes  # noqa: PLC0415 - only Windows needs it
    import platform  # noqa: PLC0415 - and this

    process, native = ctypes.c_ushort(), ctypes.c_ushort()
    try:
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        ask = kernel32.IsWow64Process2
        ask.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        # -1 is the handle of the process that asks.
        done = ask(ctypes.c_void_p(-1), ctypes.byref(process), ctypes.byref(native))
    except (AttributeError, OSError):
        done = 0
    known = _NATIVE_MACHINES.get(native.value) if done else None
    return known or platform.machine()
