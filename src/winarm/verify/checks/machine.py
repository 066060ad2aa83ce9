"""Every image must be for a machine that the target's processes can load."""

from __future__ import annotations

import re
from collections.abc import Iterator

from winarm.coff.image import Image
from winarm.coff.machines import Kind, loads
from winarm.target import WIN_ARM64
from winarm.verify.codes import Code
from winarm.verify.facts import Shape
from winarm.verify.member_names import base_name, is_module, stem_of, suffix_of
from winarm.verify.options import TOO_MANY_SYMBOLS
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject

#: How the libraries of other systems end.
_LIBRARY = re.compile(r"\.(so|dylib)(\.[0-9.]+)?$")


def check_machines(subject: Subject) -> Iterator[Finding]:
    """Find images and libraries of other machines, and files that are no images."""
    yield from _broken(subject)
    # Most wheels have no image that it is asked for.
    importers = {} if len(subject.loadable) == len(subject.checked) else _importers(subject)
    for member, image in subject.checked.items():
        if member not in subject.loadable:
            yield _foreign(subject, member, image, importers.get(member))
        elif image.kind is Kind.ARM64X and not image.hybrid.x64_view:
            yield finding(Code.WA108, member, "it has hybrid metadata and no x64 view")
    yield from _modules_of_other_systems(subject)
    yield from _nothing_fits(subject)
    yield from _foreign_libraries(subject)


def _broken(subject: Subject) -> Iterator[Finding]:
    reasons = {
        **{
            member: (Code.WA106, f"it is {nature.value}, not a Windows image")
            for member, nature in subject.impostors.items()
        },
        **{member: (Code.WA107, reason) for member, reason in subject.damaged.items()},
    }
    for member, (code, words) in reasons.items():
        if not subject.is_allowed(member):
            # A sound image that a limit left out could be anything.
            spare = words != TOO_MANY_SYMBOLS and _is_spare(subject, member)
            yield finding(Code.WA112 if spare else code, member, words)
    for member, image in subject.checked.items():
        for defect in image.defects:
            yield finding(Code.WA107, member, defect)


def _is_spare(subject: Subject, member: str) -> bool:
    """Return whether the wheel does without a file: it is data of tests, or nothing asks for it."""
    if subject.shape is Shape.FILE or member in subject.essential:
        return False
    if subject.is_test_data(member):
        return True
    if is_module(member) or ".data/scripts/" in member:
        return False
    # Without modules, the code loads DLLs by name.
    loaded = subject.code.loader_of(member) is not None
    return not loaded and any(map(is_module, subject.images))


def _unspared(subject: Subject) -> Iterator[str]:
    """Yield the files that cannot be read, and that the wheel may not do without."""
    for member in (*subject.impostors, *subject.damaged):
        if not (subject.is_allowed(member) or _is_spare(subject, member)):
            yield member


def _importers(subject: Subject) -> dict[str, str]:
    """Return, for members that loadable images import or Python code loads, who does so."""
    found: dict[str, str] = {}
    for importer in subject.loadable:
        for _, located in subject.search.links(importer):
            if located is not None:
                found.setdefault(located.member, f"{importer} imports")
    # Code of a wheel for any platform chooses among the DLLs of several.
    if subject.may_read and subject.own_targets:
        fitting = {base_name(member).lower() for member in subject.loadable}
        for member, image in subject.checked.items():
            alone = base_name(member).lower() not in fitting
            plain = alone and image.is_dll and not is_module(member)
            if plain and (loader := subject.code.loader_of(member)):
                found.setdefault(member, f"{loader} loads")
    return found


def _nothing_fits(subject: Subject) -> Iterator[Finding]:
    """Find a wheel whose native code is all for other machines."""
    any_platform = subject.name is not None and subject.name.any_platform
    if not (any_platform or subject.target in subject.own_targets):
        return
    # Modules, and files that cannot be read and may be wanted, have errors of their own.
    if subject.modules or subject.foreign_modules or any(_unspared(subject)):
        return
    native = [
        member
        for member in sorted((*subject.images, *subject.natives))
        if not (subject.allows(member) or subject.is_test_data(member))
    ]
    libraries = [member for member in native if _is_library(subject, member)]
    if any_platform:
        # Only what the code cannot do without.
        native = [one for one in libraries if subject.code.loader_of(one, at_once=True)]
    elif libraries and subject.code.has_loading_code:
        native = libraries
    fitting = (one in subject.loadable for one in (libraries if any_platform else native))
    if not (native or any_platform):
        native = sorted(member for member in subject.libraries if not subject.allows(member))
        fitting = (
            not kinds or any(loads(subject.target, kind) for kind in kinds)
            for kinds in (subject.libraries[member].kinds for member in native)
        )
    if native and not any(fitting):
        what = subject.target.wheel_platform
        words = f"none of the native code in the wheel is for {what}"
        yield finding(Code.WA113, native[0], words)


def _is_library(subject: Subject, member: str) -> bool:
    """Return whether a native file is one that code loads, not a program."""
    image = subject.images.get(member)
    return image.is_dll if image is not None else _LIBRARY.search(member) is not None


def _modules_of_other_systems(subject: Subject) -> Iterator[Finding]:
    """Find modules of which the wheel has no form for Windows."""
    if subject.target not in subject.own_targets:
        return
    own = set(map(stem_of, subject.modules))
    for member in subject.foreign_modules:
        if stem_of(member) not in own and not subject.code.is_optional(member):
            what = subject.target.wheel_platform
            words = f"it is {subject.natives[member].value}; a {what} Python cannot load it"
            yield finding(Code.WA101, member, words)


def _foreign(subject: Subject, member: str, image: Image, importer: str | None) -> Finding:
    target = subject.target
    what = f"it is {image.label}; a {target.wheel_platform} Python cannot load it"
    by = f" ({importer} it)" if importer else ""
    module = is_module(member) and not subject.is_test_data(member)
    # A wheel for any platform may have modules of several, which check_tags judges.
    module = module and not (subject.name is not None and subject.name.any_platform)
    if (module or importer) and image.kind is Kind.ARM64EC and target == WIN_ARM64:
        return finding(Code.WA105, member, what + by)
    if module:
        return finding(Code.WA101, member, what)
    if importer:
        return finding(Code.WA102, member, what + by)
    if subject.shape is Shape.FILE:
        return finding(Code.WA110, member, what)
    if ".data/scripts/" in member:
        return finding(Code.WA103, member, f"it is {image.label}, not {target.processor}")
    return finding(Code.WA104, member, f"it is {image.label}, not {target.processor}")


def _foreign_libraries(subject: Subject) -> Iterator[Finding]:
    code = Code.WA110 if subject.shape is Shape.FILE else Code.WA109
    for member, library in subject.libraries.items():
        if subject.allows(member):
            continue
        fitting = {kind for kind in library.kinds if loads(subject.target, kind)}
        if library.kinds and not fitting:
            yield finding(code, member, f"it holds {library.label} code only")
        if "intermediate" in library.sorts and suffix_of(member) in {".lib", ".a"}:
            yield finding(Code.WA111, member, "it holds members of link-time optimisation")
