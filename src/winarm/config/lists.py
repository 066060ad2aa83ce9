"""Settings that are lists, and how one text holds the entries of one."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from winarm.config.values import InvalidValueError, ValueKind
from winarm.pyproject import stays_inside

if TYPE_CHECKING:
    from winarm.host import System


class Split(Enum):
    """How one text holds several entries; the value says it to people."""

    SHELL = "separated by spaces, quoted as in a shell"
    PATHS = 'separated by ":" (";" on a Windows host)'
    NAMES = "separated by commas or spaces"


@dataclass(frozen=True, slots=True)
class Words(ValueKind):
    """A list of texts, each of which matches `pattern`."""

    #: What one entry is, for people: `a macro, NAME or NAME=VALUE`.
    entry: str
    #: A regular expression in what Python's and JSON schema's have in common.
    pattern: str
    split: Split
    #: Entries are folders; relative ones count from the project's.
    folders: bool = False
    #: Entries are folders that must not lead out of the project; they stay as they are written.
    inside: bool = False
    json_type: ClassVar[str] = "array"

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a list; each entry is {self.entry}"

    def from_text(self, text: str, system: System) -> list[str]:
        """Return the entries of `text`, split as the setting says."""
        match self.split:
            case Split.SHELL:
                return split_shell(text, system)
            case Split.PATHS:
                # os.pathsep of the host that is asked about, which need not be ours.
                parts = text.split(";" if system == "windows" else ":")
            case Split.NAMES:
                parts = text.replace(",", " ").split()
        return [part.strip() for part in parts if part.strip()]

    def check(self, value: object, project: Path) -> tuple[str, ...]:
        """Return the entries; of folders, the relative ones as paths in the project."""
        if not isinstance(value, list):
            raise self.mismatch(value)
        wrong = [entry for entry in value if not self._fits(entry, project)]
        if wrong:
            raise InvalidValueError(
                *(f"has the entry {entry!r}, which must be {self.entry}" for entry in wrong)
            )
        return tuple(str(project / entry) if self.folders else entry for entry in value)

    def schema(self) -> dict[str, object]:
        """Return the schema with the form of each entry."""
        return {"type": "array", "items": {"type": "string", "pattern": f"^(?:{self.pattern})$"}}

    def _fits(self, entry: object, project: Path) -> bool:
        if not isinstance(entry, str) or not re.fullmatch(self.pattern, entry):
            return False
        return not self.inside or stays_inside(project, entry)


#: The JSON schema of one text, or of a list of texts.
TEXT_OR_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


class Texts(ValueKind):
    """One text, or a list of texts."""

    json_type: ClassVar[str] = "array"

    def texts(self, value: object) -> tuple[str, ...]:
        """Return the texts.

        :raises InvalidValueError: it is something else.
        """
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            raise self.mismatch(value)
        wrong = [entry for entry in value if not isinstance(entry, str)]
        if wrong:
            raise InvalidValueError(*(f"has the entry {entry!r}, not a text" for entry in wrong))
        return tuple(value)

    def schema(self) -> dict[str, object]:
        """Return the schema of a text or a list of texts."""
        return dict(TEXT_OR_TEXTS)


def split_shell(text: str, system: System) -> list[str]:
    r"""Return the words of `text` as a shell has them; on Windows `\` is part of a path.

    :raises InvalidValueError: a quotation is not closed.
    """
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    if system == "windows":
        lexer.escape = ""
    try:
        return list(lexer)
    except ValueError as error:
        raise InvalidValueError(f"cannot be split into words: {error}") from None
