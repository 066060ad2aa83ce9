"""Python must find each extension module by its file name, and its init function inside.

CPython looks for NAME and one of its suffixes in turn: `.cp313-win_arm64.pyd`, then `.pyd`
(`_PyImport_DynLoadFiletab` in Python/dynload_win.c), then for an export named after the module
(PEP 489; PEP 793 for PyModExport).
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import NamedTuple

from winarm.coff.buffer import symbol_text
from winarm.coff.headers import EXECUTABLE
from winarm.coff.image import Image
from winarm.target import TARGETS, PythonABI, Target
from winarm.verify.codes import Code
from winarm.verify.facts import Shape
from winarm.verify.member_names import (
    base_name,
    init_names,
    installed,
    is_module,
    module_of,
    stem_of,
    suffix_of,
)
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.filename import Promise

_TAGGED = re.compile(
    r"(?P<name>[^.]+)\.(?P<abi>cp3[0-9]+t?d?)-(?P<platform>[a-z0-9_]+)\.pyd", re.IGNORECASE
)
_OTHER_TAGGED = re.compile(r"[^.]+\.(?P<tag>(pypy|graalpy)[0-9A-Za-z_-]+)\.pyd", re.IGNORECASE)
#: No file of Windows' has a longer name.
_LONGEST_NAME = 255
_INIT = re.compile(r"PyInitU?_|PyModExportU?_")
#: The minor version of Python that brought PyModExport (PEP 793).
_EXPORTS_SINCE = 15
#: Suffixes under which other systems have extension modules.
_FOREIGN_SUFFIXES = frozenset({".so", ".dylib"})


class ModuleName(NamedTuple):
    """A module's file name, taken apart."""

    name: str
    #: The ABI tag, or "" for the plain suffix.
    abi_tag: str
    #: The platform as the suffix spells it, or "".
    platform: str
    #: The name under which Python asks it for its init function.
    asked_as: str

    @classmethod
    def parse(cls, member: str) -> ModuleName | None:
        """Return the parts of a module's file name, or None if no CPython imports such a name."""
        file = base_name(member)
        if len(file) > _LONGEST_NAME or not is_module(file):
            return None
        asked_as = module_of(member)
        if match := _TAGGED.fullmatch(file):
            return cls(match["name"], match["abi"].lower(), match["platform"].lower(), asked_as)
        stem = file[: -len(".pyd")]
        return cls(stem, "", "", asked_as) if stem and "." not in stem else None

    @property
    def init_names(self) -> frozenset[str]:
        """Return the exports by which Python can import it."""
        return init_names(self.asked_as)

    @property
    def abi(self) -> PythonABI | None:
        """Return the ABI that the suffix names, if it does."""
        return PythonABI.parse(self.abi_tag)

    @property
    def target(self) -> Target | None:
        """Return the target that the suffix names, if it is one; Python knows one spelling."""
        return next((one for one in TARGETS if one.wheel_platform == self.platform), None)


def check_module_names(subject: Subject) -> Iterator[Finding]:
    """Find modules whose file name keeps Python from importing them."""
    for member, image in subject.checked.items():
        if is_module(member):
            if not subject.is_test_data(member):
                yield from _check(subject, member, image)
        elif suffix_of(member) in _FOREIGN_SUFFIXES:
            words = f"it is a Windows image ({image.label}) under another system's name"
            yield finding(Code.WA206, member, words)
        elif suffix_of(member) == ".dll" and _is_misnamed(subject, member, image):
            words = (
                "it has the init function of a module, which Windows imports from .pyd files only"
            )
            yield finding(Code.WA206, member, words)


def _is_misnamed(subject: Subject, member: str, image: Image) -> bool:
    """Return whether a DLL is a module, which code does not load itself."""
    if not (_imports_python(image) and image.exports.have_any(init_names(module_of(member)))):
        return False
    beside = {stem_of(module) for module in subject.modules}
    return (
        stem_of(member) not in beside
        and not subject.is_test_data(member)
        and not subject.code.may_find(member)
    )


def _check(subject: Subject, member: str, image: Image) -> Iterator[Finding]:
    module = ModuleName.parse(member)
    if module is None:
        yield from _other_implementation(subject, member)
        return
    elsewhere = module.platform and module.target != subject.target
    if elsewhere and subject.name is not None and subject.name.any_platform:
        # Of the modules for several platforms each system takes its own.
        return
    if elsewhere:
        words = f"its suffix says {module.platform}, not {subject.target.wheel_platform}"
        yield finding(Code.WA201, member, words)
    if _is_debug(module, image):
        yield finding(Code.WA204, member, "its name is one that a debug Python imports")
        return
    if module.abi is not None and subject.name is not None:
        yield from _suffix_against_promise(member, module.abi, subject.name.promise)
    if found := sorted(name for name in module.init_names if image.exports.have_any((name,))):
        yield from _init_export(subject, member, module, image, found)
        yield from _place(subject, member)
    else:
        yield from _no_init_export(member, module, image)


