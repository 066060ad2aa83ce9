"""How the value of a setting is written in each source, and what it becomes.

A kind knows its value in two forms: as TOML has it, and as one text (a config setting or an
environment variable). The text is first turned into what TOML would have, so that one check
serves all sources and the JSON schema says the same.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from winarm.errors import SettingsError
from winarm.target import TARGETS, Target, parse_target

if TYPE_CHECKING:
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

    def from_text(self, text: str, system: System) -> object:
        """Return what TOML would have for `text`, written for a host of this `system`.

        :raises InvalidValueError: the text cannot be taken apart.
        """
        return text.strip()

    def schema(self) -> dict[str, object]:
        """Return the JSON schema of the value in TOML."""
        return {"type": self.json_type}

    def mismatch(self, value: object) -> InvalidValueError:
        """Return the error that says what was expected and what is written."""
        found = repr(value) if isinstance(value, str) else _TOML_TYPES.get(type(value), "a date")
        return InvalidValueError(f"must be {self.phrase}, not {found}")


class Flag(ValueKind):
    """Yes or no."""

    json_type: ClassVar[str] = "boolean"
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


@dataclass(frozen=True, slots=True)
class Count(ValueKind):
    """A whole number from 1 to `most`."""

    most: int
    json_type: ClassVar[str] = "integer"

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
        return {"type": self.json_type, "minimum": 1, "maximum": self.most}


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
    what: str
    #: A regular expression in what Python's and JSON schema's have in common.
    pattern: str = r"[^\x00-\x1f]+"

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return self.what

    def check(self, value: object, project: Path) -> str:
        """Return the text, which has the right form."""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise self.mismatch(value)
        return value

    def schema(self) -> dict[str, object]:
        """Return the schema with the form of the text."""
        return {"type": self.json_type, "pattern": f"^(?:{self.pattern})$"}


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


class Folder(ValueKind):
    """A folder; a relative one counts from the project's."""

    phrase = "a folder"

    def check(self, value: object, project: Path) -> Path:
        """Return the folder, in the project when it is relative."""
        if not isinstance(value, str) or not value or "\0" in value:
            raise self.mismatch(value)
        return project / value

    def schema(self) -> dict[str, object]:
        """Return the schema of a text that is not empty."""
        return {"type": self.json_type, "minLength": 1}


@dataclass(frozen=True, slots=True)
class BackendName(ValueKind):
    """A build backend as PEP 517 spells one: `package.module` or `package.module:object`."""

    #: Backends that would call themselves.
    refused: tuple[str, ...]

    phrase = 'a build backend such as "setuptools.build_meta"'

    def check(self, value: object, project: Path) -> str:
        """Return the name, which has the right form and is not winarm's own."""
        if not isinstance(value, str) or not is_backend_name(value):
            raise self.mismatch(value)
        if value.partition(":")[0] in self.refused:
            raise InvalidValueError(
                f"cannot be {value!r}: it is the backend that winarm is to call"
            )
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


def did_you_mean(word: str, known: Mapping[str, str]) -> str:
    """Return `; did you mean 'this'?` where a key of `known` resembles `word`, else nothing.

    :param known: how each key is spelled in the place of the mistake.
    """
    # Bounded: the time that difflib takes grows with the square of the length.
    close = difflib.get_close_matches(word[:100].lower(), known, n=1)
    return f"; did you mean {known[close[0]]!r}?" if close else ""
