"""How the value of a setting is written in each source, and what it becomes.

A kind knows its value in two forms: as TOML has it, and as one text (a config setting or an
environment variable). The text is first turned into what TOML would have, so that one check
serves all sources and the JSON schema says the same.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from winarm.pyproject import stays_inside
from winarm.target import TARGETS, Target, parse_target

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.host import System

_TOML_TYPES = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "a table",
}


class InvalidValueError(ValueError):
    """A value is not of its kind; each problem is the end of a sentence that names the place."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class Kind(ABC):
    """What a setting's value may be."""

    json_type: ClassVar[str] = "string"

    @property
    @abstractmethod
    def phrase(self) -> str:
        """Return what may be written, for people: `a whole number from 1 to 1024`."""

    @abstractmethod
    def check(self, value: object, project: Path) -> object:
        """Return what `value` means for the project in the folder `project`.

        :raises InvalidValueError: it is not of this kind.
        """

    def from_text(self, text: str, system: System) -> object:  # noqa: ARG002 - lists need it
        """Return what TOML would have for `text`, written for a host of this `system`.

        :raises InvalidValueError: the text cannot be taken apart.
        """
        return text.strip()

    def schema(self) -> dict[str, object]:
        """Return the JSON schema of the value in TOML."""
        return {"type": self.json_type}

    def mismatch(self, value: object) -> InvalidValueError:
        """Return the error that says what was expected and what stands there."""
        found = repr(value) if isinstance(value, str) else _TOML_TYPES.get(type(value), "a date")
        return InvalidValueError(f"must be {self.phrase}, not {found}")


class Flag(Kind):
    """Yes or no."""

    json_type: ClassVar[str] = "boolean"
    words: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("", "1", "true", "yes", "on"), True),
        **dict.fromkeys(("0", "false", "no", "off"), False),
    }

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return "true or false (also 1, yes, on; 0, no, off)"

    def from_text(self, text: str, system: System) -> object:  # noqa: ARG002
        """Return the boolean that `text` spells; an empty one switches on."""
        return self.words.get(text.strip().lower(), text)

    def check(self, value: object, project: Path) -> bool:  # noqa: ARG002
        """Return the boolean."""
        if not isinstance(value, bool):
            raise self.mismatch(value)
        return value


