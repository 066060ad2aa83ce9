"""What verification returns: findings, a summary of every image, and the verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from winarm.errors import printable
from winarm.verify.codes import Code, Severity

#: Findings of one code that are listed; a hostile wheel can have a million.
MOST = 1000
#: Codes that the reason of a verdict names.
_MOST_CODES = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing, at one place."""

    code: Code
    #: The member of the wheel, the file of the tree, or "" for the whole.
    member: str
    #: What is wrong, in one sentence.
    message: str
    #: What to do about it.
    cure: str
    #: Further members of which the same is said, up to `MOST`.
    others: tuple[str, ...] = ()
    #: Further members, those that `others` leaves out included.
    more: int = 0

    @property
    def members(self) -> tuple[str, ...]:
        """Return every member that is named."""
        return (self.member, *self.others)

    @property
    def words(self) -> str:
        """Return the message, with how many further members it is about."""
        if not self.more:
            return self.message
        return f"{self.message} ({self.more} more {'file' if self.more == 1 else 'files'} too)"

    @property
    def severity(self) -> Severity:
        """Return how bad it is."""
        return self.code.rule.severity

    def line(self) -> str:
        """Return the finding on one line: `WA101 error: pkg/_x.pyd: …`."""
        place = f"{self.member}: " if self.member else ""
        return printable(f"{self.code.name} {self.severity.label}: {place}{self.words}")


def finding(code: Code, member: str, message: str, *, cure: str = "") -> Finding:
    """Return a finding; without a `cure` of its own it has its code's."""
    return Finding(code, member, message, cure or code.rule.cure)


def listed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in printable words, the worst first, and at most `MOST` of each code.

    What is said of several members in the same words is one finding that counts them, and so is
    all that a code says which is reported `once`.
    """
    merged: dict[tuple[Code, str, str], tuple[str, list[str]]] = {}
    for found in findings:
        words = "" if found.code.rule.once else found.message
        same_words = merged.setdefault((found.code, words, found.cure), (found.message, []))
        same_words[1].append(found.member)
    by_code: dict[Code, list[Finding]] = {}
    left_out: dict[Code, int] = {}
    for (code, _, cure), (message, members) in merged.items():
        same = by_code.setdefault(code, [])
        if len(same) < MOST:
            first, *others = map(printable, dict.fromkeys(members[: MOST + 1]))
            more = len(members) - 1 if len(members) > MOST else len(others)
            same.append(Finding(code, first, printable(message), cure, tuple(others), more))
        else:
            left_out[code] = left_out.get(code, 0) + 1
    for code, count in left_out.items():
        last = by_code[code][-1]
        words = f"{last.message} (and {count} more like it, which are not listed)"
        by_code[code][-1] = replace(last, message=words)
    shown = [one for same in by_code.values() for one in same]
    return tuple(sorted(shown, key=lambda one: (-one.severity, one.code.name)))


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """What is reported of an image, library or object file when nothing is wrong with it."""

    member: str
    #: The machine in words: `ARM64`, `ARM64X`, `.NET (any CPU)`.
    machine: str
    #: Bytes, unpacked.
    size: int
    #: Names of the DLLs it needs to start.
    imports: tuple[str, ...] = ()
    #: Names of the DLLs it loads when they are first used.
    delay_imports: tuple[str, ...] = ()
    #: It is an object file or a library, not an image.
    is_library: bool = False


class Evidence(Enum):
    """How much is known of a wheel; the value is the wording of every report."""

    INSPECTED = "inspected"
    IMPORTED_EMULATED = "imported on an emulator"
    TESTED_EMULATED = "tested on an emulator"
    IMPORTED_NATIVELY = "imported natively"
    TESTED_NATIVELY = "tested natively"


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one wheel, file or folder."""

    path: Path
    findings: tuple[Finding, ...]
    images: tuple[ImageSummary, ...]
    #: A wheel without native code.
    pure: bool = False
    #: Whom it was verified for: `win_arm64`.
    target: str = ""
    #: What the verdict rests on; verification alone inspects.
    evidence: Evidence = Evidence.INSPECTED
    #: It has code for the target, or its tag says so.
    for_target: bool = False
    #: Findings that are left out because a baseline has them.
    known: int = 0

    @property
    def ok(self) -> bool:
        """Return whether there is no error."""
        return not self.reaches(Severity.ERROR)

    def failing(self, fail_on: Severity | None) -> tuple[Finding, ...]:
        """Return the findings that are as bad as `fail_on`, or worse; none are for None."""
        least = Severity.ERROR + 1 if fail_on is None else fail_on
        return tuple(found for found in self.findings if found.severity >= least)

    def reaches(self, severity: Severity | None) -> bool:
        """Return whether a finding is as bad as `severity`, or worse; None is never reached."""
        return bool(self.failing(severity))

    @property
    def skipped(self) -> bool:
        """Return whether the file was passed over, because it is not for Windows."""
        return any(found.code is Code.WA617 for found in self.findings)

    def count(self, severity: Severity) -> int:
        """Return how many findings are exactly of `severity`."""
        return sum(found.severity == severity for found in self.findings)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all reports together come to."""

    good: bool
    #: Why, in one sentence without its full stop.
    reason: str

    @property
    def word(self) -> str:
        """Return the word that reports use: `good` or `bad`."""
        return "good" if self.good else "bad"


def judge(
    reports: Sequence[Report],
    fail_on: Severity | None = Severity.ERROR,
    required: Iterable[Collection[str]] = (),
) -> Verdict:
    """Return the verdict on all reports.

    :param fail_on: the severity from which on a report fails; None for never.
    :param required: groups of platforms (`win_arm64`), for one of each of which there must be
        something.
    """
    if bad := list(filter(None, (report.failing(fail_on) for report in reports))):
        codes = sorted({found.code.name for failing in bad for found in failing})
        more = f" and {len(codes) - _MOST_CODES} more codes" if len(codes) > _MOST_CODES else ""
        named = ", ".join(codes[:_MOST_CODES]) + more
        return Verdict(good=False, reason=f"{len(bad)} of {_files(len(reports))} failed: {named}")
    served = {report.target for report in reports if report.for_target}
    if absent := [" or ".join(group) for group in required if served.isdisjoint(group)]:
        return Verdict(good=False, reason=f"nothing is for {', '.join(absent)}")
    skipped = sum(report.skipped for report in reports)
    more = f", {_files(skipped)} skipped" if skipped else ""
    return Verdict(
        good=True, reason=f"{_files(len(reports) - skipped)} verified, none failed{more}"
    )


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
