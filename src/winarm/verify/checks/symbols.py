"""Every image must import the Python DLL of its process, and symbols that its DLLs export."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache
from heapq import nsmallest

from winarm.coff.buffer import dll_file, symbol_text
from winarm.coff.image import Image
from winarm.coff.imports import Import
from winarm.python_exports import exported_names, stable_names
from winarm.target import NEWEST_PYTHON, PythonABI
from winarm.verify.checks.module_name import ModuleName
from winarm.verify.codes import Code
from winarm.verify.dll_search import Found
from winarm.verify.dlls import Origin, origin_of
from winarm.verify.member_names import place_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.filename import Promise

STABLE_DLLS = frozenset({"python3.dll", "python3t.dll"})
_PYTHON_DLL = re.compile(r"python(?P<major>3)(?P<minor>[0-9]*)(?P<threading>t?)(?P<debug>_d)?\.dll")
_ANY_PYTHON_DLL = re.compile(r"python3[0-9]*t?(_d)?\.dll|libpypy3\.[0-9]+-c\.dll")
#: Forwarders that lead to one another.
_LONGEST_CHAIN = 64
#: Forwarders of one wheel that are followed; published wheels have some hundreds.
_MOST_STEPS = 200_000
#: Names that one finding lists.
_LISTED = 4


def check_symbols(subject: Subject) -> Iterator[Finding]:
    """Find DLLs of other Pythons, and symbols that neither Python nor the wheel's DLLs export."""
    forwarders = _Forwarders(subject)
    for member, image in subject.loadable.items():
        promise = _promise_for(subject, member)
        if subject.name is not None and subject.name.pypy_dlls:
            yield from _pypy_dlls(subject.name.pypy_dlls, member, image)
        elif not _has_own_python(subject, member, image):
            yield from _python_dlls(member, image, promise)
        for dll, wanted in _python_imports(image).items():
            yield from _python_symbols(member, dll, wanted, promise)
        for needed, located in subject.search.links(member):
            if located is not None:
                yield from _own_symbols(subject, forwarders, member, needed, located.member)
            elif needed.file in subject.brought:
                yield from _brought_symbols(subject, member, needed)
        module = ModuleName.parse(member)
        if module is not None and image.exports.forwarders:
            yield from forwarders.check(member, member, module.init_names)
    if forwarders.steps_left < 0:
        words = "its DLLs forward more symbols than are followed; the rest was not verified"
        yield finding(Code.WA004, "", words, cure="Do not install it; no genuine wheel does that.")


def _python_dlls(member: str, image: Image, promise: Promise) -> Iterator[Finding]:
    dlls = python_dlls(image)
    for dll in dlls:
        yield from _judge_python_dll(member, dll, promise)
    module = ModuleName.parse(member)
    if not dlls and module is not None and image.exports.have_any(module.init_names):
        yield finding(Code.WA305, member, "it imports no python3XX.dll or python3.dll")


def _pypy_dlls(own: frozenset[str], member: str, image: Image) -> Iterator[Finding]:
    """Find the DLL of another Python than the PyPy that a wheel is for."""
    for item in image.imports:
        if item.file not in own and _ANY_PYTHON_DLL.fullmatch(item.file):
            words = f"it imports {item.dll}, and its Python has {', '.join(sorted(own))}"
            yield finding(Code.WA301, member, words)


def _has_own_python(subject: Subject, member: str, image: Image) -> bool:
    """Return whether an image is a program next to the DLLs of a Python of its own."""
    if image.is_dll:
        return False
    beside = {(*place_of(member)[:-1], dll) for dll in python_dlls(image)}
    return bool(beside) and beside <= subject.places


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


def _promise_for(subject: Subject, member: str) -> Promise:
    """Return the Pythons that a member must suit: its own suffix's, or the wheel's."""
    module = ModuleName.parse(member)
    if module is not None and module.abi is not None:
        return Promise(abis=frozenset({module.abi}))
    return subject.name.promise if subject.name is not None else Promise()


def _judge_python_dll(member: str, dll: str, promise: Promise) -> Iterator[Finding]:
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


