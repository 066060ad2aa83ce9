"""Files that shadow one another, and what linking left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from winarm.verify.checks.module_name import ModuleName
from winarm.verify.codes import Code
from winarm.verify.member_names import base_name, folder_of, suffix_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Shape, Subject
from winarm.verify.wheel_code import installed

_BY_PRODUCTS = frozenset({".exp", ".pdb", ".ilk", ".obj", ".o"})


def check_layout(subject: Subject) -> Iterator[Finding]:
    """Find modules that hide others, and by-products of linking."""
    if subject.shape is Shape.FILE:
        return
    yield from _shadows(subject)
    if subject.shape is Shape.WHEEL:
        yield from _overwritten(subject)
        yield from _by_products(subject)


def _shadows(subject: Subject) -> Iterator[Finding]:
    """Find modules of one name that one Python would choose between.

    Python takes a package first, then the suffixes in their order (importlib's FileFinder). A .py
    beside its compiled form is usual and meant.
    """
    modules: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for member in subject.images:
        if (module := ModuleName.parse(member)) is not None:
            modules[folder_of(member), module.name][module.abi_tag] = member
    for (folder, name), by_tag in modules.items():
        plain = by_tag.pop("", None)
        if plain and by_tag:
            words = f"{base_name(min(by_tag.values()))} is taken before it"
            yield finding(Code.WA701, plain, words)
        package = f"{folder}/{name}/__init__.py".lstrip("/")
        if package in subject.names:
            member = plain or min(by_tag.values())
            yield finding(Code.WA701, member, f"{package} is taken before it")


def _overwritten(subject: Subject) -> Iterator[Finding]:
    """Find files of a .data folder that are installed where another file is."""
    data = {name for name in subject.names if ".data/" in name}
    places: dict[str, str] = {}
    for name in sorted(subject.names, key=lambda name: (name in data, name)) if data else ():
        place = "/".join(installed(name)).lower()
        if (other := places.setdefault(place, name)) != name and name in data:
            yield finding(Code.WA701, name, f"it is installed over {other}")


def _by_products(subject: Subject) -> Iterator[Finding]:
    modules = {_stem(member) for member in subject.images}
    found: dict[str, list[str]] = defaultdict(list)
    for member in subject.sizes:
        suffix = suffix_of(member)
        if suffix in _BY_PRODUCTS or (suffix in {".lib", ".a"} and _stem(member) in modules):
            found[suffix].append(member)
    for suffix, members in found.items():
        more = f", with {len(members) - 1} more like it" if len(members) > 1 else ""
        yield finding(Code.WA702, min(members), f"a {suffix} file is left of the build{more}")


def _stem(member: str) -> str:
    """Return a path without its suffixes: `pkg/_x` for `pkg/_x.cp313-win_arm64.lib`."""
    folder, name = folder_of(member), base_name(member)
    return f"{folder}/{name.partition('.')[0].removeprefix('lib')}"
