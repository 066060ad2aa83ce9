"""Settings that are tables: every key has a definition, as the settings themselves have."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from winarm.config.sources import Definition
from winarm.config.values import InvalidValueError, Problems, ValueKind, did_you_mean


@dataclass(frozen=True, slots=True)
class Table(ValueKind):
    """A table with known keys, which becomes one value."""

    #: How messages name the table.
    place: str
    definitions: Mapping[str, Definition]
    #: Makes the value; takes the checked values by the names of fields: `per_member_ignores`.
    make: Callable[..., object]
    json_type: ClassVar[str] = "object"

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return f"a table with any of {', '.join(self.definitions)}"

    def check(self, value: object, project: Path) -> object:
        """Return the value that the table makes.

        :raises SettingsError: keys or values in the table are wrong; it names all of them.
        """
        if not isinstance(value, dict):
            raise self.mismatch(value)
        problems = Problems()
        checked: dict[str, Any] = {}
        for key, item in value.items():
            with problems.at(f"{self.place} {key}"):
                checked[key.replace("-", "_")] = self.kind(key).check(item, project)
        problems.refuse()
        return self.make(**checked)

    def schema(self) -> dict[str, object]:
        """Return the schema of the table, key by key."""
        return {
            "type": self.json_type,
            "additionalProperties": False,
            "properties": {
                key: {"description": definition.help, **definition.kind.schema()}
                for key, definition in self.definitions.items()
            },
        }

    def kind(self, key: str) -> ValueKind:
        """Return what the value of a key may be.

        :raises InvalidValueError: the table has no such key.
        """
        definition = self.definitions.get(key)
        if definition is None:
            known = {name: name for name in self.definitions}
            raise InvalidValueError(f"winarm has no such setting{did_you_mean(key, known)}")
        return definition.kind


@dataclass(frozen=True, slots=True)
class ImportedTable(ValueKind):
    """The `TABLE` of a module that is imported when a project has the table.

    Importing `winarm.verify` takes 60 to 80 ms, every build hook reads the settings, and most
    projects do not have `[tool.winarm.verify]`.
    """

    module: str
    json_type: ClassVar[str] = "object"

    @property
    def table(self) -> ValueKind:
        """Return the table itself."""
        table: ValueKind = importlib.import_module(self.module).TABLE
        return table

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        return self.table.phrase

    def check(self, value: object, project: Path) -> object:
        """Return the value that the table makes."""
        return self.table.check(value, project)

    def schema(self) -> dict[str, object]:
        """Return the schema of the table, key by key."""
        return self.table.schema()
