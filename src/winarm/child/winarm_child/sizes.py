"""`struct`, `array` and `ctypes` with the sizes of the target's C types.

64-bit Windows is LLP64: `long` has 4 bytes, `wchar_t` 2, `long double` 8. A setup.py that asks for
them builds what it asks for, so the project's code gets the target's answer.
"""

import array
import functools
import re
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any, Self

from .answers import Unavailable

#: Size and alignment of each native code of `struct`; the standard code that has this size.
NATIVE: dict[str, tuple[int, str]] = {
    **dict.fromkeys("cbB?", (1, "")),
    **dict.fromkeys("hHe", (2, "")),
    **dict.fromkeys("iIlLf", (4, "")),
    **dict.fromkeys("qQd", (8, "")),
    "n": (8, "q"),
    "N": (8, "Q"),
    "P": (8, "Q"),
}
#: Complex numbers (3.14): two of the same, aligned as one.
COMPLEX = {"F": 4, "D": 8}

_TOKEN = re.compile(r"\s*(\d*)([a-zA-Z?])")


def portable(wanted: Any) -> Any:
    """Return a native format of `struct` as one of standard sizes that means it on the target.

    >>> portable("hl"), portable("@bq0l"), portable("<l"), portable("nP")
    ('<h2xl', '<b7xq0l', '<l', '<qQ')
    """
    text = wanted.decode("ascii", "replace") if isinstance(wanted, bytes) else wanted
    if not isinstance(text, str) or text[:1] in {"<", ">", "!", "="}:
        return wanted
    text = text.removeprefix("@")
    parts, size, end = ["<"], 0, 0
    while (token := _TOKEN.match(text, end)) is not None:
        end = token.end()
        count, code = token.groups()
        repeat = int(count) if count else 1
        if code in {"x", "s", "p"}:
            width, alignment, code_on_target = 1, 1, code
        elif code in COMPLEX:
            alignment, code_on_target = COMPLEX[code], code
            width = 2 * alignment
        elif code in NATIVE:
            alignment, standard = NATIVE[code]
            width, code_on_target = alignment, standard or code
        else:
            return wanted
        padding = -size % alignment
        parts.append((f"{padding}x" if padding > 1 else "x" * padding) + count + code_on_target)
        size += padding + repeat * width
    # What is no format stays the real module's to complain about.
    return "".join(parts) if not text[end:].strip() else wanted


class TargetStruct(struct.Struct):
    """A `struct.Struct` whose native sizes are the target's."""

    def __new__(cls, format: Any, *_args: Any) -> Self:  # noqa: A002 - its own name
        """Make one of the format that means the same on the target."""
        return super().__new__(cls, portable(format))  # type: ignore[call-arg]

    def __init__(self, format: Any) -> None:  # noqa: A002
        """Set up the same."""
        super().__init__(portable(format))


def struct_answers(_answers: object) -> dict[str, object]:
    """Return what `struct` says on the target."""

    def on_target(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda format, *args, **kwargs: function(  # noqa: A006
            portable(format), *args, **kwargs
        )

    names = ("calcsize", "pack", "pack_into", "unpack", "unpack_from", "iter_unpack")
    functions: dict[str, object] = {name: on_target(getattr(struct, name)) for name in names}
    return {**functions, "Struct": TargetStruct}


#: Codes of `array` whose items have another size on the target, and those that have it here.
ARRAY_CODES = {"l": "i", "L": "I"}


class TargetArray(array.array):  # type: ignore[type-arg]
    """An `array.array` whose items have the target's sizes."""

    _code: str

    def __new__(cls, typecode: str, *initial: Any) -> Self:
        """Make one whose items are as long as on the target."""
        made = super().__new__(cls, ARRAY_CODES.get(typecode, typecode), *initial)
        made._code = typecode
        return made

    @property
    def typecode(self) -> str:  # type: ignore[override]
        """Return the code that was asked for."""
        return self._code

    @property
    def itemsize(self) -> int:
        """Return the size of an item; `wchar_t` has 2 bytes on the target."""
        return 2 if self._code == "u" else super().itemsize


def array_answers(_answers: object) -> dict[str, object]:
    """Return what `array` has on the target."""
    return {"array": TargetArray, "ArrayType": TargetArray}


@functools.cache
def ctypes_sizes() -> dict[str, object]:
    """Return the types of `ctypes` that have other sizes on the target.

    As ctypes has it there: where two types of C are alike, the second is the first.
    """
    import ctypes

    def set_character(self: Any, value: str = "\0") -> None:
        ctypes.c_uint16.__init__(self, ord(value))

    types: dict[str, object] = {
        "c_long": ctypes.c_int,
        "c_ulong": ctypes.c_uint,
        "c_longdouble": ctypes.c_double,
        "c_wchar": type("c_wchar", (ctypes.c_uint16,), {"__init__": set_character}),
    }
    if hasattr(ctypes, "c_time_t"):
        types["c_time_t"] = ctypes.c_int64
    return types


def ctypes_answers(_answers: object) -> dict[str, object]:
    """Return the target's types, and the explanation for what only Windows' `ctypes` has."""
    names = ("windll", "oledll", "WinDLL", "OleDLL", "WinError", "GetLastError")
    why = (
        "ctypes.{} exists on Windows only, and this build runs on another system: a project "
        "that is cross-built cannot call the machine that it is built for"
    )
    return {**{name: Unavailable(why.format(name)) for name in names}, **ctypes_sizes()}


def wintypes_answers(_answers: object) -> dict[str, object]:
    """Return what `ctypes.wintypes` has, read again by the sizes of the target: DWORD has 4."""
    import builtins
    import ctypes
    import importlib.util

    spec = importlib.util.find_spec("ctypes.wintypes")
    code = spec.loader.get_code("ctypes.wintypes") if spec and spec.loader else None  # type: ignore[attr-defined]
    if code is None:
        return {}
    on_target = ModuleType("ctypes")
    vars(on_target).update({**vars(ctypes), **ctypes_sizes()})
    real_import = builtins.__import__

    def import_(name: str, *args: Any, **kwargs: Any) -> Any:
        return on_target if name == "ctypes" else real_import(name, *args, **kwargs)

    types: dict[str, object] = {
        "__name__": "ctypes.wintypes",
        "__builtins__": {**vars(builtins), "__import__": import_},
    }
    exec(code, types)  # noqa: S102 - the standard library's own module
    return {name: value for name, value in types.items() if not name.startswith("__")}
