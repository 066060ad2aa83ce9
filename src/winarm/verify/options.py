"""What a user may choose about verification, and the reader of [tool.winarm.verify]."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from winarm.errors import SettingsError
from winarm.target import TARGETS, WIN_ARM64, Target, parse_target
from winarm.verify.codes import Code, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: The word that asks for whatever Windows platform a wheel is tagged with.
AUTO = "auto"
WHERE = "[tool.winarm.verify]"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read before a file is called a bomb; sizes in bytes, unpacked."""

    #: Members of an archive, files of a folder.
    members: int = 100_000
    member_size: int = 2 * 2**30
    total_size: int = 8 * 2**30
    #: Unpacked over packed, of a member over 16 MiB; the largest seen in a real wheel is 228.
    member_ratio: int = 300
    #: Unpacked over packed, of an archive over 64 MiB unpacked.
    total_ratio: int = 50
    #: Imported symbols read from all images together.
    symbols: int = 1_000_000


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What is verified, for whom, and what counts."""

    #: For whom: the machine whose processes must load the code.
    target: Target = WIN_ARM64
    #: Further targets: a wheel that is tagged for one of them is verified for it.
    also: tuple[Target, ...] = ()
    #: Wheels for other systems are noted and passed over, not refused.
    skip_others: bool = False
    #: Codes, or beginnings of codes, that are reported; all when empty.
    select: tuple[str, ...] = ()
    #: Codes, or beginnings of codes, that are not reported.
    ignore: tuple[str, ...] = ()
    #: Patterns of members that may be for any machine.
    allow: tuple[str, ...] = ()
    #: Patterns of DLL names that somebody else brings.
    external: tuple[str, ...] = ()
    #: From which severity on a report fails.
    fail_on: Severity = Severity.ERROR
    #: Compare every member with its RECORD entry.
    record: bool = True
    limits: Limits = field(default_factory=Limits)

    def wants(self, code: Code) -> bool:
        """Return whether findings of `code` are reported."""
        chosen = not self.select or code.name.startswith(self.select)
        return chosen and not code.name.startswith(self.ignore)


def from_table(table: Mapping[str, object], where: str = WHERE) -> VerifyOptions:
    """Return the options that a table of settings asks for.

    :param where: how messages call the table.
    :raises SettingsError: keys or values are wrong; it names all of them.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    for key, value in table.items():
        if reader := _READERS.get(key):
            try:
                values.update(reader(value))
            except ValueError as error:
                problems.append(f"{where} {key}: {error}")
        elif key == "limits" and isinstance(value, dict):
            values["limits"] = _limits(value, where, problems)
        else:
            problems.append(f"{where} {key}: {_unknown(key, KEYS)}")
    if problems:
        raise SettingsError(problems)
    return VerifyOptions(**values)


def targets_from(words: Iterable[str]) -> dict[str, Any]:
    """Return the options `target`, `also` and `skip_others` that target names ask for.

    :raises ValueError: a name is no target's.
    """
    found: list[Target] = []
    everything = False
    for word in words:
        target = parse_target(word)
        if target is not None:
            found.append(target)
        elif word.lower() == AUTO:
            everything = True
        else:
            names = (*(target.wheel_platform for target in TARGETS), AUTO)
            message = _unknown(word, names)
            raise ValueError(message)
    if everything:
        found.extend(TARGETS)
    unique = tuple(dict.fromkeys(found)) or (WIN_ARM64,)
    return {"target": unique[0], "also": unique[1:], "skip_others": everything}


def code_prefixes(words: Iterable[str]) -> tuple[str, ...]:
    """Return `words` as codes or beginnings of codes, in upper case.

    :raises ValueError: one begins no code.
    """
    prefixes = tuple(word.strip().upper() for word in words)
    for prefix in prefixes:
        if not prefix or not any(code.name.startswith(prefix) for code in Code):
            message = _unknown(prefix, [code.name for code in Code])
            raise ValueError(message)
    return prefixes


def severity_from(word: str) -> Severity:
    """Return the severity of that name.

    :raises ValueError: there is none.
    """
    severity = Severity.parse(word)
    if severity is None:
        message = _unknown(word, [severity.label for severity in Severity])
        raise ValueError(message)
    return severity


def _unknown(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"{word!r} is unknown" + (f"; did you mean {close[0]!r}?" if close else "")


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    message = f"expected a list of strings, got {value!r}"
    raise ValueError(message)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    message = f"expected true or false, got {value!r}"
    raise ValueError(message)


def _word(value: object) -> str:
    if isinstance(value, str):
        return value
    message = f"expected a string, got {value!r}"
    raise ValueError(message)


#: How each key of the table becomes options.
_READERS: Mapping[str, Callable[[object], dict[str, Any]]] = {
    "target": lambda value: targets_from(_strings(value)),
    "select": lambda value: {"select": code_prefixes(_strings(value))},
    "ignore": lambda value: {"ignore": code_prefixes(_strings(value))},
    "allow": lambda value: {"allow": _strings(value)},
    "external": lambda value: {"external": _strings(value)},
    "fail-on": lambda value: {"fail_on": severity_from(_word(value))},
    "record": lambda value: {"record": _flag(value)},
}
#: The keys of the table.
KEYS = (*_READERS, "limits")


def _limits(table: Mapping[str, object], where: str, problems: list[str]) -> Limits:
    known = {item.name.replace("_", "-"): item.name for item in fields(Limits)}
    values: dict[str, int] = {}
    for key, value in table.items():
        if key not in known:
            problems.append(f"{where} limits.{key}: {_unknown(key, known)}")
        elif isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            problems.append(f"{where} limits.{key}: expected a number above 0, got {value!r}")
        else:
            values[known[key]] = value
    return Limits(**values)
