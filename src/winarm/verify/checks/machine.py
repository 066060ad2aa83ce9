"""Every image must be for a machine that the target's processes can load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winarm.coff.machines import Kind, loads
from winarm.target import WIN_ARM64
from winarm.verify.codes import Code
from winarm.verify.report import Finding, finding
from winarm.verify.subject import (
    Shape,
    Subject,
    base_name,
    folder_of,
    is_module,
    suffix_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from winarm.coff.image import Image
    from winarm.verify.options import VerifyOptions


#: Folders of data that is broken on purpose.
_TEST_FOLDERS = frozenset({"test", "tests", "testing", "testdata", "test_data", "test-data"})


def check_machines(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Find images and libraries of other machines, and files that are no images."""
    yield from _impostors(subject)
    importers = _importers(subject)
    for member, image in subject.checked.items():
        if image.loads_on(subject.target):
            if image.kind is Kind.ARM64X and not image.hybrid.x64_view:
                yield finding(Code.WA108, member, "it has hybrid metadata and no x64 view")
        else:
            yield _foreign(subject, member, image, importers.get(member))
    yield from _foreign_libraries(subject)


def _impostors(subject: Subject) -> Iterator[Finding]:
    wanted = {needed.file for image in subject.checked.values() for needed in image.needed}
    what = [
        *((Code.WA106, m, f"it is {nature.value}, not a Windows image")
          for m, nature in subject.impostors.items()),
        *((Code.WA107, member, reason) for member, reason in subject.damaged.items()),
    ]  # fmt: skip
    for code, member, words in what:
        if subject.allows(member):
            continue
        if _is_spare(subject, member, wanted):
            yield finding(Code.WA112, member, words)
        else:
            yield finding(code, member, words)
    for member, image in subject.checked.items():
        for defect in image.defects:
            yield finding(Code.WA107, member, defect)


def _is_spare(subject: Subject, member: str, wanted: Collection[str]) -> bool:
    """Return whether the wheel does without a file: it is data of tests, or nothing asks for it."""
    if subject.shape is Shape.FILE or is_module(member) or ".data/scripts/" in member:
        return False
    if base_name(member).lower() in wanted:
        return False
    folders = {part.lower() for part in folder_of(member).split("/")}
    # Without modules, the code loads DLLs by name.
    return bool(folders & _TEST_FOLDERS) or any(map(is_module, subject.images))


def _importers(subject: Subject) -> dict[str, str]:
    """Return, for members that loadable images import, one image that does."""
    found: dict[str, str] = {}
    for importer, image in subject.checked.items():
        if image.loads_on(subject.target):
            for needed in image.needed:
                provider = subject.provider(importer, needed.dll)
                if provider is not None:
                    found.setdefault(provider, importer)
    return found


def _foreign(subject: Subject, member: str, image: Image, importer: str | None) -> Finding:
    target = subject.target
    what = f"it is {image.label}; a {target.wheel_platform} Python cannot load it"
    by = f" ({importer} imports it)" if importer else ""
    needed = is_module(member) or importer is not None
    if needed and image.kind is Kind.ARM64EC and target == WIN_ARM64:
        return finding(Code.WA105, member, what + by)
    if is_module(member):
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
