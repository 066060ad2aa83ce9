"""How the value of a setting is written in each source, and what it becomes.

A kind knows its value in two forms: as TOML has it, and as one text (a config setting or an
environment variable). The text is first turned into what TOML would have, so that one check
serves all sources and the JSON schema says the same.
"""

from __future__ import annotations

import contextlib
import difflib
import re
import shlex
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from winarm.errors import SettingsError
from winarm.pyproject import stays_inside
from winarm.target import TARGETS, Target, parse_target

if TYPE_CHECKING:
    from winarm.host import System

#: The name of winarm's own build backend.
OWN_BACKEND = "winarm.backend"

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


class Problems:
    """What is wrong with several settings, collected so that all of it is named at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextlib.contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Collect what the body raises of the setting that is written at `place`."""
        try:
            yield
        except InvalidValueError as error:
            self.found += [f"{place}: {problem}" for problem in error.problems]
        except SettingsError as error:
            self.found += error.problems

    def refuse(self) -> None:
        """Raise what was collected.

        :raises SettingsError: there is something.
        """
        if self.found:
            raise SettingsError(self.found)


class ValueKind(ABC):
    """What a setting's value may be."""

    @property
    @abstractmethod
    def phrase(self) -> str:
        """Return what may be written, for people: `a whole number from 1 to 1024`."""

    @abstractmethod
    def check(self, value: object, project: Path) -> object:
        """Return what `value` means for the project in the folder `project`.

        :raises InvalidValueError: it is not of this kind.
        """

    def from_text(self, text: str, system: System) -> object:
        """Return what TOML would have for `text`, written for a host of this `system`.

        :raises InvalidValueError: the text cannot be taken apart.
        """
        return text.strip()

    def from_texts(self, texts: list[str], system: System) -> object:
        """Return what TOML would have for the texts of a setting that front-ends were given.

        :raises InvalidValueError: they cannot be taken apart, or are more than the setting takes.
        """
        if len(texts) != 1:
            raise InvalidValueError(f"is given {len(texts)} times; once will do")
        return self.from_text(texts[0], system)

    def schema(self) -> dict[str, object]:
        """Return the JSON schema of the value in TOML."""
        return {"type": "string"}

    def mismatch(self, value: object) -> InvalidValueError:
        """Return the error that says what was expected and what is written."""
        found = repr(value) if isinstance(value, str) else _TOML_TYPES.get(type(value), "a date")
        return InvalidValueError(f"must be {self.phrase}, not {found}")


class Flag(ValueKind):
    """Yes or no."""

    words: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("", "1", "true", "yes", "on"), True),
        **dict.fromkeys(("0", "false", "no", "off"), False),
    }

    phrase = "true or false (also 1, yes, on; 0, no, off)"

    def from_text(self, text: str, system: System) -> object:
        """Return the boolean that `text` spells; an empty one switches on."""
        return self.words.get(text.strip().lower(), text)

    def check(self, value: object, project: Path) -> bool:
        """Return the boolean."""
        if not isinstance(value, bool):
            raise self.mismatch(value)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema of a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Count(ValueKind):
    """A whole number from 1 to `most`."""

    most: int

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a whole number from 1 to {self.most}"

    def from_text(self, text: str, system: System) -> object:
        """Return the number that `text` spells."""
        # Nine digits: int() refuses very long ones with words that do not help.
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else text

    def check(self, value: object, project: Path) -> int:
        """Return the number, which is in its range."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.mismatch(value)
        if not 1 <= value <= self.most:
            raise InvalidValueError(f"must be {self.phrase}")
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the bounds."""
        return {"type": "integer", "minimum": 1, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Choice(ValueKind):
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"one of {', '.join(self.words)}"

    def check(self, value: object, project: Path) -> str:
        """Return the word, which is one of the choices."""
        if not isinstance(value, str):
            raise self.mismatch(value)
        if value not in self.words:
            hint = did_you_mean(value, {word: word for word in self.words})
            raise InvalidValueError(f"must be {self.phrase}, not {value!r}{hint}")
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the choices."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Line(ValueKind):
    """One line of text that matches `pattern`."""

    #: What it is, for people: `the name of a CMake generator`.
    phrase: str
    #: A regular expression in what Python's and JSON schema's have in common.
    pattern: str = r"[^\x00-\x1f]+"
    #: It is a folder; a relative one counts from the project's.
    folder: bool = False

    def check(self, value: object, project: Path) -> str | Path:
        """Return the text, which has the right form; of a folder, its path."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.mismatch(value)
        return project / value if self.folder else value

    def schema(self) -> dict[str, object]:
        """Return the schema with the form of the text."""
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


FOLDER = Line("a folder", r"[^\x00]+", folder=True)


class TargetName(ValueKind):
    """A machine to build for, in any of its spellings."""

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a machine such as {TARGETS[0].wheel_platform} (also arm64, ARM64, aarch64 …)"

    def check(self, value: object, project: Path) -> Target:
        """Return the target that the spelling names."""
        if not isinstance(value, str):
            raise self.mismatch(value)
        target = parse_target(value)
        if target is None:
            spellings = {name: name for known in TARGETS for name in sorted(known.spellings)}
            raise InvalidValueError(
                f"must be {self.phrase}, not {value!r}{did_you_mean(value, spellings)}"
            )
        return target


class BackendName(ValueKind):
    """A build backend as PEP 517 spells one, other than winarm's own, which would call itself."""

    phrase = 'a build backend such as "setuptools.build_meta"'

    def check(self, value: object, project: Path) -> str:
        """Return the name: `package.module` or `package.module:object`."""
        if not isinstance(value, str) or not is_backend_name(value):
            raise self.mismatch(value)
        if value.partition(":")[0] == OWN_BACKEND:
            raise InvalidValueError(
                f"cannot be {value!r}: it is the backend that winarm is to call"
            )
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the form of the name."""
        # The format is validate-pyproject's own; other validators pass over it.
        return {
            "type": "string",
            "format": "pep517-backend-reference",
            "not": {"pattern": f"^({re.escape(OWN_BACKEND)})(:|$)"},
        }


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

    def from_texts(self, texts: list[str], system: System) -> list[str]:
        """Return the entries of all texts."""
        return [entry for text in texts for entry in self.from_text(text, system)]

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


def is_backend_name(name: str) -> bool:
    """Return whether `name` has the form that PEP 517 gives to `build-backend`."""
    module, colon, attribute = name.partition(":")
    dotted = [module, attribute] if colon else [module]
    return all(part.isidentifier() for path in dotted for part in path.split("."))


def did_you_mean(word: str, known: Mapping[str, str]) -> str:
    """Return `; did you mean 'this'?` where a key of `known` resembles `word`, else nothing.

    :param known: how each key is spelled in the place of the mistake.
    """
    # Bounded: the time that difflib takes grows with the square of the length.
    close = difflib.get_close_matches(word[:100].lower(), known, n=1)
    return f"; did you mean {known[close[0]]!r}?" if close else ""
