"""`[tool.winarm.packages.NAME]`: how a wheelhouse treats one package."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from winarm.config.lists import Split, Words
from winarm.config.sources import PROJECT, Definition
from winarm.config.table import Table
from winarm.config.values import Flag, InvalidValueError, ValueKind
from winarm.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PLACE = "pyproject.toml [tool.winarm.packages]"


@dataclass(frozen=True)
class PackageSettings:
    """How a wheelhouse treats one package."""

    #: Leave it out.
    skip: bool = False
    #: Take this version instead of the one that was resolved or locked.
    version: str | None = None
    #: Build it even if an index has a wheel.
    build: bool = False
    #: Whether its wheel is verified.
    verify: bool = True
    #: As winarm's own settings of these names.
    allow_missing: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    #: Settings for its build backend, and `winarm.NAME` for winarm.
    config_settings: Mapping[str, str | list[str]] = field(default_factory=dict)

    @property
    def for_build(self) -> dict[str, str | list[str]]:
        """Return what its build gets as PEP 517's config settings."""
        settings = dict(self.config_settings)
        if self.allow_missing:
            settings["winarm.allow-missing"] = list(self.allow_missing)
        if self.prefix:
            settings["winarm.prefix"] = list(self.prefix)
        return settings


class PackageVersion(ValueKind):
    """A version of a package (PEP 440)."""

    phrase = "a version such as 1.17.3"

    def check(self, value: object, project: Path) -> str:  # noqa: ARG002
        """Return the version."""
        try:
            return str(Version(value)) if isinstance(value, str) else self._refuse(value)
        except InvalidVersion:
            raise self.mismatch(value) from None

    def _refuse(self, value: object) -> str:
        raise self.mismatch(value)


class BackendSettings(ValueKind):
    """Config settings (PEP 517): texts, or lists of texts, by name."""

    json_type: ClassVar[str] = "object"

    phrase = "a table of texts, or of lists of texts"

    def check(self, value: object, project: Path) -> dict[str, str | list[str]]:  # noqa: ARG002
        """Return the settings."""
        if not isinstance(value, dict):
            raise self.mismatch(value)
        for key, entry in value.items():
            texts = entry if isinstance(entry, list) else [entry]
            if not all(isinstance(text, str) for text in texts):
                message = f"has {key!r}, which is neither a text nor a list of texts"
                raise InvalidValueError(message)
        return dict(value)

    def schema(self) -> dict[str, object]:
        """Return the schema of the table."""
        text = {"type": "string"}
        either = {"anyOf": [text, {"type": "array", "items": text}]}
        return {"type": self.json_type, "additionalProperties": either}


def _definition(help: str, kind: ValueKind, default: object) -> Definition:  # noqa: A002 - as setting
    return Definition(help, kind, PROJECT, default, "")


_DEFINITIONS = {
    "skip": _definition("Leave the package out of the wheelhouse.", Flag(), default=False),
    "version": _definition("Another version than the resolved one.", PackageVersion(), None),
    "build": _definition("Build it even if an index has a wheel.", Flag(), default=False),
    "verify": _definition("Whether its wheel is verified.", Flag(), default=True),
    "allow-missing": _definition(
        "As `allow-missing` of winarm.", Words("an extension's name", r"[^\s,]+", Split.NAMES), ()
    ),
    "prefix": _definition(
        "As `prefix` of winarm.",
        Words("a folder", r"[^\x00-\x1f]+", Split.PATHS, folders=True),
        (),
    ),
    "config-settings": _definition(
        "Settings for its build backend, and `winarm.NAME` for winarm.", BackendSettings(), {}
    ),
}


def _made(values: dict[str, Any]) -> PackageSettings:
    return PackageSettings(
        **{name.replace("-", "_"): _texts(value) for name, value in values.items()}
    )


def _texts(value: Any) -> Any:  # noqa: ANN401 - the value of any setting
    return tuple(map(str, value)) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Packages(ValueKind):
    """A table for each package."""

    #: How messages name the table of tables.
    place: str = PLACE
    json_type: ClassVar[str] = "object"
    #: What each table is.
    each: ClassVar[Table] = Table(PLACE, _DEFINITIONS, _made)

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a table for each package, with any of {', '.join(_DEFINITIONS)}"

    def check(self, value: object, project: Path) -> dict[str, PackageSettings]:
        """Return the settings of each package by its normalised name.

        :raises SettingsError: keys or values are wrong; it names all of them.
        """
        if not isinstance(value, dict):
            raise self.mismatch(value)
        problems: list[str] = []
        found: dict[str, Any] = {}
        for name, table in value.items():
            place = f"{self.place[:-1]}.{name}]"
            try:
                checked = Table(place, _DEFINITIONS, _made).check(table, project)
                found[canonicalize_name(name)] = checked
            except InvalidValueError as error:
                problems += [f"{place}: {problem}" for problem in error.problems]
            except SettingsError as error:
                problems += error.problems
        if problems:
            raise SettingsError(problems)
        return found

    def schema(self) -> dict[str, object]:
        """Return the schema of the tables."""
        inner = self.each.schema()
        return {"type": self.json_type, "additionalProperties": inner}


#: What `[tool.winarm.packages]` is.
TABLE = Packages()