def _python_imports(image: Image) -> dict[str, set[str | int]]:
    """Return the names and ordinals that an image imports from each of Python's DLLs."""
    found: dict[str, set[str | int]] = defaultdict(set)
    for needed in image.imports:
        if _PYTHON_DLL.fullmatch(needed.file):
            found[needed.file].update(needed.symbols)
    return found


def _python_symbols(
    member: str, dll: str, symbols: set[str | int], promise: Promise
) -> Iterator[Finding]:
    known = exported_names(dll)
    unknown: set[str | int] = set()
    if known is not None and not known.keys() >= symbols:
        # Its functions are numbered from 1.
        unknown = symbols.difference(known, range(1, len(known) + 1))
    if unknown:
        yield finding(Code.WA307, member, f"{dll} does not export {_listed(unknown)}")
    oldest = min(promise.stables, default=None) if not promise.abis else None
    if oldest is None and dll in STABLE_DLLS:
        oldest = min(promise.abis, default=None)
    if oldest is not None:
        names = {symbol for symbol in symbols if isinstance(symbol, str)}
        # So it is the few names that are gone through, and not all that the DLL exports.
        yield from _too_new(member, sorted(known.keys() & names if known else names), oldest)


def _too_new(member: str, symbols: list[str], oldest: PythonABI) -> Iterator[Finding]:
    offered = _stable_names(oldest)
    newer = [symbol for symbol in symbols if symbol not in offered]
    if newer:
        since = _since(newer[0], oldest)
        words = f"its wheel promises Python {oldest.version}, whose stable ABI lacks"
        yield finding(Code.WA306, member, f"{words} {_listed(newer)}{since}")


@lru_cache(maxsize=64)
def _stable_names(abi: PythonABI) -> frozenset[str]:
    return frozenset(stable_names(abi))


def _since(symbol: str, oldest: PythonABI) -> str:
    """Return from which Python on the stable ABI has `symbol`, in words, or ""."""
    later = (
        PythonABI(minor, oldest.free_threaded)
        for minor in range(oldest.minor + 1, NEWEST_PYTHON.minor + 1)
    )
    found = next((abi for abi in later if symbol in _stable_names(abi)), None)
    return f" ({symbol} is in it from {found.version} on)" if found else ""


def _own_symbols(
    subject: Subject, forwarders: _Forwarders, member: str, needed: Import, provider: str
) -> Iterator[Finding]:
    """Compare imports to what the member that provides them exports."""
    other = subject.images.get(provider)
    if other is not None and not (other.is_dll or needed.delayed):
        yield finding(Code.WA512, member, f"{provider}, which it imports, is a program")
    # An image with damaged tables, or for another machine, has a finding of its own.
    if other is None or other.defects:
        return
    if missing := other.exports.lacks(needed.symbols):
        words = f"{provider} in the wheel does not export {_listed(missing)}"
        yield finding(Code.WA310 if needed.delayed else Code.WA308, member, words)
    if other.exports.forwarders and not needed.delayed:
        yield from forwarders.check(member, provider, needed.symbols)


def _brought_symbols(subject: Subject, member: str, needed: Import) -> Iterator[Finding]:
    """Compare imports to the DLLs that other paths of the call bring."""
    images = subject.brought.images(needed.file)
    fitting = [(by, other) for by, other in images if other.loads_on(subject.target)]
    if images and not fitting and not needed.delayed:
        by, other = images[0]
        words = f"{needed.dll} of {by.path.name}, which it imports, is {other.label}"
        yield finding(Code.WA102, member, words)
    lacks = [(by, other.exports.lacks(needed.symbols)) for by, other in fitting]
    if lacks and all(missing for _, missing in lacks):
        by, missing = lacks[0]
        words = f"{needed.dll} of {by.path.name} does not export {_listed(missing)}"
        yield finding(Code.WA310 if needed.delayed else Code.WA308, member, words)


