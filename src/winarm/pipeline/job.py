"""One build: what is built, by which Python, for which target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm import events
    from winarm.config import Settings
    from winarm.environment.interpreter import Interpreter
    from winarm.host import Host
    from winarm.project.build_system import InnerBackend
    from winarm.target import Target


@dataclass(frozen=True)
class Job:
    """One project to be built by one Python for one target."""

    host: Host
    project: Path
    settings: Settings
    target: Target
    #: Facts of the Python that builds.
    interpreter: Interpreter
    #: The program of that Python in the environment that has the build's requirements.
    python: Path
    backend: InnerBackend
    #: The environment in which that Python finds them.
    environ: Mapping[str, str]
    #: The folders in which it finds them.
    site_folders: tuple[Path, ...]
    #: Further folders in which toolchains from PyPI may be.
    tool_folders: tuple[Path, ...]
    #: What the inner backend gets.
    config_settings: Mapping[str, Any] | None
    listener: events.Listener

    @property
    def jobs(self) -> int:
        """Return how many compilations run at once."""
        return self.settings.jobs or self.host.cpus
