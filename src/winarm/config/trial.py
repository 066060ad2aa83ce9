"""`[tool.winarm.test]`: how the project's wheels are tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from winarm.config.lists import Split, Words, split_shell
from winarm.config.sources import PROJECT, Definition
from winarm.config.table import Table
from winarm.config.values import Count, ValueKind

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "pyproject.toml [tool.winarm.test]"
#: Seconds; a day.
MAX_TIMEOUT = 86_400


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """What a project says of its trials."""

    command: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    timeout: int | None = None


class CommandLine(ValueKind):
    """A command, as one text or as a list of words."""

    json_type: ClassVar[str] = "array"
    words: ClassVar[Words] = Words("a word", r"[^\x00]*", Split.SHELL)

    phrase = 'a command such as "python -m pytest tests", or a list of its words'

    def check(self, value: object, project: Path) -> tuple[str, ...]:
        """Return the words."""
        if isinstance(value, str):
            return tuple(split_shell(value, "linux"))
        if not isinstance(value, list):
            raise self.mismatch(value)
        return self.words.check(value, project)

    def schema(self) -> dict[str, object]:
        """Return the schema of a text or a list of texts."""
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _key(kind: ValueKind, help: str, default: object = None) -> Definition:  # noqa: A002 - as `setting`
    return Definition(help, kind, PROJECT, default, "")


def _settings(values: dict[str, Any]) -> TrialSettings:
    return TrialSettings(**values)


TABLE = Table(
    PLACE,
    {
        "command": _key(
            CommandLine(),
            "The command that tests the wheel, `python …` or a script of an installed package. "
            "Without one, every module is imported.",
        ),
        "requires": _key(
            Words("a requirement", r"[^\x00-\x1f]+", Split.SHELL),
            "Requirements of the command, in addition to the wheel's own.",
        ),
        "extras": _key(
            Words("the name of an extra", r"[A-Za-z0-9._-]+", Split.NAMES),
            "Extras of the wheel that are installed.",
        ),
        "copy": _key(
            Words("a path inside the project", r"[^\x00-\x1f]+", Split.PATHS, inside=True),
            "Files and folders of the project that the command finds in its working folder.",
        ),
        "skip": _key(
            Words("a pattern of modules", r"[^\s\x00-\x1f]+", Split.NAMES),
            "Modules that are not imported.",
        ),
        "timeout": _key(
            Count(MAX_TIMEOUT), "Seconds for the command, or for the import of one module."
        ),
    },
    _settings,
)
