"""Every reader must find the same files in the archive, and Windows must be able to hold them.

No file may replace or hide another; by-products of linking are not used at run time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from winarm.verify.checks.module_name import ModuleName
from winarm.verify.codes import Code
from winarm.verify.facts import Shape
from winarm.verify.member_names import base_name, folded, folder_of, place_of, suffix_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.archive import Archive
from winarm.verify.wheels.entry import Entry

#: Windows' 260 less the usual place of site-packages below a user's AppData folder.
LONGEST_PATH = 180
_LONGEST_COMPONENT = 255
#: "Naming Files, Paths, and Namespaces" in Microsoft's documentation.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {port + digit for port in ("com", "lpt") for digit in "0123456789\u00b9\u00b2\u00b3"}
)
_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"|?*\\]')
_DRIVE = re.compile(r"[A-Za-z]:")
_BY_PRODUCTS = frozenset({".exp", ".pdb", ".ilk", ".obj", ".o"})


def check_layout(subject: Subject) -> Iterator[Finding]:
    """Find names that are wrong, files that hide others, and by-products of linking."""
    if subject.archive is not None:
        yield from _archive(subject.archive)
    if subject.shape is not Shape.FILE:
        yield from _shadows(subject)
    if subject.shape is Shape.WHEEL:
        yield from _overwritten(subject)
        yield from _by_products(subject)


def _archive(archive: Archive) -> Iterator[Finding]:
    """Find contradictions in the archive, and names that are dangerous or impossible."""
    for fault in archive.faults:
        yield finding(fault.code, fault.member, fault.message)
    yield from _duplicates(archive.entries)
    names = [entry.name.removesuffix("/") for entry in archive.entries]
    # Thousands of names are made of few parts.
    parts = frozenset("/".join(names).split("/"))
    wrong = {part for part in parts if not part or _part_fault(part)}
    for entry, name in zip(archive.entries, names, strict=True):
        if len(entry.name) > LONGEST_PATH or (wrong and not wrong.isdisjoint(name.split("/"))):
            yield from _name(entry.name)


def _duplicates(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    places = [folded(entry.name.rstrip("/")) for entry in entries]
    if len(frozenset(places)) < len(places):
        yield from _twins(entries)
    files = {place for place, entry in zip(places, entries, strict=True) if not entry.is_folder}
    inside: set[str] = set()
    for place, entry in zip(places, entries, strict=True):
        if len(entry.name) > LONGEST_PATH:
            continue
        # A folder of its own counts as its parents do.
        folder = place if entry.is_folder else folder_of(place)
        while folder and folder not in inside:
            inside.add(folder)
            if folder in files:
                yield finding(Code.WA006, entry.name, f"{folder} is a file and a folder")
            folder = folder_of(folder)


def _twins(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    exact: set[str] = set()
    lowered: dict[str, str] = {}
    for entry in entries:
        name = entry.name.rstrip("/")
        if entry.name in exact:
            yield finding(Code.WA005, entry.name, "the archive has two members of this name")
        elif (other := lowered.setdefault(folded(name), name)) != name:
            yield finding(Code.WA006, entry.name, f"on Windows it is the same file as {other}")
        exact.add(entry.name)


def path_escapes(name: str) -> str:
    """Return how a name leaves the folder it is unpacked to, or ""."""
    parts = name.removesuffix("/").split("/")
    if "\\" in name:
        return "it has a backslash"
    if name.startswith("/"):
        return "it is absolute"
    if _DRIVE.match(name):
        return "it has a drive"
    if ".." in parts:
        return "it has a `..`"
    if "" in parts or "." in parts:
        return "it has an empty part or a `.`"
    return ""


def _name(name: str) -> Iterator[Finding]:
    if how := path_escapes(name):
        yield finding(Code.WA007, name, how)
        return
    if fault := next(filter(None, map(_part_fault, name.removesuffix("/").split("/"))), None):
        yield finding(Code.WA008, name, fault)
    if len(name) > LONGEST_PATH:
        yield finding(Code.WA009, name, f"its path has {len(name)} characters")


def _part_fault(part: str) -> str:
    """Return why Windows can have no file or folder of that name, or ""."""
    if part.partition(".")[0].rstrip(" ").lower() in _DEVICES:
        return f"{part} is a device on Windows"
    if _FORBIDDEN.search(part):
        return "it has a character that Windows forbids"
    if part[-1:] in {".", " "}:
        return "it has a part that ends in a dot or a space"
    if len(part) > _LONGEST_COMPONENT:
        return f"it has a part of over {_LONGEST_COMPONENT} characters"
    return ""


def _shadows(subject: Subject) -> Iterator[Finding]:
    """Find modules of one name that one Python would choose between.

    Python takes a package first, then the suffixes in their order (importlib's FileFinder). A .py
    beside its compiled form is usual and meant.
    """
    modules: dict[tuple[tuple[str, ...], str], dict[str, str]] = defaultdict(dict)
    for member in subject.images:
        if (module := ModuleName.parse(member)) is not None:
            modules[place_of(member)[:-1], module.name][module.abi_tag] = member
    for (folder, name), by_tag in modules.items():
        plain = by_tag.pop("", None)
        if plain and by_tag:
            words = f"{base_name(min(by_tag.values()))} is taken before it"
            yield finding(Code.WA701, plain, words)
        if (*folder, folded(name), "__init__.py") in subject.places:
            member = plain or min(by_tag.values())
            words = f"{name}/__init__.py is taken before it"
            yield finding(Code.WA701, member, words)


def _overwritten(subject: Subject) -> Iterator[Finding]:
    """Find files of a .data folder that are installed where another file is."""
    data = {name for name in subject.names if ".data/" in name}
    places: dict[tuple[str, ...], str] = {}
    for name in sorted(subject.names, key=lambda name: (name in data, name)) if data else ():
        if (other := places.setdefault(place_of(name), name)) != name and name in data:
            yield finding(Code.WA701, name, f"it is installed over {other}")


def _by_products(subject: Subject) -> Iterator[Finding]:
    modules = {_stem(member) for member in subject.images}
    for member in subject.sizes:
        suffix = suffix_of(member)
        if suffix in _BY_PRODUCTS or (suffix in {".lib", ".a"} and _stem(member) in modules):
            yield finding(Code.WA702, member, f"a {suffix} file is left of the build")


def _stem(member: str) -> str:
    """Return a path without its suffixes: `pkg/_x` for `pkg/_x.cp313-win_arm64.lib`."""
    folder, name = folder_of(member), base_name(member)
    return f"{folder}/{name.partition('.')[0].removeprefix('lib')}"
