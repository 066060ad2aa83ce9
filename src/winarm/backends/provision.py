"""What a build tool is given, so that it builds for the target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Provision:
    """What a child gets for its inner backend."""

    #: Variables of its environment.
    variables: Mapping[str, str] = field(default_factory=dict)
    #: Config settings that replace those of the same name.
    config_settings: Mapping[str, Any] = field(default_factory=dict)
    #: Files to be written before it starts.
    files: Mapping[Path, str] = field(default_factory=dict)
    #: Scripts that come first on its PATH, by name.
    programs: Mapping[str, str] = field(default_factory=dict)

    def joined(self, other: Provision) -> Provision:
        """Return this and `other` together; `other` wins."""
        return Provision(
            variables={**self.variables, **other.variables},
            config_settings={**self.config_settings, **other.config_settings},
            files={**self.files, **other.files},
            programs={**self.programs, **other.programs},
        )

    def write(self) -> None:
        """Write the files.

        :raises OSError: they cannot be written.
        """
        for path, text in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            if text.startswith("#!"):
                path.chmod(0o700)
