"""The whole of verification: read a path, ask every check, report."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from winarm.target import Target
from winarm.verify.checks import CHECKS
from winarm.verify.codes import Code
from winarm.verify.companions import Companion, brought, read_companions
from winarm.verify.facts import Shape
from winarm.verify.options import Budget, VerifyOptions
from winarm.verify.reading import TOO_LONG, MemberReader, is_sdist, read_file, read_tree, read_wheel
from winarm.verify.report import Finding, ImageSummary, Report, finding, listed
from winarm.verify.subject import Subject
from winarm.verify.wheels.content import DamagedError
from winarm.verify.wheels.entry import ArchiveError
from winarm.verify.wheels.filename import WheelName

#: Nothing chosen: everything is verified for win_arm64.
DEFAULTS = VerifyOptions()


def verify(path: Path | str, options: VerifyOptions = DEFAULTS) -> Report:
    """Verify a wheel, a folder, or a single image, object file or library.

    Nothing is extracted, loaded or run. Whatever is wrong with the path or what it names is a
    finding of the report; nothing is raised for it.
    """
    brings = read_companions(options.companions)
    return verify_within(Budget(options.limits), path, options, brings)


def verify_within(
    budget: Budget,
    path: Path | str,
    options: VerifyOptions,
    brings: Mapping[Path, tuple[Companion, ...]],
) -> Report:
    """Verify a path as one of several that share what they may cost.

    :param brings: what the paths bring that are named with it, itself included.
    """
    name = WheelName.parse(Path(path).name)
    target = _target_for(name, options)
    if note := _passed_over(path, name, options):
        return _report(Path(path), target, [note], options)
    path = Path(path)
    companions = [one for other, some in brings.items() if other != path for one in some]

    def is_brought(file: str) -> bool:
        return any(file in one.files for one in companions)

    try:
        subject, problems = _read(path, name, target, options, budget, others=is_brought)
    except ArchiveError as error:
        return _report(path, target, [finding(Code.WA002, "", f"{error}")], options)
    except (DamagedError, OSError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or f"{error}"
        return _report(path, target, [finding(Code.WA001, "", reason)], options)
    if companions:
        single = subject.shape is Shape.FILE
        subject = replace(subject, brought=brought(companions, subject.required, single=single))
    findings = [*problems]
    # A wheel that is tagged for two machines must suit each.
    tagged = set(name.targets if name is not None else ())
    targets = [one for one in (options.target, *options.also) if one in tagged] or [target]
    try:
        for one in targets:
            findings += _checked(replace(subject, target=one), budget)
    finally:
        if isinstance(subject.reader, MemberReader):
            subject.reader.close()
    return _report(path, target, findings, options, subject)


def _checked(subject: Subject, budget: Budget) -> Iterator[Finding]:
    """Yield what the checks find for the target of `subject`."""
    for check in CHECKS:
        if budget.is_over:
            yield finding(Code.WA004, "", TOO_LONG)
            return
        yield from check(subject)


def _passed_over(
    path: Path | str, name: WheelName | None, options: VerifyOptions
) -> Finding | None:
    """Return why a path is not read, if so."""
    if not str(path) or "\0" in str(path):
        return finding(Code.WA001, "", "no file can have this name")
    path = Path(path)
    try:
        mode = path.stat().st_mode
        # A pipe or a device would be read for ever.
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            return finding(Code.WA001, "", "it is neither a file nor a folder")
        if stat.S_ISREG(mode) and is_sdist(path, options.limits):
            return finding(Code.WA617, "", "it is a source archive")
    except OSError as error:
        return finding(Code.WA001, "", error.strerror or f"{error}")
    if name is not None and options.skip_others and not (name.targets or name.any_platform):
        return finding(Code.WA617, "", f"it is for {'.'.join(name.platforms)}")
    return None


def _target_for(name: WheelName | None, options: VerifyOptions) -> Target:
    """Return the target to verify for: of the wanted ones the one that the wheel is tagged for."""
    wanted = (options.target, *options.also)
    tagged = name.targets if name is not None else ()
    return next((target for target in wanted if target in tagged), options.target)


def _read(
    path: Path,
    name: WheelName | None,
    target: Target,
    options: VerifyOptions,
    budget: Budget,
    *,
    others: Callable[[str], bool],
) -> tuple[Subject, tuple[Finding, ...]]:
    if path.is_dir():
        return read_tree(path, target, options, budget, others=others)
    # A .zip may be a wheel under another name, or no wheel at all: the checks say which.
    if path.suffix.lower() in {".whl", ".zip"}:
        return read_wheel(path, name, target, options, budget, others=others)
    return read_file(path, target, options, budget, others=others)


def _report(
    path: Path,
    target: Target,
    findings: Sequence[Finding],
    options: VerifyOptions,
    subject: Subject | None = None,
) -> Report:
    return Report(
        path=path,
        for_target=_is_for(target, path, subject),
        findings=listed(found for found in findings if options.wants(found.code, found.member)),
        images=_summaries(subject) if subject else (),
        pure=subject is not None
        and subject.shape is Shape.WHEEL
        and not (subject.images or subject.libraries or subject.impostors or subject.damaged),
        target=target.wheel_platform,
    )


def _is_for(target: Target, path: Path, subject: Subject | None) -> bool:
    """Return whether a wheel is tagged for `target`, or something else has code for it."""
    name = WheelName.parse(path.name)
    if name is not None:
        return target in name.targets
    return subject is not None and any(image.loads_on(target) for image in subject.images.values())


def _summaries(subject: Subject) -> tuple[ImageSummary, ...]:
    images = (
        ImageSummary(member, image.label, image.size, image.needs(), image.needs(delayed=True))
        for member, image in subject.images.items()
    )
    libraries = (
        ImageSummary(member, library.label, library.size, is_library=True)
        for member, library in subject.libraries.items()
    )
    return tuple(sorted((*images, *libraries), key=lambda summary: summary.member))
