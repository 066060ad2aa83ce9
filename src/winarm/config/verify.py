"""`[tool.winarm.verify]`: the keys, and how they become the options of verification."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from winarm.config.sources import PROJECT, Definition, Source
from winarm.config.table import Table
from winarm.config.values import Choice, Count, Flag, InvalidValueError, ValueKind, did_you_mean
from winarm.errors import SettingsError
from winarm.target import TARGETS, WIN_ARM64, Target, parse_target
from winarm.verify.codes import Code, Severity
from winarm.verify.options import Limits, VerifyOptions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.host import System

#: The word that asks for whatever Windows platform a wheel is tagged with.
AUTO = "auto"
#: The word for reports that never fail.
NEVER = "never"
PLACE = "pyproject.toml [tool.winarm.verify]"
#: More than any limit has to be.
_MOST = 10**15


class Targets(NamedTuple):
    """What `target` means: the fields of `VerifyOptions` that it sets."""

    target: Target
    also: tuple[Target, ...]
    skip_others: bool


class TextOrTexts(ValueKind):
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
        return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


class TargetNames(TextOrTexts):
    """The targets that wheels are verified for."""

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a target, a list of targets, or {AUTO}"

    def check(self, value: object, project: Path) -> Targets:  # noqa: ARG002
        """Return the targets; `auto` means every Windows target, and skips other systems."""
        words = self.texts(value)
        found = dict(zip(words, map(parse_target, words), strict=True))
        known = {name: name for name in (*(target.wheel_platform for target in TARGETS), AUTO)}
        problems = [
            f"{word!r} is not a target ({', '.join(known)}){did_you_mean(word, known)}"
            for word, target in found.items()
            if target is None and word.lower() != AUTO
        ]
        if problems:
            raise InvalidValueError(*problems)
        named = [target for target in found.values() if target is not None]
        everything = None in found.values()
        targets = tuple(dict.fromkeys((*named, *TARGETS) if everything else named)) or (WIN_ARM64,)
        return Targets(targets[0], targets[1:], everything)


class CodePrefixes(TextOrTexts):
    """Codes, or beginnings of codes."""

    phrase = 'a code, the beginning of codes such as "WA4", or a list of these'

    def check(self, value: object, project: Path) -> tuple[str, ...]:  # noqa: ARG002
        """Return the beginnings in upper case."""
        prefixes = tuple(word.strip().upper() for word in self.texts(value))
        problems = [
            f"{prefix!r} is not a finding; see docs/verify.md#findings"
            for prefix in prefixes
            if not prefix or not any(code.name.startswith(prefix) for code in Code)
        ]
        if problems:
            raise InvalidValueError(*problems)
        return prefixes


@dataclass(frozen=True, slots=True)
class Patterns(TextOrTexts):
    """Patterns of names, as a shell has them."""

    #: What one of them matches, for people.
    what: str

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a pattern of {self.what}, or a list of patterns"

    def check(self, value: object, project: Path) -> tuple[str, ...]:  # noqa: ARG002
        """Return the patterns."""
        return self.texts(value)


class CodesByPattern(ValueKind):
    """A table of codes for each pattern of members."""

    json_type: ClassVar[str] = "object"
    codes: ClassVar[CodePrefixes] = CodePrefixes()

    phrase = 'a table such as { "pkg/tests/*" = ["WA106"] }'

    def check(self, value: object, project: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the patterns, each with its beginnings of codes."""
        if not isinstance(value, dict):
            raise self.mismatch(value)
        problems: list[str] = []
        found: list[tuple[str, tuple[str, ...]]] = []
        for pattern, words in value.items():
            try:
                found.append((pattern, self.codes.check(words, project)))
            except InvalidValueError as error:
                problems += [f"{pattern!r}: {problem}" for problem in error.problems]
        if problems:
            raise InvalidValueError(*problems)
        return tuple(found)

    def schema(self) -> dict[str, object]:
        """Return the schema of a table of codes."""
        return {"type": self.json_type, "additionalProperties": self.codes.schema()}


class FailOn(ValueKind):
    """The severity from which on a report fails."""

    words: ClassVar[Choice] = Choice((*(severity.label for severity in reversed(Severity)), NEVER))

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return self.words.phrase

    def check(self, value: object, project: Path) -> Severity | None:
        """Return the severity; None for never."""
        return Severity.parse(self.words.check(value, project))

    def schema(self) -> dict[str, object]:
        """Return the schema with the choices."""
        return self.words.schema()


