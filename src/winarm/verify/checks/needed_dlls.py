"""Every DLL that an image needs must be in the wheel, in Windows or in Python."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from winarm.coff.image import Image
from winarm.coff.imports import Import
from winarm.coff.managed import Managed
from winarm.verify.codes import Code
from winarm.verify.dll_search import Found, Located
from winarm.verify.dlls import Origin, origin_of
from winarm.verify.member_names import folder_of, is_module, place_of
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject

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
#: How the DLLs of other Pythons begin, and the tags of these.
_OTHER_PYTHONS = {"libpypy": "pp", "python-native": "graalpy"}
#: Wrong whoever needs them, and when.
_ALWAYS = frozenset({Code.WA402, Code.WA403, Code.WA406, Code.WA407})
#: What another distribution may bring.
_BROUGHT = frozenset({Origin.UNKNOWN, Origin.CPP_RUNTIME, Origin.COMPILER_RUNTIME})


def check_needed_dlls(subject: Subject) -> Iterator[Finding]:
    """Find DLLs that will not be there, or not be found, on the user's machine."""
    for member, image in subject.loadable.items():
        # .NET finds its libraries in its own ways.
        if image.managed is not Managed.NONE:
            continue
        for needed, located in subject.search.links(member):
            if located is not None:
                if located.found is not Found.YES and not needed.delayed:
                    yield from _far_away(subject, member, needed, located)
            elif any(fnmatchcase(needed.file, name.lower()) for name in subject.options.external):
                yield finding(Code.WA407, member, f"{needed.dll} is brought from outside")
            elif needed.file in subject.brought or _is_in_windows(subject, needed):
                continue
            elif _may_come(subject, member, needed):
                words = f"{needed.dll} must come with one of the required {subject.required_names}"
                yield finding(Code.WA413, member, words)
            else:
                yield from _missing(subject, member, needed)
        yield from _unused_forwarders(subject, member, image)
    yield from _loaded_by_code(subject)


def _loaded_by_code(subject: Subject) -> Iterator[Finding]:
    """Find DLLs that Python code loads when it is imported, and that Windows does not find.

    Where there are modules, not all code is looked through.
    """
    if subject.modules or subject.target not in subject.own_targets or not subject.may_read:
        return
    needed = ((source, one) for source, code in subject.code.all_codes for one in code.needed)
    for source, place in needed:
        file = f"{place.parts[-1]}"
        if place.is_exact:
            if not subject.search.has(place):
                words = f"it loads {file}, which is not in the wheel"
                yield finding(Code.WA405, source, words)
        elif folder := subject.search.unsearched(file.lower()):
            words = (
                f"it loads {file} by its name, which is in {folder}, where Windows does not look"
            )
            yield finding(Code.WA412, source, words)


def _missing(subject: Subject, member: str, needed: Import) -> Iterator[Finding]:
    origin = _origin(subject, needed.file)
    code, where = _CODES.get(origin), "the wheel" if subject.name else "the folder"
    if origin is Origin.PYTHON and _is_apart_from_python(subject, member, needed):
        code, where = Code.WA414, "the Scripts folder"
    if code is None:
        return
    absent = f"it needs {needed.dll}, which is not in {where}"
    if code in _ALWAYS:
        found, words = code, f"it needs {needed.dll}"
    elif needed.delayed:
        found = Code.WA409
        words = f"{needed.dll}, which it loads when first used, is not in {where}"
    elif member not in subject.essential:
        found, words = Code.WA411, f"{absent}; no module needs the image"
    elif is_module(member) and subject.code.is_optional(member):
        found, words = Code.WA411, f"{absent}; its import is optional"
    else:
        found, words = code, f"it needs {needed.dll}" if code is Code.WA410 else absent
    yield finding(found, member, words, cure=code.rule.cure)


def _is_apart_from_python(subject: Subject, member: str, needed: Import) -> bool:
    """Return whether a program is in Scripts, and Python's own DLL that it needs is elsewhere.

    The Scripts folder of a virtual environment has launchers, and that of an installed Python is
    below the folder with the DLLs (venvlauncher in CPython's PC/launcher.c).
    """
    *folder, _ = place_of(member)
    return (
        folder[:2] == ["prefix", "scripts"]
        and not subject.images[member].is_dll
        and needed.file.startswith("python3")
        and not needed.delayed
        and (*folder, needed.file) not in subject.places
    )


def _origin(subject: Subject, file: str) -> Origin:
    """Return who brings a DLL to a module, in whose folders of search it is."""
    origin = origin_of(file, subject.target)
    if origin is Origin.PYTHON_OWN and subject.may_read:
        # They are in Python's folder DLLs, where only Python's own modules look.
        return origin if subject.search.is_loaded_by_python(file) else Origin.UNKNOWN
    other = next((tag for stem, tag in _OTHER_PYTHONS.items() if file.startswith(stem)), "")
    if other and subject.name is not None:
        own = any(tag.startswith(other) for tag in subject.name.pythons)
        return origin if own else Origin.UNKNOWN
    return origin


def _is_in_windows(subject: Subject, needed: Import) -> bool:
    return origin_of(needed.file, subject.target) is Origin.SYSTEM


def _may_come(subject: Subject, member: str, needed: Import) -> bool:
    """Return whether a required distribution may bring a DLL into a folder that is searched."""
    origin = origin_of(needed.file, subject.target)
    if origin not in _BROUGHT or not (subject.required and subject.may_read):
        return False
    package, *rest = place_of(member)[1:]
    shared = bool(rest) and package not in subject.packages
    return shared or subject.search.adds_foreign_folders(member)


def _far_away(subject: Subject, member: str, needed: Import, located: Located) -> Iterator[Finding]:
    other = subject.images.get(located.member)
    # Another check reports images for other machines.
    if not subject.may_read or (other is not None and not other.loads_on(subject.target)):
        return
    if not is_module(member) and _is_beside_modules(subject, member, located.member):
        return
    folder = folder_of(located.member) or "the root"
    certain = located.found is Found.NOT and member in subject.essential
    if certain and not (
        subject.code.has_compiled_code(member)
        or (is_module(member) and subject.code.is_optional(member))
    ):
        words = f"it needs {needed.dll}, which is in {folder}, where Windows does not look"
        yield finding(Code.WA412, member, words)
    elif is_module(member):
        # Plug-ins and programs may be loaded when their DLLs are in the process already.
        words = f"it needs {needed.dll}, which is in {folder}"
        yield finding(Code.WA408, member, words)


def _is_beside_modules(subject: Subject, member: str, wanted: str) -> bool:
    """Return whether a DLL is in the folder of each module that loads `member`.

    What a module's DLLs need is looked for in the folder of the module, too.
    """
    folders = {folder for folder, members in subject.loaded_from.items() if member in members}
    return folders == {place_of(wanted)[:-1]}


def _unused_forwarders(subject: Subject, member: str, image: Image) -> Iterator[Finding]:
    """Find DLLs that an image passes functions on to; those that are used have errors."""
    for file in sorted(image.exports.forwards_to):
        origin = _CODES.get(_origin(subject, file))
        absent = subject.search.located(member, file) is None and file not in subject.brought
        if origin is not None and absent:
            words = f"it passes functions on to {file}, which is not in the wheel"
            yield finding(Code.WA409, member, words, cure=origin.rule.cure)
