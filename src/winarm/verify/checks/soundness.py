"""Windows must be willing to load every image, and it should be safe when it does.

What Windows on Arm refuses: images that cannot be moved (no DYNAMICBASE, or relocations with an
address and no size), whose data may be executed, or with a base below 4 GiB, which Microsoft's
linker will not make (LNK1246, LNK1355).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from winarm.coff import headers as pe
from winarm.coff.image import Image
from winarm.coff.machines import Kind
from winarm.coff.managed import Managed
from winarm.verify.codes import Code
from winarm.verify.member_names import is_module
from winarm.verify.options import VerifyOptions
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject

_FOUR_GIB = 2**32
#: IMAGE_SUBSYSTEM_WINDOWS_GUI and _CUI.
_SUBSYSTEMS = frozenset({2, 3})
_NEWEST_SUBSYSTEM = (10, 0)


def check_soundness(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find images that Windows refuses, or that are unsafe."""
    for member, image in subject.checked.items():
        if image.managed in {Managed.NONE, Managed.MIXED}:
            if image.kind in {Kind.ARM64, Kind.ARM64X}:
                yield from _required_on_arm64(member, image.headers)
            yield from _subsystem(member, image.headers)
        yield from _sections(member, image)
    yield from _build_folders(subject)


def _required_on_arm64(member: str, headers: pe.Headers) -> Iterator[Finding]:
    flags = headers.dll_characteristics
    relocations = headers.directory(pe.RELOCATION)
    if not flags & pe.DYNAMIC_BASE:
        yield finding(Code.WA501, member, "DYNAMICBASE is not set")
    if not flags & pe.NX_COMPAT:
        yield finding(Code.WA502, member, "NX_COMPAT is not set")
    if headers.image_base < _FOUR_GIB:
        yield finding(Code.WA503, member, f"its base is {headers.image_base:#x}, below 4 GiB")
    if headers.characteristics & pe.RELOCS_STRIPPED:
        yield finding(Code.WA504, member, "its relocations are stripped")
    elif relocations.rva and not relocations.size:
        yield finding(Code.WA504, member, "its relocations have an address and no size")
    if not flags & pe.HIGH_ENTROPY_VA:
        yield finding(Code.WA506, member, "HIGH_ENTROPY_VA is not set")


def _subsystem(member: str, headers: pe.Headers) -> Iterator[Finding]:
    if headers.subsystem not in _SUBSYSTEMS:
        words = f"its subsystem is {headers.subsystem}, neither windows (2) nor console (3)"
        yield finding(Code.WA510, member, words)
    elif headers.subsystem_version > _NEWEST_SUBSYSTEM:
        version = ".".join(map(str, headers.subsystem_version))
        yield finding(Code.WA510, member, f"it asks for version {version} of Windows")


def _sections(member: str, image: Image) -> Iterator[Finding]:
    sections = sorted(image.headers.sections, key=lambda section: section.rva)
    both = pe.WRITABLE | pe.EXECUTABLE
    faults: dict[Code, list[str]] = {}
    for section in sections:
        if section.characteristics & both == both:
            words = f"section {section.name} can be written and run"
            faults.setdefault(Code.WA505, []).append(words)
        if section.raw_size and section.raw_offset + section.raw_size > image.size:
            words = f"section {section.name} ends after the file does"
            faults.setdefault(Code.WA508, []).append(words)
    for one, other in pairwise(sections):
        if one.rva + max(one.virtual_size, 1) > other.rva:
            words = f"sections {one.name} and {other.name} overlap"
            faults.setdefault(Code.WA507, []).append(words)
    for code, found in faults.items():
        more = f" ({len(found) - 1} more too)" if len(found) > 1 else ""
        yield finding(code, member, found[0] + more)


def _build_folders(subject: Subject) -> Iterator[Finding]:
    """Find debug records with full paths; one finding for all, since they go together.

    Only of modules: the libraries that are bundled are made elsewhere.
    """
    leaks = [
        (member, path)
        for member, image in subject.checked.items()
        if is_module(member) and (path := image.pdb_path) and ("\\" in path or "/" in path)
    ]
    if leaks:
        member, path = leaks[0]
        more = f", and {len(leaks) - 1} more images name folders" if len(leaks) > 1 else ""
        yield finding(Code.WA509, member, f"its debug record names {path}{more}")