def _limits(values: dict[str, Any]) -> Limits:
    return Limits(**{key.replace("-", "_"): value for key, value in values.items()})


def _options(values: dict[str, Any]) -> VerifyOptions:
    return VerifyOptions(**_fields(values))


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    targets = values.pop("target", None)
    fields = {key.replace("-", "_"): value for key, value in values.items()}
    return {**(targets._asdict() if targets else {}), **fields}


def with_texts(
    options: VerifyOptions | None, texts: Mapping[str, list[str]], project: Path, system: System
) -> VerifyOptions:
    """Return options of which some keys are replaced by what a front-end was given.

    :param texts: what was given for each key, once or several times.
    :raises SettingsError: keys or values are wrong; it names all of them.
    """
    problems: list[str] = []
    checked: dict[str, Any] = {}
    for key, given in texts.items():
        try:
            checked[key] = TABLE.definition(key).kind.check(_value(key, given, system), project)
        except InvalidValueError as error:
            place = Source.CONFIG.spelling(f"verify.{key}")
            problems += [f"{Source.CONFIG.value} {place}: {problem}" for problem in error.problems]
    if problems:
        raise SettingsError(problems)
    return replace(options or VerifyOptions(), **_fields(checked))


def _value(key: str, given: list[str], system: System) -> object:
    """Return what TOML would have for the texts of one key."""
    kind = TABLE.definition(key).kind
    if isinstance(kind, TextOrTexts):
        return [word for text in given for word in text.replace(",", " ").split()]
    if isinstance(kind, Table | CodesByPattern):
        message = f"can be set only in {PLACE}"
        raise InvalidValueError(message)
    return kind.from_text(given[-1], system)


def _key(kind: ValueKind, help: str, default: object = None) -> Definition:  # noqa: A002 - as `setting`
    return Definition(help, kind, PROJECT, default, "")


def _limit(help: str, default: int) -> Definition:  # noqa: A002 - as `setting`
    return _key(Count(_MOST), help, default)


_DEFAULTS = Limits()

LIMITS = Table(
    f"{PLACE[:-1]}.limits]",
    {
        "members": _limit("Members of an archive, files of a folder.", _DEFAULTS.members),
        "member-size": _limit("Bytes of one member, unpacked.", _DEFAULTS.member_size),
        "total-size": _limit(
            "Bytes of all members, unpacked (packed, where that is more).", _DEFAULTS.total_size
        ),
        "member-ratio": _limit(
            "Unpacked over packed size, of a member over 16 MiB.", _DEFAULTS.member_ratio
        ),
        "total-ratio": _limit(
            "Unpacked over packed size, of an archive over 64 MiB.", _DEFAULTS.total_ratio
        ),
        "symbols": _limit(
            "Imported and exported symbols read of all images of one call, plus one for each 64 "
            "bytes of its files. An image counts as 250, a section of it as 4, a DLL that it needs "
            "as 16, a library's member as 4.",
            _DEFAULTS.symbols,
        ),
        "seconds": _limit(
            "Seconds of processor time for one call, plus one for each 4 MiB of its files.",
            _DEFAULTS.seconds,
        ),
    },
    _limits,
)

TABLE = Table(
    PLACE,
    {
        "target": _key(
            TargetNames(),
            "The targets that wheels are verified for. `auto` verifies each wheel for the Windows "
            "platform in its tag, and passes over wheels of other systems.",
            WIN_ARM64.wheel_platform,
        ),
        "select": _key(
            CodePrefixes(),
            "The codes that are reported. A finding that something could not be read is reported "
            "always.",
        ),
        "ignore": _key(CodePrefixes(), "Codes that are not reported."),
        "per-member-ignores": _key(
            CodesByPattern(),
            "Codes that are not reported of certain members: for each pattern of members, a code "
            "or a list of codes.",
        ),
        "allow": _key(Patterns("members"), "Members that may be for any machine."),
        "external": _key(Patterns("DLL names"), "DLLs that something else brings."),
        "fail-on": _key(
            FailOn(),
            "The severity from which on a report fails: a build, and the exit status of `winarm "
            "verify`.",
            Severity.ERROR.label,
        ),
        "record": _key(Flag(), "Compare every member with its hash in RECORD.", default=True),
        "limits": _key(LIMITS, "How much is read of one file before it is called a bomb."),
    },
    _options,
)
