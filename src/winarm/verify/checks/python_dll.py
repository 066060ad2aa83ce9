"""Every image must import the Python DLL that will be in its process, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from winarm.coff.image import Image
from winarm.target import PythonABI
from winarm.verify.checks.module_name import ModuleName
from winarm.verify.codes import Code
from winarm.verify.member_names import is_module
from winarm.verify.options import VerifyOptions
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.filename import Promise

STABLE_DLLS = frozenset({"python3.dll", "python3t.dll"})
_PYTHON_DLL = re.compile(r"python(?P<major>3)(?P<minor>[0-9]*)(?P<threading>t?)(?P<debug>_d)?\.dll")
_ANY_PYTHON_DLL = re.compile(r"python3[0-9]*t?(_d)?\.dll|libpypy3\.[0-9]+-c\.dll")


def check_python_dlls(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find images that import the DLL of a Python that will not run them."""
    for member, image in subject.checked.items():
        if image.loads_on(subject.target):
            if subject.name is not None and subject.name.pypy_dlls:
                yield from _pypy_dlls(subject.name.pypy_dlls, member, image)
                continue
            promise = promise_for(subject, member)
            dlls = python_dlls(image)
            for dll in dlls:
                yield from judge_python_dll(member, dll, promise)
            if not dlls and _is_importable(member, image):
                yield finding(Code.WA305, member, "it imports no python3XX.dll or python3.dll")


def _pypy_dlls(own: frozenset[str], member: str, image: Image) -> Iterator[Finding]:
    """Find the DLL of another Python than the PyPy that a wheel is for."""
    for item in image.imports:
        if item.file not in own and _ANY_PYTHON_DLL.fullmatch(item.file):
            words = f"it imports {item.dll}, and its Python has {', '.join(sorted(own))}"
            yield finding(Code.WA301, member, words)


def python_dlls(image: Image) -> tuple[str, ...]:
    """Return the Python DLLs that an image imports, in lower case."""
    return tuple(filter(_PYTHON_DLL.fullmatch, dict.fromkeys(item.file for item in image.imports)))


def serves(image: Image, python: PythonABI) -> bool:
    """Return whether the Python DLLs that an image imports are in a process of `python`."""
    return all(_is_in(dll, python) for dll in python_dlls(image))


def _is_in(dll: str, python: PythonABI) -> bool:
    if dll in STABLE_DLLS:
        return python.offers_stable_dll(both_threadings=dll == "python3t.dll")
    return dll == python.dll


def promise_for(subject: Subject, member: str) -> Promise:
    """Return the Pythons that a member must suit: its own suffix's, or the wheel's."""
    module = ModuleName.parse(member) if is_module(member) else None
    if module is not None and module.abi is not None:
        return Promise(abis=frozenset({module.abi}))
    return subject.name.promise if subject.name is not None else Promise()


def _is_importable(member: str, image: Image) -> bool:
    module = ModuleName.parse(member) if is_module(member) else None
    return module is not None and image.exports.have_any(module.init_names)


def judge_python_dll(member: str, dll: str, promise: Promise) -> Iterator[Finding]:
    """Yield why a DLL of Python is not the one in the processes that are promised."""
    match = _PYTHON_DLL.fullmatch(dll)
    if match is None:
        return
    if match["debug"]:
        yield finding(Code.WA302, member, f"it imports the debug Python's {dll}")
        return
    threaded = bool(match["threading"])
    abi = PythonABI(int(match["minor"]), threaded) if match["minor"] else None
    if abi is None:
        yield from _judge_stable(member, dll, promise, threaded=threaded)
    elif promise.abis and abi not in promise.abis:
        wanted = ", ".join(sorted(other.dll for other in promise.abis))
        mixed = any(other.minor == abi.minor for other in promise.abis)
        code = Code.WA304 if mixed else Code.WA301
        yield finding(code, member, f"it imports {dll}, and its Python has {wanted}")
    elif promise.stable is not None and not promise.abis:
        words = f"it imports {dll}, and the wheel promises every Python from"
        yield finding(Code.WA303, member, f"{words} {promise.stable.version} on")


def _judge_stable(member: str, dll: str, promise: Promise, *, threaded: bool) -> Iterator[Finding]:
    """Compare the stable ABI's DLL to the Pythons promised: one of these, or all from some on."""
    pythons = promise.abis or promise.stables
    good = [python.offers_stable_dll(both_threadings=threaded) for python in pythons]
    if pythons and not (any(good) if promise.abis else all(good)):
        bad = [python for python, offered in zip(pythons, good, strict=True) if not offered]
        wanted = ", ".join(sorted({python.stable_dll for python in bad}))
        yield finding(Code.WA304, member, f"it imports {dll}, and its Python has {wanted}")
