"""What a code stands for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is; ordered."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """Return the word that reports use: `error`, `warning`, `note`."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Severity | None:
        """Return the severity that `word` names, or None."""
        return next((severity for severity in cls if severity.label == word.lower()), None)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a code means: its severity, a title, the usual cause and the cure."""

    severity: Severity
    title: str
    cause: str
    cure: str


#: As the lists of rules spell them.
ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