class _Forwarders:
    """Follows the symbols that members need, where DLLs forward them."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._followed: dict[tuple[str, str, str], tuple[str | None, str]] = {}
        self.steps_left = _MOST_STEPS

    def check(
        self, member: str, provider: str, symbols: Collection[str | int]
    ) -> Iterator[Finding]:
        """Find symbols that a member needs of `provider`, and that are forwarded to nowhere."""
        exports = self._subject.images[provider].exports
        faults: dict[str, list[str | int]] = {}
        for symbol in symbols:
            if exports.forwarder(symbol) is not None and (
                fault := self._end(member, provider, symbol)
            ):
                faults.setdefault(fault, []).append(symbol)
        for fault, forwarded in faults.items():
            yield finding(Code.WA309, member, f"{provider} forwards {_listed(forwarded)}; {fault}")

    def _end(self, member: str, provider: str, symbol: str | int) -> str:
        """Return why a symbol that is forwarded leads nowhere, or ""."""
        subject = self._subject
        seen: set[tuple[str, str | int]] = set()
        while (
            self.steps_left >= 0
            and (text := subject.images[provider].exports.forwarder(symbol)) is not None
        ):
            self.steps_left -= 1
            if (provider, symbol) in seen or len(seen) > _LONGEST_CHAIN:
                return "it is passed round in a circle"
            seen.add((provider, symbol))
            dll, _, name = text.rpartition(".")
            symbol = int(name[1:]) if name[:1] == "#" and name[1:].isdecimal() else _as_read(name)
            following, fault = self._following(member, provider, dll)
            if following is None:
                return fault or _outside_fault(subject, member, dll_file(dll), symbol)
            if subject.images[following].exports.index(symbol) is None:
                return f"{following} does not export {_listed([symbol])}"
            provider = following
        return ""

    def _following(self, member: str, provider: str, dll: str) -> tuple[str | None, str]:
        """Return the image that `provider` forwards to for a member, and why there is none.

        Neither means that the wheel does not have it.
        """
        key = (member, provider, dll)
        if key not in self._followed:
            self._followed[key] = self._follow(member, provider, dll_file(dll))
        return self._followed[key]

    def _follow(self, member: str, provider: str, file: str) -> tuple[str | None, str]:
        subject = self._subject
        places = [subject.search.located(one, file) for one in (member, provider)]
        located = max(filter(None, places), key=lambda one: one.found, default=None)
        if located is None:
            return None, ""
        if located.found is Found.NOT and not subject.code.has_compiled_code(member):
            return None, f"{located.member} is where Windows does not look"
        image = subject.images.get(located.member)
        if image is None or not image.loads_on(subject.target):
            return None, f"{located.member} cannot be loaded"
        return located.member, ""


def _as_read(name: str) -> str:
    """Return a forwarder's symbol a byte a character, as exported names are kept."""
    return name.encode("utf-8", "surrogateescape").decode("latin-1")


def _outside_fault(subject: Subject, member: str, file: str, symbol: str | int) -> str:
    """Return why a DLL that is not in the wheel does not offer a symbol, or ""."""
    origin = origin_of(file, subject.target)
    images = [image for _, image in subject.brought.images(file)]
    if images and all(image.exports.lacks((symbol,)) for image in images):
        return f"{file} does not export {_listed([symbol])}"
    if origin in {Origin.SYSTEM, Origin.DRIVER} or file in subject.brought:
        return ""
    if origin is not Origin.PYTHON:
        return f"{file} is not in the wheel"
    fault = next(_judge_python_dll(member, file, _promise_for(subject, member)), None)
    if fault is not None:
        return fault.message.replace("it imports", "it ends in", 1)
    known = exported_names(file)
    if known is not None and isinstance(symbol, str) and symbol not in known:
        return f"{file} does not export {symbol_text(symbol)}"
    return ""


def _listed(symbols: Collection[str | int]) -> str:
    """Return the first of some names and ordinals in words, and how many more there are."""
    names = nsmallest(_LISTED, (symbol for symbol in symbols if isinstance(symbol, str)))
    ordinals = nsmallest(_LISTED, (symbol for symbol in symbols if isinstance(symbol, int)))
    first = [*map(symbol_text, names), *(f"ordinal {number}" for number in ordinals)][:_LISTED]
    more = len(symbols) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")
