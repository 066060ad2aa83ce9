"""Findings that are known already: those of an earlier report in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from winarm.verify.report import Finding, Report
from winarm.verify.wheels.filename import WheelName

#: A version in a message or in a path: a new release of a project has the findings of the last.
_VERSION = "VERSION"
#: What makes two findings the same: the wheel without its version, code, member and message.
_Known = tuple[str, str, str, str]


class BaselineError(ValueError):
    """The text is not a report as `winarm verify --format json` writes it."""


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
            raise BaselineError("it is not a report in JSON") from error

    def without_known(self, report: Report) -> Report:
        """Return `report` without the findings that are known.

        What could not be verified is never known.
        """
        left = [
            rest for found in report.findings if (rest := self._unknown(report, found)) is not None
        ]
        return replace(report, findings=tuple(left), known=len(report.findings) - len(left))

    def _unknown(self, report: Report, found: Finding) -> Finding | None:
        """Return the finding with the members of which it is not known; None for none."""
        if found.code.rule.unread:
            return found
        unknown = [
            member
            for member in found.members
            if _key(report.path.name, found.code.name, member, found.message) not in self.findings
        ]
        # The report does not list these members, so they cannot be compared.
        hidden = found.more - len(found.others)
        if not unknown:
            return None if not hidden else found
        first, *others = unknown
        more = hidden + len(others)
        return replace(found, member=first, others=tuple(others), more=more)


def _all_known(log: dict[str, Any]) -> Iterator[_Known]:
    for report in log["reports"]:
        name = PurePosixPath(report["path"]).name
        for found in report["findings"]:
            # Reports of winarm 0.1 name one member only.
            for member in (found["member"], *found.get("others", ())):
                yield _key(name, str(found["code"]), str(member), str(found["message"]))


def _key(file: str, code: str, member: str, message: str) -> _Known:
    name = WheelName.parse(file)
    if name is None:
        return (file, code, member, message)
    tags = (name.pythons, name.abis, name.platforms)
    subject = "-".join([name.distribution, *(".".join(part) for part in tags)])
    version = re.compile(rf"(?<![0-9]){re.escape(name.version)}(?![0-9])")
    return (subject, code, version.sub(_VERSION, member), version.sub(_VERSION, message))
