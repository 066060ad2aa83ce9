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
    modules = sorted(filter(is_module, subject.checked))
    if subject.name.any_platform:
        if modules:
            yield finding(Code.WA604, modules[0], "it is in a wheel tagged for any platform")
        for member in sorted(set(subject.checked).difference(modules)):
            yield finding(Code.WA605, member, "it is in a wheel tagged for any platform")
        return
    if subject.target not in subject.name.targets:
        tagged = ".".join(subject.name.platforms)
        words = f"the wheel is tagged {tagged}, not {subject.target.wheel_platform}"
        yield finding(Code.WA601, "", words)
    if not any(suffix_of(name) in _NATIVE for name in subject.names):
        yield finding(Code.WA606, "", "no image is in a wheel for one platform")
