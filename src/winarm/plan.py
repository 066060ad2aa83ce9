"""The values that travel through a build: what is built, by which Python, with what.

A `Build` is enough for the hooks that come before a build and compile nothing. A build itself
needs an `EquippedBuild`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm import events
from winarm.errors import UnsupportedTargetError
from winarm.libraries.view import Native
from winarm.target import WIN_ARM64, Target

if TYPE_CHECKING:
    from winarm.config import Settings
    from winarm.environment.interpreter import Interpreter
    from winarm.host import Host
    from winarm.locate.toolchain import Toolchain
    from winarm.project.build_system import Project
    from winarm.project.pip_config import PipConfiguration
    from winarm.target_python.target_python import TargetPython

#: The folder that makes the target view in every Python that has it on PYTHONPATH.
CHILD = Path(__file__).parent / "child"


@dataclass(frozen=True)
class Build:
    """One project to be built by one Python for one target."""

    host: Host
    project: Project
    target: Target
    #: Facts of the Python that builds.
    interpreter: Interpreter
    #: The program of that Python in the environment that has the build's requirements.
    python: Path
    #: The environment variables with which that Python finds them.
    environ: Mapping[str, str]
    #: The folders in which it finds them.
    site_folders: tuple[Path, ...]
    #: Further folders in which toolchains from PyPI may be.
    tool_folders: tuple[Path, ...]
    #: Where packages come from.
    pip: PipConfiguration
    #: What the inner backend gets.
    config_settings: Mapping[str, Any]
    listener: events.Listener
    #: The libraries of the target that the settings name.
    native: Native = field(default_factory=Native, kw_only=True)

    @property
    def folder(self) -> Path:
        """Return the project's folder."""
        return self.project.folder

    @property
    def settings(self) -> Settings:
        """Return what the project and its builder ask of winarm."""
        return self.project.settings

    @property
    def jobs(self) -> int:
        """Return how many compilations run at once."""
        return self.settings.jobs or self.host.cpus

    def step(self, what: str) -> None:
        """Report that a step of the build begins."""
        self.listener(events.Step(what))

    def note(self, text: str) -> None:
        """Report something that everybody should read."""
        self.listener(events.Note(text))

    def detail(self, text: str) -> None:
        """Report something that explains what was done; for verbose output."""
        self.listener(events.Detail(text))

    @property
    def environment_host(self) -> Host:
        """Return the host as programs of the build's environment see it."""
        return dataclasses.replace(self.host, environ=self.environ)

    def equipped(
        self,
        toolchain: Toolchain,
        target_python: TargetPython,
        numpy: Mapping[str, str],
        native: Native,
    ) -> EquippedBuild:
        """Return this build with what it compiles with."""
        equipment = {"toolchain": toolchain, "target_python": target_python, "numpy": numpy}
        return EquippedBuild(**{**vars(self), **equipment, "native": native})


@dataclass(frozen=True)
class EquippedBuild(Build):
    """A build with all that it compiles with."""

    toolchain: Toolchain
    target_python: TargetPython
    #: The include folder of the target's NumPy (`include`), or why there is none (`error`).
    numpy: Mapping[str, str]

    @property
    def compile_flags(self) -> list[str]:
        """Return what the user adds to every compilation."""
        late = "-I" if self.toolchain.style == "msvc" else "-idirafter"
        folders = [
            *(f"-I{folder}" for folder in (*self.settings.include_dirs, *self.native.include_dirs)),
            *(f"{late}{folder}" for folder in self.native.late_include_dirs),
        ]
        macros = [f"-D{macro}" for macro in self.settings.defines]
        return [*folders, *macros, *self.settings.cflags]

    @property
    def link_flags(self) -> list[str]:
        """Return what the user adds to every link, as the toolchain's linker takes it."""
        settings = self.settings
        named = self.toolchain.library_flags(self.library_dirs, settings.libraries)
        return [*named, *settings.ldflags]

    @property
    def library_dirs(self) -> tuple[str, ...]:
        """Return the folders in which a linker finds the target's libraries."""
        # The view has what is in the others, too, and chooses by `linkage`.
        view = (str(self.native.library_dir),) if self.native.library_dir else ()
        return (*view, *self.settings.library_dirs)


def build_target(settings: Settings) -> Target:
    """Return the machine that is built for where it is not this one.

    :raises UnsupportedTargetError: winarm does not build for the one that the settings name.
    """
    target = settings.target or WIN_ARM64
    if target is not WIN_ARM64:
        raise UnsupportedTargetError(target.wheel_platform)
    return target
