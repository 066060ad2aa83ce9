"""Every Python that the tags promise must find every module, and be able to load it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from winarm.verify.checks.metadata import allowed_minors
from winarm.verify.checks.module_name import ModuleName
from winarm.verify.checks.python_dll import STABLE_DLLS, python_dlls, serves
from winarm.verify.codes import Code
from winarm.verify.report import Finding, finding
from winarm.verify.subject import folder_of, is_module, stem_of
from winarm.verify.wheels.metadata import header_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.coff.image import Image
    from winarm.target import PythonABI
    from winarm.verify.options import VerifyOptions
    from winarm.verify.subject import Subject
    from winarm.verify.wheels.filename import Promise

#: A member, its name taken apart, and its image.
_Variant = tuple[str, ModuleName, "Image"]


def check_promised_pythons(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find modules that some of the promised Pythons lack."""
    if subject.name is None:
        return
    if not subject.name.is_installable:
        tags = f"{'.'.join(subject.name.pythons)}-{'.'.join(subject.name.abis)}"
        yield finding(Code.WA623, "", f"no installer takes {tags}")
        return
    promise = subject.name.promise
    groups = _groups(subject)
    for variants in groups:
        yield from _missing_forms(variants, promise)
    yield from _missing_platforms(subject)
    if not (promise.abis or promise.stables) and subject.name.platforms != ("any",):
        for variants in groups:
            yield from _single_python(subject, variants)


def _missing_forms(variants: list[_Variant], promise: Promise) -> Iterator[Finding]:
    """Find Pythons that are promised and have no form of a module."""
    if len(promise.required) > 1:
        for pythons in sorted(promise.required, key=min):
            if not any(_suits(variant, python) for variant in variants for python in pythons):
                words = f"there is no form of it for {min(pythons).tag}"
                yield finding(Code.WA209, variants[0][0], words)
    if promise.abis:
        for oldest in promise.stables:
            if not any(_is_stable(variant, oldest) for variant in variants):
                words = f"there is no form of it for every Python from {oldest.version} on"
                yield finding(Code.WA209, variants[0][0], words)


def _groups(subject: Subject) -> list[list[_Variant]]:
    """Return the forms of each module that the target's processes can load."""
    groups: dict[tuple[str, str], list[_Variant]] = defaultdict(list)
    for member, image in subject.checked.items():
        if is_module(member) and image.loads_on(subject.target):
            module = ModuleName.parse(member)
            if module is not None and image.exports.have_any(module.init_names):
                groups[folder_of(member), module.name].append((member, module, image))
    return list(groups.values())


def _missing_platforms(subject: Subject) -> Iterator[Finding]:
    """Find modules of a wheel for several platforms that one of them lacks."""
    if len(subject.own_targets) < 2 or subject.target not in subject.own_targets:  # noqa: PLR2004
        return
    forms: dict[str, list[str]] = defaultdict(list)
    for member, image in subject.images.items():
        unneeded = subject.allows(member) or subject.is_test_data(member)
        if is_module(member) and not unneeded and any(map(image.loads_on, subject.own_targets)):
            forms[stem_of(member)].append(member)
    platform = subject.target.wheel_platform
    for members in forms.values():
        fitting = any(subject.images[member].loads_on(subject.target) for member in members)
        if not fitting and not subject.search.is_optional(members[0]):
            yield finding(Code.WA209, members[0], f"there is no form of it for {platform}")


def _is_stable(variant: _Variant, oldest: PythonABI) -> bool:
    """Return whether a form of a module serves every Python from `oldest` on."""
    _, module, image = variant
    dlls = python_dlls(image)
    return module.abi is None and all(
        dll in STABLE_DLLS and oldest.offers_stable_dll(both_threadings=dll == "python3t.dll")
        for dll in dlls
    )


def _suits(variant: _Variant, python: PythonABI) -> bool:
    _, module, image = variant
    return module.abi in {None, python} and serves(image, python)


def _single_python(subject: Subject, variants: list[_Variant]) -> Iterator[Finding]:
    """Find a module of one Python in a wheel for all of them."""
    (member, module, image), *others = variants
    own = {dll for dll in python_dlls(image) if dll not in {"python3.dll", "python3t.dll"}}
    if others or not (module.abi or own):
        return
    fields = header_fields(subject.texts.get(f"{subject.dist_info}/METADATA", b""))
    minors = allowed_minors(fields.get("requires-python", [""])[0])
    if minors is None or len(minors) != 1:
        only = module.abi.tag if module.abi else min(own)
        yield finding(Code.WA209, member, f"it is for {only} only, the wheel for every Python 3")
