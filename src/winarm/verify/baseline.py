"""Findings that are known already: those of an earlier report in JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from winarm.verify.wheels.filename import WheelName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.verify.report import Finding, Report

#: A version in a message or in a path: a new release of a project has the findings of the last.
_VERSION = "VERSION"


class BaselineError(ValueError):
    """The text is not a report as `winarm verify --format json` writes it."""


class _Known(NamedTuple):
    """What makes two findings the same: all but the version of the wheel."""

    subject: str
    code: str
    member: str
    message: str


@dataclass(frozen=True)
class Baseline:
    """The findings of an earlier call."""

    findings: frozenset[_Known]

    @classmethod
    def parse(cls, text: str | bytes) -> Baseline:
        """Return the findings of a report in JSON.

        :raises BaselineError: it is something else.
        """
        try:
            return cls(frozenset(_all_known(json.loads(text))))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            message = f"{type(error).__name__}: {error}"
            raise BaselineError(message) from error

    def without_known(self, report: Report) -> Report:
        """Return `report` without the findings that are known.

        What could not be verified is never known.
        """
        left = tuple(
            found
            for found in report.findings
            if found.code.rule.unread or _known(report, found) not in self.findings
        )
        return replace(report, findings=left, known=len(report.findings) - len(left))


def _all_known(log: dict[str, Any]) -> Iterator[_Known]:
    for report in log["reports"]:
        name = PurePosixPath(report["path"]).name
        for found in report["findings"]:
            yield _key(name, str(found["code"]), str(found["member"]), str(found["message"]))


def _known(report: Report, found: Finding) -> _Known:
    return _key(report.path.name, found.code.name, found.member, found.message)


def _key(file: str, code: str, member: str, message: str) -> _Known:
    name = WheelName.parse(file)
    if name is None:
        return _Known(file, code, member, message)
    tags = (name.pythons, name.abis, name.platforms)
    subject = "-".join([name.distribution, *(".".join(part) for part in tags)])
    version = re.compile(rf"(?<![0-9]){re.escape(name.version)}(?![0-9])")
    return _Known(subject, code, version.sub(_VERSION, member), version.sub(_VERSION, message))
