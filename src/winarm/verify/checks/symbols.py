"""Every symbol that an image imports must be one that its DLL exports."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from heapq import nsmallest

from winarm.coff.buffer import dll_file, symbol_text
from winarm.coff.image import Image
from winarm.python_exports import exported_names, stable_names
from winarm.target import NEWEST_PYTHON, PythonABI
from winarm.verify.checks.module_name import ModuleName
from winarm.verify.checks.python_dll import (
    STABLE_DLLS,
    judge_python_dll,
    promise_for,
    python_dlls,
)
from winarm.verify.codes import Code
from winarm.verify.dll_search import Found
from winarm.verify.dlls import Origin, origin_of
from winarm.verify.member_names import is_module
from winarm.verify.options import VerifyOptions
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.filename import Promise

#: Forwarders that lead to one another.
_LONGEST_CHAIN = 64
#: Names that one finding lists.
_LISTED = 4


def check_symbols(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find imported symbols that neither Python nor the wheel's own DLLs export."""
    for member, image in subject.checked.items():
        if image.loads_on(subject.target):
            promise = promise_for(subject, member)
            for dll, wanted in _python_imports(image).items():
                yield from _python_symbols(member, dll, wanted, promise)
            yield from _own_symbols(subject, member, image)
            yield from _brought_symbols(subject, member, image)


def _python_imports(image: Image) -> dict[str, set[str | int]]:
    """Return the names and ordinals that an image imports from each of Python's DLLs."""
    found: dict[str, set[str | int]] = {dll: set() for dll in python_dlls(image)}
    for needed in image.imports:
        symbols = found.get(needed.file)
        if symbols is not None:
            symbols.update(needed.symbols)
    return found


def _python_symbols(
    member: str, dll: str, symbols: set[str | int], promise: Promise
) -> Iterator[Finding]:
    known = exported_names(dll)
    wanted = {symbol for symbol in symbols if isinstance(symbol, str)}
    if known is not None and not known.keys() >= symbols:
        # Its functions are numbered from 1.
        unknown = symbols.difference(known, range(1, len(known) + 1))
    else:
        unknown = set()
    if unknown:
        yield finding(Code.WA307, member, f"{dll} does not export {_listed(unknown)}")
    oldest = min(promise.stables, default=None) if not promise.abis else None
    if oldest is None and dll in STABLE_DLLS:
        oldest = min(promise.abis, default=None)
    if oldest is not None:
        yield from _too_new(member, sorted(wanted.intersection(known or wanted)), oldest)


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


def _own_symbols(subject: Subject, member: str, image: Image) -> Iterator[Finding]:
    for needed in image.imports:
        provider = subject.provider(member, needed.file)
        other = subject.images.get(provider) if provider else None
        if other is not None and not (other.is_dll or needed.delayed):
            yield finding(Code.WA512, member, f"{provider}, which it imports, is a program")
        # An image with damaged tables, or for another machine, has a finding of its own.
        if provider is None or other is None or other.defects:
            continue
        missing = other.exports.lacks(needed.symbols)
        if missing:
            words = f"{provider} in the wheel does not export {_listed(missing)}"
            yield finding(Code.WA310 if needed.delayed else Code.WA308, member, words)
        if other.exports.forwarders and not needed.delayed:
            yield from _forwarded(subject, member, provider, needed.symbols)
    module = ModuleName.parse(member) if is_module(member) else None
    if module is not None and image.exports.forwarders:
        yield from _forwarded(subject, member, member, module.init_names)


def _brought_symbols(subject: Subject, member: str, image: Image) -> Iterator[Finding]:
    """Compare imports to the DLLs that other paths of the call bring."""
    for needed in image.imports:
        if needed.file not in subject.brought or subject.provider(member, needed.file) is not None:
            continue
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


def _forwarded(
    subject: Subject, member: str, provider: str, symbols: Collection[str | int]
) -> Iterator[Finding]:
    """Follow the symbols that a member needs of `provider`, where it forwards them."""
    exports = subject.images[provider].exports
    faults: dict[str, list[str | int]] = {}
    for symbol in symbols:
        if exports.forwarder(symbol) is not None and (
            fault := _end_of_forwarders(subject, member, provider, symbol)
        ):
            faults.setdefault(fault, []).append(symbol)
    for fault, forwarded in faults.items():
        yield finding(Code.WA309, member, f"{provider} forwards {_listed(forwarded)}; {fault}")


def _end_of_forwarders(subject: Subject, member: str, provider: str, symbol: str | int) -> str:
    """Return why a symbol that is forwarded leads nowhere, or ""."""
    seen: set[tuple[str, str | int]] = set()
    while (text := subject.images[provider].exports.forwarder(symbol)) is not None:
        if (provider, symbol) in seen or len(seen) > _LONGEST_CHAIN:
            return "it is passed round in a circle"
        seen.add((provider, symbol))
        dll, _, name = text.rpartition(".")
        file = dll_file(dll)
        symbol = int(name[1:]) if name[:1] == "#" and name[1:].isdecimal() else _as_read(name)
        places = [subject.search.located(one, file) for one in (member, provider)]
        located = max(filter(None, places), key=lambda one: one.found, default=None)
        if located is None:
            return _outside_fault(subject, member, file, symbol)
        following = located.member
        if located.found is Found.NOT and not subject.code.has_compiled_code(member):
            return f"{following} is where Windows does not look"
        image = subject.images.get(following)
        if image is None or not image.loads_on(subject.target):
            return f"{following} cannot be loaded"
        if image.exports.index(symbol) is None:
            return f"{following} does not export {_listed([symbol])}"
        provider = following
    return ""


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
    fault = next(judge_python_dll(member, file, promise_for(subject, member)), None)
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
