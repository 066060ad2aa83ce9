"""The JSON schema of `[tool.winarm]`, made from the fields of `Settings`.

validate-pyproject finds `schema` through its entry point, so that editors and checks of a
project know the table without running winarm.
"""

from __future__ import annotations

from typing import Any

from winarm.config import definitions
from winarm.config.sources import Definition, Source


def schema(tool: str = "winarm") -> dict[str, Any]:
    """Return the schema (draft 7) of the table `[tool.<tool>]`."""
    written = {
        name: definition
        for name, definition in definitions().items()
        if Source.PYPROJECT in definition.scope.sources
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"urn:winarm:pyproject:{tool}",
        "title": "winarm",
        "description": "How winarm builds this project for Windows on Arm.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(definition) for name, definition in written.items()},
        "dependencies": {
            name: [definition.needs] for name, definition in written.items() if definition.needs
        },
    }


def _property(definition: Definition) -> dict[str, Any]:
    shape: dict[str, Any] = {"description": definition.help, **definition.kind.schema()}
    default = definition.default
    if default is not None:
        shape["default"] = list(default) if isinstance(default, tuple) else default
    return shape
