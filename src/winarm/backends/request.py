"""What is known when an inner backend is provided for, and what it is provided with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.config import Settings
    from winarm.environment.interpreter import Interpreter
    from winarm.host import Host
    from winarm.pipeline.child_spec import Workshop
    from winarm.target import Target


@dataclass(frozen=True)
class Request:
    """One build, as far as its backend's needs depend on it."""

    #: The machine, with the environment of the build.
    host: Host
    project: Path
    settings: Settings
    target: Target
    interpreter: Interpreter
    #: The program of that Python in the environment that has the build's requirements.
    python: Path
    #: The inner backend: `package.module` or `package.module:object`.
    backend: str
    #: Folders with the build's requirements.
    site_folders: tuple[Path, ...]
    #: None in an early hook, which compiles nothing.
    workshop: Workshop | None
    #: A private folder for generated files.
    scratch: Path
    #: How many processes may run at once.
    jobs: int
    #: What the user hands to the inner backend.
    config_settings: Mapping[str, Any]


@dataclass(frozen=True)
class Provision:
    """What a child gets for its backend's sake."""

    #: Variables of its environment.
    variables: Mapping[str, str] = field(default_factory=dict)
    #: Config settings that replace those of the same name.
    config_settings: Mapping[str, Any] = field(default_factory=dict)
    #: Files to be written before it starts.
    files: Mapping[Path, str] = field(default_factory=dict)
    #: What whoever builds should know, one sentence each.
    notes: tuple[str, ...] = ()

    def joined(self, other: Provision) -> Provision:
        """Return this and `other` together; `other` wins."""
        return Provision(
            variables={**self.variables, **other.variables},
            config_settings={**self.config_settings, **other.config_settings},
            files={**self.files, **other.files},
            notes=(*self.notes, *other.notes),
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