def _place(subject: Subject, member: str) -> Iterator[Finding]:
    """Find a module outside of the folders in which Python looks for modules."""
    root, *folders = installed(member)[:-1]
    if root == "site" and subject.shape is not Shape.WHEEL:
        # Only of a wheel it is known from where its modules are imported.
        return
    if root == "site":
        folders = subject.code.below_path(folders)
        odd = next((one for one in folders if not _can_be_named(one)), None)
        if odd is not None and not subject.code.may_find(member, beside=True):
            words = f"no import statement can name its folder {odd!r}, and nothing here finds it"
            yield finding(Code.WA210, member, words)
    elif not subject.code.may_find(member, beside=True):
        words = f"it is installed in {'/'.join(folders) or 'the root'} of the environment"
        yield finding(Code.WA205, member, f"{words}, where Python does not look for modules")


def _can_be_named(part: str) -> bool:
    return part.isidentifier() and not keyword.iskeyword(part)


def _other_implementation(subject: Subject, member: str) -> Iterator[Finding]:
    """Compare a module's name to those of PyPy and GraalPy: `_x.pypy311-pp73-win_amd64.pyd`."""
    match = _OTHER_TAGGED.fullmatch(base_name(member))
    if match is None:
        yield finding(Code.WA205, member, f"no Python imports {base_name(member)!r}")
    elif subject.name is not None:
        tag = match["tag"].replace("-", "_").lower()
        if not tag.startswith(subject.name.abis):
            words = f"its suffix says {match['tag']}, the wheel {', '.join(subject.name.abis)}"
            yield finding(Code.WA202, member, words)
        elif tag.startswith("pypy") and not tag.endswith(f"_{subject.target.wheel_platform}"):
            words = f"its suffix says {match['tag']}, not {subject.target.wheel_platform}"
            yield finding(Code.WA201, member, words)


def _is_debug(module: ModuleName, image: Image) -> bool:
    """Return whether the name is `NAME_d`, for a module that is called NAME inside."""
    bare = module.name.removesuffix("_d")
    named_so = bare != module.name and not image.exports.have_any(module.init_names)
    return module.abi_tag.endswith("d") or (named_so and image.exports.have_any(init_names(bare)))


def _suffix_against_promise(member: str, abi: PythonABI, promise: Promise) -> Iterator[Finding]:
    if not promise.abis or abi in promise.abis:
        if promise.stable and not promise.abis:
            words = f"its suffix says {abi.tag} in a wheel for every Python from"
            yield finding(Code.WA202, member, f"{words} {promise.stable.version} on")
        return
    named = ", ".join(sorted(other.tag for other in promise.abis))
    words = f"its suffix says {abi.tag}, the wheel {named}"
    threading_only = any(other.minor == abi.minor for other in promise.abis)
    yield finding(Code.WA203 if threading_only else Code.WA202, member, words)


def _init_export(
    subject: Subject, member: str, module: ModuleName, image: Image, found: list[str]
) -> Iterator[Finding]:
    """Find exports that are not code, or that a Python does not know which is to import by them."""
    if all(_is_data(image, name) for name in found):
        yield finding(Code.WA207, member, f"its {found[0]} is not code")
    promise = subject.name.promise if subject.name is not None else None
    promised = [*promise.abis, *promise.stables] if promise is not None else []
    oldest = min([module.abi] if module.abi else promised, default=None)
    is_new = all(name.startswith("PyModExport") for name in found)
    if is_new and oldest is not None and oldest.minor < _EXPORTS_SINCE:
        words = f"it exports {found[0]} only, which Python {oldest.version} does not look for"
        yield finding(Code.WA207, member, words)


def _no_init_export(member: str, module: ModuleName, image: Image) -> Iterator[Finding]:
    exported = image.exports.names
    others = sorted(name for name in exported if _INIT.match(name))
    wanted = min(module.init_names)
    if others:
        yield finding(Code.WA207, member, f"it exports {symbol_text(others[0])}, not {wanted}")
    elif exported and not _imports_python(image):
        yield finding(Code.WA208, member, f"it exports no {wanted}, only other functions")
    else:
        yield finding(Code.WA207, member, f"it does not export {wanted}")


def _is_data(image: Image, name: str) -> bool:
    """Return whether an export is neither code nor forwarded."""
    index = image.exports.index(name)
    if index is None or index in image.exports.forwarders:
        return False
    # Indices and addresses that are none are another check's.
    if not 0 <= index < len(image.exports.addresses):
        return False
    address = image.exports.addresses[index]
    if not 0 < address < image.headers.size_of_image:
        return False
    section = image.headers.section(address)
    return section is None or not section.characteristics & EXECUTABLE


def _imports_python(image: Image) -> bool:
    return any(item.dll.lower().startswith("python3") for item in image.imports)
