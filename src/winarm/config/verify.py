"""`[tool.winarm.verify]`: the keys, and how they become the options of verification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from winarm.config.sources import Definition, Source
from winarm.config.table import Table
from winarm.config.values import (
    Choice,
    Count,
    Flag,
    InvalidValueError,
    Problems,
    Texts,
    ValueKind,
    did_you_mean,
)
from winarm.target import TARGETS, WIN_ARM64, parse_target
from winarm.verify.codes import Code, Severity
from winarm.verify.options import Limits, VerifyOptions

if TYPE_CHECKING:
    from winarm.host import System

#: The word that asks for whatever Windows platform a wheel is tagged with.
AUTO = "auto"
#: The word for reports that never fail.
NEVER = "never"
PLACE = "pyproject.toml [tool.winarm.verify]"
#: More than any limit has to be.
_MOST = 10**15


class TargetNames(Texts):
    """The targets that wheels are verified for."""

    phrase = f"a target, a list of targets, or {AUTO}"

    def check(self, value: object, project: Path) -> dict[str, object]:
        """Return the options that they set; `auto` is all targets, and skips other systems."""
        found = {word: parse_target(word) for word in self.texts(value)}
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
        return {"target": targets[0], "also": targets[1:], "skip_others": everything}


class CodePrefixes(Texts):
    """Codes, or beginnings of codes."""

    phrase = 'a code, the beginning of codes such as "WA4", or a list of these'

    def check(self, value: object, project: Path) -> tuple[str, ...]:
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
class Patterns(Texts):
    """Patterns of names, as a shell has them."""

    #: What one of them matches, for people.
    what: str

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a pattern of {self.what}, or a list of patterns"

    def check(self, value: object, project: Path) -> tuple[str, ...]:
        """Return the patterns."""
        return self.texts(value)


class CodesByPattern(ValueKind):
    """A table of codes for each pattern of members."""

    codes: ClassVar[CodePrefixes] = CodePrefixes()

    phrase = 'a table such as { "pkg/tests/*" = ["WA106"] }'

    def check(self, value: object, project: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return the patterns, each with its beginnings of codes."""
        if not isinstance(value, dict):
            raise self.mismatch(value)
        problems = Problems()
        found: list[tuple[str, tuple[str, ...]]] = []
        for pattern, words in value.items():
            with problems.at(repr(pattern)):
                found.append((pattern, self.codes.check(words, project)))
        if problems.found:
            raise InvalidValueError(*problems.found)
        return tuple(found)

    def schema(self) -> dict[str, object]:
        """Return the schema of a table of codes."""
        return {"type": "object", "additionalProperties": self.codes.schema()}


class FailOn(ValueKind):
    """The lowest severity that fails a report."""

    words: ClassVar[Choice] = Choice((*(severity.label for severity in reversed(Severity)), NEVER))

    phrase = words.phrase

    def check(self, value: object, project: Path) -> Severity | None:
        """Return the severity; None for never."""
        return Severity.parse(self.words.check(value, project))

    def schema(self) -> dict[str, object]:
        """Return the schema with the choices."""
        return self.words.schema()


def _options(target: Mapping[str, Any] | None = None, **options: Any) -> VerifyOptions:  # noqa: ANN401
    return VerifyOptions(**(target or {}), **options)


def with_texts(
    options: VerifyOptions | None, texts: Mapping[str, list[str]], project: Path, system: System
) -> VerifyOptions:
    """Return options of which some keys are replaced by what a front-end was given.

    :param texts: what was given for each key, once or several times.
    :raises SettingsError: keys or values are wrong; it names all of them.
    """
    problems = Problems()
    checked: dict[str, Any] = {}
    for key, given in texts.items():
        with problems.at(f"{Source.CONFIG.value} {Source.CONFIG.spelling(f'verify.{key}')}"):
            kind = TABLE.kind(key)
            checked[key.replace("-", "_")] = kind.check(_value(kind, given, system), project)
    problems.refuse()
    targets = checked.pop("target", {})
    return replace(options or VerifyOptions(), **targets, **checked)


def _value(kind: ValueKind, given: list[str], system: System) -> object:
    """Return what TOML would have for the texts of one key."""
    if isinstance(kind, Texts):
        return [word for text in given for word in text.replace(",", " ").split()]
    if isinstance(kind, Table | CodesByPattern):
        raise InvalidValueError(f"can be set only in {PLACE}")
    return kind.from_text(given[-1], system)


#: What each limit is of; `Limits` has their numbers.
_LIMITS = {
    "members": "Members of an archive, files of a folder.",
    "member-size": "Bytes of one member, unpacked.",
    "total-size": "Bytes of all members, unpacked (packed, where that is more).",
    "member-ratio": "Unpacked over packed size, of a member over 16 MiB.",
    "total-ratio": "Unpacked over packed size, of an archive over 64 MiB.",
    "symbols": (
        "Imported and exported symbols read of all images of one call, plus one for each 64 bytes "
        "of its files. An image counts as 250, a section of it as 4, a DLL that it needs as 16, a "
        "library's member as 4."
    ),
    "seconds": "Seconds of processor time for one call, plus one for each 4 MiB of its files.",
}
LIMITS = Table(
    f"{PLACE[:-1]}.limits]",
    {
        key: Definition(Count(_MOST), what, default=getattr(Limits(), key.replace("-", "_")))
        for key, what in _LIMITS.items()
    },
    Limits,
)

TABLE = Table(
    PLACE,
    {
        "target": Definition(
            TargetNames(),
            "The targets that wheels are verified for. `auto` verifies each wheel for the Windows "
            "platform in its tag, and passes over wheels of other systems.",
            default=WIN_ARM64.wheel_platform,
        ),
        "select": Definition(
            CodePrefixes(),
            "The codes that are reported. A finding that something could not be read is reported "
            "always.",
        ),
        "ignore": Definition(CodePrefixes(), "Codes that are not reported."),
        "per-member-ignores": Definition(
            CodesByPattern(),
            "Codes that are not reported of certain members: for each pattern of members, a code "
            "or a list of codes.",
        ),
        "allow": Definition(Patterns("members"), "Members that may be for any machine."),
        "external": Definition(Patterns("DLL names"), "DLLs that something else provides."),
        "fail-on": Definition(
            FailOn(),
            "The lowest severity that fails a build, and that gives `winarm verify` status 1.",
            default=Severity.ERROR.label,
        ),
        "record": Definition(Flag(), "Compare every member with its hash in RECORD.", default=True),
        "limits": Definition(
            LIMITS, "How much is read of one file before it counts as a decompression bomb."
        ),
    },
    _options,
)
