"""The tags in a wheel's name must fit what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.verify.codes import Code
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Shape, Subject, is_module, suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.verify.options import VerifyOptions

#: Suffixes that make a wheel belong to a platform, whatever is in the files.
_NATIVE = frozenset({".pyd", ".dll", ".exe", ".lib", ".a", ".so", ".dylib"})


def check_tags(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find platform tags that do not fit the target or the content."""
    if subject.shape is not Shape.WHEEL:
        return
    if subject.name is None:
        yield finding(Code.WA615, "", f"{subject.path.name!r} is not a valid wheel file name")
        return
    if problem := subject.name.problem:
        yield finding(Code.WA615, "", problem)
    if label := subject.name.label:
        words = f"its name ends in {label}, the label of a variant: most installers refuse it"
        yield finding(Code.WA624, "", words)
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
    needed = [member for member in modules if not subject.search.is_optional(member)]
    if needed:
        yield finding(Code.WA604, needed[0], words)
    for member in native:
        if not (needed and member in modules) and not subject.allows(member):
            yield finding(Code.WA605, member, words)
