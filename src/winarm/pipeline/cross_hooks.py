"""The hooks of `winarm.backend` for a foreign target: the inner backend runs in a child."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winarm import backends, events
from winarm.config import Settings
from winarm.environment.interpreter import ask
from winarm.errors import ToolchainNotFoundError
from winarm.host import Host, terminations_as_interrupts
from winarm.libraries.bundle import DELVEWHEEL
from winarm.libraries.view import PKGCONF
from winarm.locate import zig
from winarm.pipeline.equip import MET_BY_ZIG, equip, toolchain_for, with_early_libraries
from winarm.pipeline.wheel import build_and_verify, call, call_early, has_early
from winarm.plan import Build, build_target
from winarm.project.build_system import Project
from winarm.project.pip_config import pip_configuration
from winarm.target import Target


@dataclass(frozen=True)
class CrossHooks:
    """The hooks of one project for the target that its settings name."""

    host: Host
    project: Project
    #: What the inner backend gets.
    config_settings: Mapping[str, Any]
    #: Prints a line for people.
    say: Callable[[str], None]

    @property
    def target(self) -> Target:
        """Return the machine that is built for.

        :raises UnsupportedTargetError: winarm does not build for it.
        """
        return build_target(self.project.settings)

    def has(self, hook: str) -> bool:
        """Return whether the inner backend has a hook."""
        return has_early(self._build(), hook)

    def get_requires(self, *, ask_inner: bool) -> list[str]:
        """Return what winarm itself needs for the build and does not have, and its backend.

        :param ask_inner: whether the inner backend is there to be asked what it needs.
        """
        project, settings = self.project, self.project.settings
        needed = []
        try:
            toolchain_for(self.host, self.target, settings, _site_folders())
        except ToolchainNotFoundError:
            if settings.toolchain in MET_BY_ZIG:
                needed.append(zig.requirement(settings.toolchain_version))
        if not project.system.required_names.isdisjoint(("numpy", "oldest-supported-numpy")):
            # Fetches the target's headers.
            needed.append("unearth")
        needed += native_requirements(settings)
        needed += backends.requirements(project, self.host)
        if ask_inner and backends.asks_for_more(project, _site_folders()):
            needed += self._asked("get_requires_for_build_wheel")
        return needed

    def prepare_metadata(self, folder: str) -> str:
        """Write the wheel's metadata as the inner backend does."""
        name: str = self._asked("prepare_metadata_for_build_wheel", folder)
        return name

    def _asked(self, hook: str, *arguments: object) -> Any:  # noqa: ANN401 - what the hook returns
        """Return what a hook before the build answers.

        A setup.py may configure its sources whenever it is run, so it gets the toolchain, if one
        is there already.
        """
        build = self._build()
        try:
            equipped = equip(build, may_fetch=False)
        except ToolchainNotFoundError:
            return call_early(build, hook, *arguments)
        return call(equipped, hook, *arguments)

    def build_wheel(self, folder: str, metadata: str | None) -> str:
        """Build the wheel and verify it."""
        terminations_as_interrupts()
        build = equip(self._build(), may_fetch=False)
        toolchain = f"{build.toolchain.kind} {build.toolchain.version}"
        self.say(f"building for {build.target.wheel_platform} with {toolchain}")
        made = Path(metadata) if metadata else None
        built = build_and_verify(build, Path(folder), metadata=made)
        self.say(f"{built.path.name}: {built.summary}")
        return built.path.name

    def _build(self) -> Build:
        bare = Build(
            host=self.host,
            project=self.project,
            target=self.target,
            interpreter=ask(self.host, self.host.executable),
            python=self.host.executable,
            environ=self.host.environ,
            site_folders=_site_folders(),
            tool_folders=(),
            pip=pip_configuration(self.host),
            config_settings=self.config_settings,
            listener=functools.partial(self._show, verbose=self.project.settings.verbose),
        )
        return with_early_libraries(bare)

    def _show(self, event: events.Event, *, verbose: bool) -> None:
        match event:
            case events.Output(data):
                sys.stdout.flush()
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            case events.Note(text):
                self.say(text)
            case events.Detail(text) if verbose:
                self.say(text)
            case _:
                pass


def native_requirements(settings: Settings) -> list[str]:
    """Return what is needed for the native libraries that the settings name."""
    has_libraries = settings.prefix or settings.target_requires
    fetches = settings.target_requires or settings.bundle == "msvcp140"
    return [
        *([PKGCONF] if has_libraries else ()),
        *([DELVEWHEEL] if has_libraries or settings.bundle == "msvcp140" else ()),
        *(["unearth"] if fetches else ()),
    ]


def _site_folders() -> tuple[Path, ...]:
    """Return the folders in which this Python finds what is installed for the build."""
    return tuple(Path(entry) for entry in sys.path if Path(entry).name.endswith("-packages"))
