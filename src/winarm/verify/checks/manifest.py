"""The side-by-side manifest of an image must ask for assemblies that are there.

Windows makes an activation context of it before it binds the imports (sxs.dll; "Assembly
Manifests" in Microsoft's documentation). Whatever is wrong with it, the load fails.

The machine in the manifest's own identity is not among that. Windows compares it only where a
reference has led to the manifest (event 35 of SideBySide: "does not match the identity of the
component requested"), and no reference leads to the manifest that is inside of an image. x64
programs with "x86" or "ia64" there start: runhcs (microsoft/hcsshim#2694), Geany (geany#4631),
akavel/rsrc#29.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers.expat import ExpatError, ParserCreate

from winarm.target import Target
from winarm.verify.codes import Code
from winarm.verify.member_names import place_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject

#: Visual C++ 2005 and 2008 came as assemblies, for x86 and x64 only.
_OLD_RUNTIME = re.compile(r"microsoft\.vc[0-9]{2,3}\.[a-z0-9]+")
#: How the names of assemblies begin that come with Windows.
_OF_WINDOWS = "microsoft.windows."
_COMMON_CONTROLS = "microsoft.windows.common-controls"
_CONTROLS_VERSIONS = ("5.82.", "6.0.")
_ANY_MACHINE = frozenset({"*", "msil", "neutral"})
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT = ("urn:schemas-microsoft-com:asm.v1", "assembly", "1.0")
_NAMESPACE = "urn:schemas-microsoft-com:asm.v"


class Assembly(NamedTuple):
    """An assembly that a manifest depends on."""

    name: str
    machine: str
    version: str


class _NotAManifestError(Exception):
    """The document has another root, or declares a document type, which sxs.dll does not read."""


def check_manifests(subject: Subject) -> Iterator[Finding]:
    """Find images whose manifest keeps Windows from loading them."""
    for member, image in subject.loadable.items():
        if image.manifest and image.has_windows_loader:
            assemblies = needed_assemblies(image.manifest)
            if assemblies is None:
                yield finding(Code.WA514, member, "its manifest is not an assembly's, version 1.0")
                continue
            for assembly in assemblies:
                if fault := _fault(subject, member, assembly):
                    yield finding(Code.WA514, member, fault)


def needed_assemblies(manifest: bytes) -> tuple[Assembly, ...] | None:
    """Return what a manifest depends on, or None if it cannot be read."""
    found: list[Assembly] = []
    path: list[str] = []
    optional: list[bool] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if not path and (space, name, attributes.get("manifestVersion")) != _ROOT:
            raise _NotAManifestError
        path.append(name if space.startswith(_NAMESPACE) else "")
        optional.append(attributes.get("optional", "").lower() in {"yes", "true"})
        if path[-3:] == ["dependency", "dependentAssembly", "assemblyIdentity"] and not any(
            optional
        ):
            keys = ("name", "processorArchitecture", "version")
            found.append(Assembly(*(attributes.get(key, "").strip().lower() for key in keys)))

    def end(_tag: str) -> None:
        path.pop()
        optional.pop()

    def doctype(*_: object) -> None:
        raise _NotAManifestError

    parser = ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        # Some linkers fill up with zeros, which end a manifest that is not UTF-16 too.
        text = manifest if manifest[:2] in _UTF16 else manifest.rstrip(b"\0")
        parser.Parse(text, True)  # noqa: FBT003 - the last piece
    except (ExpatError, _NotAManifestError, ValueError):
        return None
    return tuple(found)


def _fault(subject: Subject, member: str, assembly: Assembly) -> str:
    asks = f"its manifest asks for {assembly.name or 'an assembly without name'}"
    if _is_private(subject, member, assembly):
        return ""
    if assembly.machine and assembly.machine not in _ANY_MACHINE | _own_names(subject.target):
        return f"{asks} for {assembly.machine}"
    is_controls = assembly.name == _COMMON_CONTROLS
    if _OLD_RUNTIME.fullmatch(assembly.name) or (
        is_controls and not assembly.version.startswith(_CONTROLS_VERSIONS)
    ):
        return f"{asks} {assembly.version}".rstrip()
    if not assembly.name.startswith(_OF_WINDOWS):
        return asks
    # Windows keeps its assemblies by machine, and none is not any (MicrosoftDocs/win32#369, tried
    # on Windows 10; Wine's lookup_winsxs).
    return "" if assembly.machine else f"{asks} without a processorArchitecture"


def _own_names(target: Target) -> frozenset[str]:
    """Return how manifests spell the target's machine."""
    return frozenset({target.processor.lower(), target.vs_arch})


def _is_private(subject: Subject, member: str, assembly: Assembly) -> bool:
    """Return whether the wheel has the assembly in the image's folder or one of its name."""
    folder = place_of(member)[:-1]
    files = {f"{assembly.name}.manifest", f"{assembly.name}.dll"}
    wanted = {(*inner, file) for inner in (folder, (*folder, assembly.name)) for file in files}
    return not wanted.isdisjoint(subject.places)