@dataclass(frozen=True, slots=True)
class Count(Kind):
    """A whole number from 1 to `most`."""

    most: int
    json_type: ClassVar[str] = "integer"

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a whole number from 1 to {self.most}"

    def from_text(self, text: str, system: System) -> object:  # noqa: ARG002
        """Return the number that `text` spells."""
        # Nine digits: int() refuses very long ones with words that do not help.
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else text

    def check(self, value: object, project: Path) -> int:  # noqa: ARG002
        """Return the number, which is in its range."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.mismatch(value)
        if not 1 <= value <= self.most:
            message = f"must be {self.phrase}"
            raise InvalidValueError(message)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the bounds."""
        return {"type": self.json_type, "minimum": 1, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Choice(Kind):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"one of {', '.join(self.words)}"

    def check(self, value: object, project: Path) -> str:  # noqa: ARG002
        """Return the word, which is one of the choices."""
        if not isinstance(value, str):
            raise self.mismatch(value)
        if value not in self.words:
            hint = did_you_mean(value, {word: word for word in self.words})
            message = f"must be {self.phrase}, not {value!r}{hint}"
            raise InvalidValueError(message)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the choices."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Line(Kind):
    """One line of text."""

    #: What it is, for people: `the name of a CMake generator`.
    what: str

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return self.what

    def check(self, value: object, project: Path) -> str:  # noqa: ARG002
        """Return the text, which is not empty and has no control characters."""
        if not isinstance(value, str) or not re.fullmatch(r"[^\x00-\x1f]+", value):
            raise self.mismatch(value)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema of a text that is not empty."""
        return {"type": self.json_type, "minLength": 1}


class TargetName(Kind):
    """A machine to build for, in any of its spellings."""

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a machine such as {TARGETS[0].wheel_platform} (also arm64, ARM64, aarch64 …)"

    def check(self, value: object, project: Path) -> Target:  # noqa: ARG002
        """Return the target that the spelling names."""
        if not isinstance(value, str):
            raise self.mismatch(value)
        target = parse_target(value)
        if target is None:
            spellings = {name: name for known in TARGETS for name in sorted(known.spellings)}
            message = f"must be {self.phrase}, not {value!r}{did_you_mean(value, spellings)}"
            raise InvalidValueError(message)
        return target


class Folder(Kind):
    """A folder; a relative one stands in the project."""

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return "a folder"

    def check(self, value: object, project: Path) -> Path:
        """Return the folder, in the project when it is relative."""
        if not isinstance(value, str) or not value or "\0" in value:
            raise self.mismatch(value)
        return project / value

    def schema(self) -> dict[str, object]:
        """Return the schema of a text that is not empty."""
        return {"type": self.json_type, "minLength": 1}


class VersionStart(Kind):
    """The beginning of a version, by whole numbers."""

    pattern: ClassVar[str] = r"[0-9]{1,9}(\.[0-9]{1,9}){0,3}"

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return "a version or its beginning such as 14.44"

    def check(self, value: object, project: Path) -> str:  # noqa: ARG002
        """Return the text, which is numbers with dots between them."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.mismatch(value)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the form of the version."""
        return {"type": self.json_type, "pattern": f"^{self.pattern}$"}


@dataclass(frozen=True, slots=True)
class BackendName(Kind):
    """A build backend as PEP 517 spells one: `package.module` or `package.module:object`."""

    #: Backends that would call themselves.
    refused: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return 'a build backend such as "setuptools.build_meta"'

    def check(self, value: object, project: Path) -> str:  # noqa: ARG002
        """Return the name, which has the right form and is not winarm's own."""
        if not isinstance(value, str) or not is_backend_name(value):
            raise self.mismatch(value)
        if value.partition(":")[0] in self.refused:
            message = f"cannot be {value!r}: it is the backend that winarm is to call"
            raise InvalidValueError(message)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the form of the name."""
        # The format is validate-pyproject's own; other validators pass over it.
        return {
            "type": self.json_type,
            "format": "pep517-backend-reference",
            "not": {"pattern": f"^({'|'.join(map(re.escape, self.refused))})(:|$)"},
        }


def is_backend_name(name: str) -> bool:
    """Return whether `name` has the form that PEP 517 gives to `build-backend`."""
    module, colon, attribute = name.partition(":")
    dotted = [module, attribute] if colon else [module]
    return all(part.isidentifier() for path in dotted for part in path.split("."))


class Split(Enum):
    """How one text holds several entries; the value says it to people."""

    SHELL = "separated by spaces, quoted as in a shell"
    PATHS = 'separated by ":" (";" on a Windows host)'
    NAMES = "separated by commas or spaces"


@dataclass(frozen=True, slots=True)
class Words(Kind):
    """A list of texts, each of which matches `pattern`."""

    #: What one entry is, for people: `a macro, NAME or NAME=VALUE`.
    entry: str
    #: A regular expression in what Python's and JSON schema's have in common.
    pattern: str
    split: Split
    #: Entries are folders; relative ones stand in the project.
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
        """Return the entries; of folders, the relative ones as standing in the project."""
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


def split_shell(text: str, system: System) -> list[str]:
    r"""Return the words of `text` as a shell has them; on Windows `\` is part of a path.

    :raises InvalidValueError: a quotation is not closed.
    """
    import shlex  # noqa: PLC0415 - most builds have no such text

    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    if system == "windows":
        lexer.escape = ""
    try:
        return list(lexer)
    except ValueError as error:
        message = f"cannot be split into words: {error}"
        raise InvalidValueError(message) from None


def did_you_mean(word: str, known: Mapping[str, str]) -> str:
    """Return `; did you mean 'this'?` where a key of `known` resembles `word`, else nothing.

    :param known: how each key is spelled in the place where the mistake stands.
    """
    import difflib  # noqa: PLC0415 - only for mistakes

    # Bounded: the time that difflib takes grows with the square of the length.
    close = difflib.get_close_matches(word[:100].lower(), known, n=1)
    return f"; did you mean {known[close[0]]!r}?" if close else ""
