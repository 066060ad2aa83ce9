"""Every DLL that an image needs must be in the wheel, in Windows or in Python."""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from winarm.coff.managed import Managed
from winarm.verify.codes import Code, Severity
from winarm.verify.dlls import Origin, origin_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject, base_name, is_module
from winarm.verify.wheels.metadata import MAX_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.coff.imports import Import
    from winarm.verify.options import VerifyOptions

#: What an origin means for an image that a module needs in order to start.
_CODES = {
    Origin.CPP_RUNTIME: Code.WA401,
    Origin.VCRUNTIME_1: Code.WA402,
    Origin.DEBUG_RUNTIME: Code.WA403,
    Origin.COMPILER_RUNTIME: Code.WA404,
    Origin.UNKNOWN: Code.WA405,
    Origin.BUILD_TREE: Code.WA406,
    Origin.DRIVER: Code.WA407,
    Origin.PYTHON_OWN: Code.WA410,
}
#: Wrong whoever needs them, and when.
_ALWAYS = frozenset({Code.WA402, Code.WA403, Code.WA406, Code.WA407})
_REQUIREMENT = re.compile(rb"^Requires-Dist:\s*([A-Za-z0-9._-]+)", re.IGNORECASE | re.MULTILINE)
_SEPARATORS = re.compile(r"[-_.]+")


def check_needed_dlls(subject: Subject, options: VerifyOptions) -> Iterator[Finding]:
    """Find DLLs that will not be there, or not be found, on the user's machine."""
    merged: dict[Finding, int] = {}
    places: dict[tuple[Code, str], Finding] = {}
    for found in _every_finding(subject, options):
        if found.severity is Severity.ERROR:
            yield found
        else:
            # A DLL that forty plug-ins want is one thing to know, not forty.
            first = places.setdefault((found.code, found.message), found)
            merged[first] = merged.get(first, -1) + 1
    for found, more in merged.items():
        others = f" ({more} more {'images' if more > 1 else 'image'} too)" if more else ""
        yield replace(found, message=found.message + others)


def _every_finding(subject: Subject, options: VerifyOptions) -> Iterator[Finding]:
    essential = _essential(subject)
    required = _requirements(subject)
    for member, image in subject.checked.items():
        # .NET finds its libraries in its own ways.
        if not image.loads_on(subject.target) or image.managed is not Managed.NONE:
            continue
        for needed in image.needed:
            provider = subject.provider(member, needed.dll)
            bringer = _distribution_of(needed.dll, required)
            if provider is not None:
                yield from _far_away(subject, member, needed, provider)
            elif any(fnmatchcase(needed.dll.lower(), name.lower()) for name in options.external):
                yield finding(Code.WA407, member, f"{needed.dll} is brought from outside")
            elif bringer:
                words = f"{needed.dll} comes with the required {bringer}"
                yield finding(Code.WA407, member, words)
            else:
                yield from _missing(subject, member, needed, essential=member in essential)


def _essential(subject: Subject) -> frozenset[str]:
    """Return the images without which an import fails: modules and all that they load.

    Where there is no module, every DLL may be loaded by ctypes, so every one counts.
    """
    modules = [member for member in subject.checked if is_module(member)]
    pending = modules or [member for member, image in subject.checked.items() if image.is_dll]
    if not pending:
        return frozenset(subject.checked)
    reached: set[str] = set()
    while pending:
        member = pending.pop()
        if member in reached or member not in subject.checked:
            continue
        reached.add(member)
        providers = (
            subject.provider(member, needed.dll)
            for needed in subject.checked[member].imports
            if not needed.delayed
        )
        pending.extend(filter(None, providers))
    return frozenset(reached)


def _missing(
    subject: Subject, member: str, needed: Import, *, essential: bool
) -> Iterator[Finding]:
    code = _CODES.get(origin_of(needed.dll, subject.target))
    if code is None:
        return
    if needed.delayed and code not in _ALWAYS:
        words = f"{needed.dll}, which it loads when first used, is not in the wheel"
        yield finding(Code.WA409, member, words, cure=code.rule.cure)
    elif not essential and code not in _ALWAYS:
        words = f"it needs {needed.dll}, which is not in the wheel; no module needs the image"
        yield finding(Code.WA411, member, words, cure=code.rule.cure)
    else:
        where = "the wheel" if subject.name else "the folder"
        absent = f"it needs {needed.dll}, which is not in {where}"
        words = absent if code in {Code.WA401, Code.WA404, Code.WA405} else f"it needs {needed.dll}"
        yield finding(code, member, words)


def _far_away(subject: Subject, member: str, needed: Import, provider: str) -> Iterator[Finding]:
    if subject.folder(provider) == subject.folder(member) or subject.extends_search:
        return
    if is_module(member):
        words = f"it needs {needed.dll}, which is in {subject.folder(provider) or 'the root'}"
        yield finding(Code.WA408, member, words)


def _requirements(subject: Subject) -> dict[str, str]:
    """Return the distributions that the wheel requires, by their simplified names."""
    metadata = next(
        (text for name, text in subject.texts.items() if base_name(name) == "METADATA"), b""
    )[:MAX_HEADER]
    names = (match.decode("ascii") for match in _REQUIREMENT.findall(metadata))
    return {_simple(name): name for name in names}


def _distribution_of(dll: str, required: dict[str, str]) -> str | None:
    """Return the required distribution that a DLL is named after: `shiboken6.abi3.dll`."""
    stem = dll.lower().removesuffix(".dll").partition(".")[0]
    return required.get(_simple(stem))


@lru_cache(maxsize=8192)
def _simple(name: str) -> str:
    return _SEPARATORS.sub("-", name).lower()
