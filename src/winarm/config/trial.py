"""`[tool.winarm.test]`: how the project's wheels are tried."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from winarm.config.sources import definitions_of, table_key
from winarm.config.table import Table
from winarm.config.values import Count, Split, Texts, Words, split_shell

#: Seconds; a day.
MAX_TIMEOUT = 86_400


class CommandLine(Texts):
    """A command, as one text or as a list of words."""

    words: ClassVar[Words] = Words("a word", r"[^\x00]*", Split.SHELL)

    phrase = 'a command such as "python -m pytest tests", or a list of its words'

    def check(self, value: object, project: Path) -> tuple[str, ...]:
        """Return the words."""
        if isinstance(value, str):
            return tuple(split_shell(value, "linux"))
        if not isinstance(value, list):
            raise self.mismatch(value)
        return self.words.check(value, project)


@dataclass(frozen=True, slots=True)
class TrialSettings:
    """What a project says of its trials."""

    command: tuple[str, ...] = table_key(
        CommandLine(),
        "The command that tests the wheel, `python …` or a script of an installed package. "
        "Without one, every module is imported.",
    )
    requires: tuple[str, ...] = table_key(
        Words("a requirement", r"[^\x00-\x1f]+", Split.SHELL),
        "Requirements of the command, in addition to the wheel's own.",
    )
    extras: tuple[str, ...] = table_key(
        Words("the name of an extra", r"[A-Za-z0-9._-]+", Split.NAMES),
        "Extras of the wheel that are installed.",
    )
    copy: tuple[str, ...] = table_key(
        Words("a path inside the project", r"[^\x00-\x1f]+", Split.PATHS, inside=True),
        "Files and folders of the project that the command finds in its working folder.",
    )
    skip: tuple[str, ...] = table_key(
        Words("a pattern of modules", r"[^\s\x00-\x1f]+", Split.NAMES),
        "Modules that are not imported.",
    )
    timeout: int | None = table_key(
        Count(MAX_TIMEOUT),
        "Seconds for the command, or for the import of one module.",
        default=None,
    )


TABLE = Table("pyproject.toml [tool.winarm.test]", definitions_of(TrialSettings), TrialSettings)
