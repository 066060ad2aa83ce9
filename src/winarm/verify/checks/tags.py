"""The tags in a wheel's name must fit what is in it: platforms, and every Python that they promise.

Each of these Pythons must find every module, and be able to load it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from winarm.coff.image import Image
from winarm.target import PythonABI
from winarm.verify.checks.dist_info import allowed_minors
from winarm.verify.checks.module_name import ModuleName
from winarm.verify.checks.symbols import STABLE_DLLS, python_dlls, serves
from winarm.verify.codes import Code
from winarm.verify.facts import Shape
from winarm.verify.member_names import is_module, place_of, stem_of, suffix_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.filename import Promise, WheelName
from winarm.verify.wheels.metadata import header_fields

#: Suffixes that make a wheel belong to a platform, whatever is in the files.
_NATIVE = frozenset({".pyd", ".dll", ".exe", ".lib", ".a", ".so", ".dylib"})
#: A member, its name taken apart, and its image.
_Variant = tuple[str, ModuleName, "Image"]


def check_tags(subject: Subject) -> Iterator[Finding]:
    """Find tags that do not fit the target or the content."""
    if subject.shape is not Shape.WHEEL:
        return
    if subject.name is None:
        yield finding(Code.WA615, "", f"{subject.path.name!r} is not a valid wheel file name")
        return
    if problem := subject.name.problem:
        yield finding(Code.WA615, "", problem)
    tags = subject.path.stem.split("-")[-3:]
    if not subject.name.label and tags != [tag.lower() for tag in tags]:
        words = f"uv takes no wheel with {'-'.join(tags)}: tags are in lower case"
        yield finding(Code.WA623, "", words, cure="Write the tags in lower case.")
    if label := subject.name.label:
        words = f"its name ends in {label}, the label of a variant: most installers refuse it"
        yield finding(Code.WA624, "", words)
    yield from _promised_pythons(subject, subject.name)
    if subject.name.any_platform:
        yield from _any_platform(subject)
        return
    if subject.target not in subject.name.targets:
        tagged = ".".join(subject.name.platforms)
        words = f"the wheel is tagged {tagged}, not {subject.target.wheel_platform}"
        yield finding(Code.WA601, "", words)
    if not any(suffix_of(name) in _NATIVE for name in subject.names):
        yield finding(Code.WA606, "", "no image is in a wheel for one platform")


def _any_platform(subject: Subject) -> Iterator[Finding]:
    """Find native code in a wheel that is installed everywhere."""
    words = "it is in a wheel tagged for any platform"
    native = sorted({*subject.checked, *subject.natives})
    modules = [
        member
        for member in native
        if (is_module(member) and not subject.is_test_data(member))
        or member in subject.foreign_modules
    ]
    needed = [member for member in modules if not subject.code.is_optional(member)]
    for member in needed:
        yield finding(Code.WA604, member, words)
    for member in native:
        if not (needed and member in modules) and not subject.allows(member):
            yield finding(Code.WA605, member, words)


def _promised_pythons(subject: Subject, name: WheelName) -> Iterator[Finding]:
    """Find modules that some of the promised Pythons lack."""
    if not name.is_installable:
        tags = f"{'.'.join(name.pythons)}-{'.'.join(name.abis)}"
        yield finding(Code.WA623, "", f"no installer takes {tags}")
        return
    promise = name.promise
    groups = _groups(subject)
    for variants in groups:
        yield from _missing_forms(variants, promise)
    yield from _missing_platforms(subject)
    if not (promise.abis or promise.stables) and name.platforms != ("any",):
        for variants in groups:
            yield from _single_python(subject, variants)
        if not subject.modules:
            yield from _library_of_one_python(subject)


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
    groups: dict[tuple[tuple[str, ...], str], list[_Variant]] = defaultdict(list)
    for member, image in subject.loadable.items():
        module = ModuleName.parse(member)
        if module is not None and image.exports.have_any(module.init_names):
            groups[place_of(member)[:-1], module.name].append((member, module, image))
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
        if not fitting and not subject.code.is_optional(members[0]):
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
    own = {dll for dll in python_dlls(image) if dll not in STABLE_DLLS}
    if others or not (module.abi or own):
        return
    if not _requires_one_python(subject):
        only = module.abi.tag if module.abi else min(own)
        words = f"it is for {only} only, and the wheel's tags promise other Pythons too"
        yield finding(Code.WA209, member, words)


def _library_of_one_python(subject: Subject) -> Iterator[Finding]:
    """Find a DLL of one Python that code loads in a wheel for all of them.

    Code chooses among those of several Pythons, and programs may have a Python of their own.
    """
    needing = {
        member: set(python_dlls(image)) - STABLE_DLLS for member, image in subject.loadable.items()
    }
    own = set[str]().union(*needing.values())
    if len(own) != 1 or any(place[-1] in own for place in subject.places):
        return
    for member in sorted(subject.essential & needing.keys()):
        if needing[member] and subject.images[member].is_dll and not _requires_one_python(subject):
            words = f"it imports {min(own)}, and the wheel's tags promise other Pythons too"
            yield finding(Code.WA301, member, words)


def _requires_one_python(subject: Subject) -> bool:
    fields = header_fields(subject.texts.get(f"{subject.dist_info}/METADATA", b""))
    minors = allowed_minors(fields.get("requires-python", [""])[0])
    return minors is not None and len(minors) == 1
