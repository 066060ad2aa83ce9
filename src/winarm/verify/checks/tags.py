"""The tags in a wheel's name must fit what is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from winarm.verify.codes import Code
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Shape, Subject, base_name, is_module, suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.verify.options import VerifyOptions

#: Suffixes that make a wheel belong to a platform, whatever is in the files.
_NATIVE = frozenset({".pyd", ".dll", ".exe", ".lib", ".a", ".so", ".dylib"})

#: How other systems' extension modules end (`.abi3.so`, `.cpython-313-darwin.so`).
_FOREIGN_MODULE = re.compile(r"\.(abi3t?|cpython-[^/]*|pypy[^/]*|graalpy[^/]*)\.so$")


def check_tags(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find platform tags that do not fit the target or the content."""
    if subject.shape is not Shape.WHEEL:
        return
    if subject.name is None:
        yield finding(Code.WA615, "", f"{subject.path.name!r} is not a valid wheel file name")
        return
    if problem := subject.name.problem:
        yield finding(Code.WA615, "", problem)
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
        if _is_any_module(subject, member) and not subject.is_test_data(member)
    ]
    needed = [member for member in modules if not subject.search.is_optional(member)]
    if needed:
        yield finding(Code.WA604, needed[0], words)
    for member in native:
        if not (needed and member in modules) and not subject.allows(member):
            yield finding(Code.WA605, member, words)


def _is_any_module(subject: Subject, member: str) -> bool:
    """Return whether a file is an extension module of Windows or of another system."""
    if is_module(member) or _FOREIGN_MODULE.search(member) is not None:
        return True
    # Linux imports a plain suffix, too; only a module has the name of its init function in it.
    init = f"PyInit_{base_name(member).partition('.')[0]}".encode()
    return suffix_of(member) == ".so" and init in subject.read(member)
