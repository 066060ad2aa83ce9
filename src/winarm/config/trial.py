"""`[tool.winarm.test]`: how the project's wheels are tried."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from winarm.config.lists import Split, Texts, Words, split_shell
from winarm.config.sources import PROJECT, definitions_of, setting
from winarm.config.table import Table
from winarm.config.values import Count

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

    command: tuple[str, ...] = setting(
        CommandLine(),
        "The command that tests the wheel, `python …` or a script of an installed package. "
        "Without one, every module is imported.",
        PROJECT,
    )
    requires: tuple[str, ...] = setting(
        Words("a requirement", r"[^\x00-\x1f]+", Split.SHELL),
        "Requirements of the command, in addition to the wheel's own.",
        PROJECT,
    )
    extras: tuple[str, ...] = setting(
        Words("the name of an extra", r"[A-Za-z0-9._-]+", Split.NAMES),
        "Extras of the wheel that are installed.",
        PROJECT,
    )
    copy: tuple[str, ...] = setting(
        Words("a path inside the project", r"[^\x00-\x1f]+", Split.PATHS, inside=True),
        "Files and folders of the project that the command finds in its working folder.",
        PROJECT,
    )
    skip: tuple[str, ...] = setting(
        Words("a pattern of modules", r"[^\s\x00-\x1f]+", Split.NAMES),
        "Modules that are not imported.",
        PROJECT,
    )
    timeout: int | None = setting(
        Count(MAX_TIMEOUT),
        "Seconds for the command, or for the import of one module.",
        PROJECT,
        default=None,
    )


TABLE = Table("pyproject.toml [tool.winarm.test]", definitions_of(TrialSettings), TrialSettings)
