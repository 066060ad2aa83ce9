"""Settings that are tables: every key has a definition, as the settings themselves have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
            "type": "object",
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
