"""`[tool.winarm.packages.NAME]`: how a wheelhouse treats one package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from winarm.config.sources import definitions_of, table_key
from winarm.config.table import Table
from winarm.config.values import (
    TEXT_OR_TEXTS,
    Flag,
    InvalidValueError,
    Problems,
    Split,
    ValueKind,
    Words,
)


class PackageVersion(ValueKind):
    """A version of a package (PEP 440)."""

    phrase = "a version such as 1.17.3"

    def check(self, value: object, project: Path) -> str:
        """Return the version."""
        if not isinstance(value, str):
            raise self.mismatch(value)
        try:
            return str(Version(value))
        except InvalidVersion:
            raise self.mismatch(value) from None


class BackendSettings(ValueKind):
    """Config settings (PEP 517): texts, or lists of texts, by name."""

    phrase = "a table of texts, or of lists of texts"

    def check(self, value: object, project: Path) -> dict[str, str | list[str]]:
        """Return the settings."""
        if not isinstance(value, dict):
            raise self.mismatch(value)
        for key, entry in value.items():
            texts = entry if isinstance(entry, list) else [entry]
            if not all(isinstance(text, str) for text in texts):
                raise InvalidValueError(f"has {key!r}, which is neither a text nor a list of texts")
        return dict(value)

    def schema(self) -> dict[str, object]:
        """Return the schema of the table."""
        return {"type": "object", "additionalProperties": TEXT_OR_TEXTS}


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """How a wheelhouse treats one package."""

    skip: bool = table_key(Flag(), "Leave the package out of the wheelhouse.", default=False)
    version: str | None = table_key(
        PackageVersion(), "Another version than the resolved one.", default=None
    )
    build: bool = table_key(Flag(), "Build it even if an index has a wheel.", default=False)
    verify: bool = table_key(Flag(), "Whether its wheel is verified.", default=True)
    allow_missing: tuple[str, ...] = table_key(
        Words("an extension's name", r"[^\s,]+", Split.NAMES), "As `allow-missing` of winarm."
    )
    prefix: tuple[str, ...] = table_key(
        Words("a folder", r"[^\x00-\x1f]+", Split.PATHS, folders=True), "As `prefix` of winarm."
    )
    config_settings: Mapping[str, str | list[str]] | None = table_key(
        BackendSettings(),
        "Settings for its build backend, and `winarm.NAME` for winarm.",
        default=None,
    )

    @property
    def for_build(self) -> dict[str, str | list[str]]:
        """Return what its build gets as PEP 517's config settings."""
        settings = dict(self.config_settings or {})
        if self.allow_missing:
            settings["winarm.allow-missing"] = list(self.allow_missing)
        if self.prefix:
            settings["winarm.prefix"] = list(self.prefix)
        return settings


@dataclass(frozen=True)
class Packages(ValueKind):
    """A table for each package."""

    #: How messages name the table of tables.
    place: str
    #: What each table is.
    each: ClassVar[Table] = Table("", definitions_of(PackageSettings), PackageSettings)

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a table for each package, with any of {', '.join(self.each.definitions)}"

    def check(self, value: object, project: Path) -> dict[str, PackageSettings]:
        """Return the settings of each package by its normalised name.

        :raises SettingsError: keys or values are wrong; it names all of them.
        """
        if not isinstance(value, dict):
            raise self.mismatch(value)
        problems = Problems()
        found: dict[str, Any] = {}
        for name, table in value.items():
            place = f"{self.place[:-1]}.{name}]"
            with problems.at(place):
                found[canonicalize_name(name)] = replace(self.each, place=place).check(
                    table, project
                )
        problems.refuse()
        return found

    def schema(self) -> dict[str, object]:
        """Return the schema of the tables."""
        return {"type": "object", "additionalProperties": self.each.schema()}


#: What `[tool.winarm.packages]` is.
TABLE = Packages("pyproject.toml [tool.winarm.packages]")
