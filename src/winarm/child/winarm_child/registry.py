"""`winreg` as a registry without keys: what a setup.py that looks for installed programs gets.

Every key is missing, in the words of Windows. What would change the registry is refused.
"""

from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NoReturn, Self

#: Predefined keys, access rights and types of values, as winreg.h has them.
CONSTANTS = {
    **{
        name: 0x80000000 + number
        for number, name in enumerate(
            (
                *("HKEY_CLASSES_ROOT", "HKEY_CURRENT_USER", "HKEY_LOCAL_MACHINE", "HKEY_USERS"),
                *("HKEY_PERFORMANCE_DATA", "HKEY_CURRENT_CONFIG", "HKEY_DYN_DATA"),
            )
        )
    },
    "KEY_QUERY_VALUE": 1,
    "KEY_SET_VALUE": 2,
    "KEY_CREATE_SUB_KEY": 4,
    "KEY_ENUMERATE_SUB_KEYS": 8,
    "KEY_NOTIFY": 16,
    "KEY_CREATE_LINK": 32,
    "KEY_WOW64_64KEY": 0x100,
    "KEY_WOW64_32KEY": 0x200,
    "KEY_WRITE": 0x20006,
    "KEY_READ": 0x20019,
    "KEY_EXECUTE": 0x20019,
    "KEY_ALL_ACCESS": 0xF003F,
    **{
        name: number
        for number, name in enumerate(
            (
                *("REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD"),
                *("REG_DWORD_BIG_ENDIAN", "REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST"),
                *("REG_FULL_RESOURCE_DESCRIPTOR", "REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD"),
            )
        )
    },
    "REG_DWORD_LITTLE_ENDIAN": 4,
    "REG_QWORD_LITTLE_ENDIAN": 11,
}

_NOT_FOUND = "The system cannot find the file specified"
_NO_MORE = "No more data is available"


class HKEYType:
    """A handle, which only names a predefined key."""

    def __init__(self, handle: int = 0) -> None:
        self.handle = handle

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close it."""
        self.handle = 0

    def __int__(self) -> int:
        """Return the number of the handle."""
        return self.handle

    def __bool__(self) -> bool:
        """Return whether it is open."""
        return self.handle != 0

    def Close(self) -> None:  # noqa: N802 - winreg's own names
        """Close it."""
        self.handle = 0

    def Detach(self) -> int:  # noqa: N802
        """Return its number and close it."""
        handle, self.handle = self.handle, 0
        return handle


def _missing(*_args: Any, **_kwargs: Any) -> NoReturn:
    error = FileNotFoundError(2, _NOT_FOUND)
    error.winerror = 2  # type: ignore[attr-defined]
    raise error


def _no_more(*_args: Any, **_kwargs: Any) -> NoReturn:
    error = OSError(22, _NO_MORE)
    error.winerror = 259  # type: ignore[attr-defined]
    raise error


def _refused(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise PermissionError(13, "a cross build has no registry to write to")


def _open(key: Any, sub_key: str | None = None, *_args: Any, **_kwargs: Any) -> HKEYType:
    if sub_key:
        _missing()
    return HKEYType(int(key))


def make() -> ModuleType:
    """Return the module."""
    module = ModuleType("winreg", "The registry of a machine that has no keys in it.")
    module.__dict__.update(CONSTANTS)
    module.__dict__.update(
        error=OSError,
        HKEYType=HKEYType,
        CloseKey=lambda key: key.Close() if isinstance(key, HKEYType) else None,
        ConnectRegistry=lambda _computer, key: HKEYType(int(key)),
        DisableReflectionKey=lambda _key: None,
        EnableReflectionKey=lambda _key: None,
        QueryReflectionKey=lambda _key: True,
        EnumKey=_no_more,
        EnumValue=_no_more,
        ExpandEnvironmentStrings=_expanded,
        FlushKey=lambda _key: None,
        OpenKey=_open,
        OpenKeyEx=_open,
        QueryInfoKey=lambda _key: (0, 0, 0),
        QueryValue=_missing,
        QueryValueEx=_missing,
    )
    writing = (
        *("CreateKey", "CreateKeyEx", "DeleteKey", "DeleteKeyEx", "DeleteTree"),
        *("DeleteValue", "LoadKey", "SaveKey", "SetValue", "SetValueEx"),
    )
    module.__dict__.update(dict.fromkeys(writing, _refused))
    return module


class Loader:
    """Loads the module for who has asked only whether it can be found."""

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        """Return the module."""
        return make()

    def exec_module(self, _module: ModuleType) -> None:
        """Do nothing: it is made already."""


def _expanded(text: str) -> str:
    """Return a text with each `%NAME%` that the environment has."""
    import os
    import re

    def value(match: "re.Match[str]") -> str:
        return os.environ.get(match[1], match[0])

    return re.sub("%([^%]+)%", value, text)
