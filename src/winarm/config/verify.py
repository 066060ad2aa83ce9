"""`[tool.winarm.verify]` among the settings; what stands in it is verify's own business."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, ClassVar

from winarm.config.values import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from winarm.verify.options import VerifyOptions

# The options are imported when a project has the table, or the schema is asked for: a build hook
# must start fast, and most projects have none.


class VerifyTable(Kind):
    """The options of verification, under the keys that `winarm.verify.options` knows."""

    json_type: ClassVar[str] = "object"
    #: How messages call the table.
    place: ClassVar[str] = "pyproject.toml [tool.winarm.verify]"

    @property
    def phrase(self) -> str:
        """Return what may be written."""
        from winarm.verify.options import KEYS  # noqa: PLC0415

        return f"a table with any of {', '.join(KEYS)}"

    def check(self, value: object, project: Path) -> VerifyOptions:  # noqa: ARG002
        """Return the options; what is wrong inside the table is a SettingsError of its own."""
        from winarm.verify.options import from_table  # noqa: PLC0415

        if not isinstance(value, dict):
            raise self.mismatch(value)
        return from_table(value, self.place)

    def schema(self) -> dict[str, object]:
        """Return the schema of the table, key by key."""
        from winarm.verify.options import KEYS, Limits, VerifyOptions  # noqa: PLC0415

        texts = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        size = {"type": "integer", "minimum": 1}
        limits = {item.name.replace("_", "-"): size for item in fields(Limits)}
        severities = type(VerifyOptions().fail_on)
        shapes: dict[str, dict[str, object]] = {
            "fail-on": {"enum": [severity.label for severity in severities]},
            "record": {"type": "boolean"},
            "limits": {"type": "object", "additionalProperties": False, "properties": limits},
        }
        return {
            "type": self.json_type,
            "additionalProperties": False,
            "properties": {key: shapes.get(key, texts) for key in KEYS},
        }
