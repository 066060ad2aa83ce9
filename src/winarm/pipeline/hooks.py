"""The hooks of `winarm.backend`: passed through to the inner backend, or run for the target.

What only a cross build needs is in `winarm.pipeline.cross_hooks`, which is imported when there is a
foreign target: it would add a quarter of a second to each hook of a pass-through.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.util
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.config import Settings, inner_config_settings
from winarm.config.sources import ConfigSettings
from winarm.errors import EXIT_INTERRUPTED, CrossEditableError, WinarmError
from winarm.host import Host
from winarm.project.build_system import Project, read_project
from winarm.target import TARGETS

if TYPE_CHECKING:
    from winarm.pipeline.cross_hooks import CrossHooks


@dataclass(frozen=True)
class _Call:
    """One call of a hook: for what, and by which backend it is answered."""

    host: Host
    project: Project
    #: Whether the machine that is built for is not this one.
    foreign: bool
    #: What the inner backend gets.
    config_settings: Any

    def inner(self) -> Any:  # noqa: ANN401 - any module
        return _import_backend(self.project)

    def made(self, hook: str, folder: str, *more: object) -> str:
        """Return the name of what a hook of the inner backend has put into `folder`."""
        name: str = getattr(self.inner(), hook)(folder, self.config_settings, *more)
        return name

    def is_inner_there(self) -> bool:
        """Return whether the inner backend is installed, or is the project's to require."""
        found = importlib.util.find_spec(self.project.backend.package)
        return found is not None or not self.project.backend_requires

    def cross(self) -> CrossHooks:
        """Return the hooks for the foreign target."""
        from winarm.pipeline.cross_hooks import CrossHooks  # noqa: PLC0415 - see above

        return CrossHooks(self.host, self.project, self.config_settings or {}, say)


def has_hook(name: str) -> bool:
    """Return whether `winarm.backend` has the hook: exactly when the inner backend has it.

    `get_requires_for_build_wheel` is always there, since winarm itself may need something. Until
    the inner backend is installed, only get_requires_* and the mandatory hooks are there.
    """
    if name == "get_requires_for_build_wheel":
        return True
    with _one_clear_message():
        call = _call(None)
        if not call.is_inner_there():
            return name in {"build_wheel", "build_sdist"} or name.startswith("get_requires_for_")
        if not call.foreign or name.endswith("sdist"):
            return hasattr(call.inner(), name)
        # PEP 517 makes build_wheel mandatory.
        return name == "build_wheel" or call.cross().has(name)


def get_requires_for_build_sdist(config_settings: ConfigSettings | None = None) -> list[str]:
    """Return what the inner backend needs for an sdist, which has no target."""
    with _one_clear_message():
        return _passed_through(_call(config_settings), "get_requires_for_build_sdist")


def build_sdist(sdist_directory: str, config_settings: ConfigSettings | None = None) -> str:
    """Build an sdist, which has no target, as the inner backend does."""
    with _one_clear_message():
        return _call(config_settings).made("build_sdist", sdist_directory)


def get_requires_for_build_wheel(config_settings: ConfigSettings | None = None) -> list[str]:
    """Return what this build needs and does not have: inner backend, toolchain, its own."""
    with _one_clear_message():
        call = _call(config_settings)
        if not call.foreign:
            return _passed_through(call, "get_requires_for_build_wheel")
        own = call.cross().get_requires(ask_inner=call.is_inner_there())
        return [*call.project.backend_requires, *own]


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: ConfigSettings | None = None
) -> str:
    """Write the wheel's metadata as the inner backend does, for the target."""
    with _one_clear_message():
        call = _call(config_settings)
        if call.foreign:
            return call.cross().prepare_metadata(metadata_directory)
        return call.made("prepare_metadata_for_build_wheel", metadata_directory)


def build_wheel(
    wheel_directory: str,
    config_settings: ConfigSettings | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build a wheel: the inner backend's own, or one for the target that was verified."""
    with _one_clear_message():
        call = _call(config_settings)
        if call.foreign:
            return call.cross().build_wheel(wheel_directory, metadata_directory)
        name = call.made("build_wheel", wheel_directory, metadata_directory)
        _say_findings(Path(wheel_directory, name), call.project.settings)
        return name


def get_requires_for_build_editable(config_settings: ConfigSettings | None = None) -> list[str]:
    """Return what the inner backend needs for an editable install."""
    with _one_clear_message():
        return _passed_through(_editable(config_settings), "get_requires_for_build_editable")


def prepare_metadata_for_build_editable(
    metadata_directory: str, config_settings: ConfigSettings | None = None
) -> str:
    """Write an editable wheel's metadata as the inner backend does."""
    with _one_clear_message():
        call = _editable(config_settings)
        return call.made("prepare_metadata_for_build_editable", metadata_directory)


def build_editable(
    wheel_directory: str,
    config_settings: ConfigSettings | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build an editable wheel as the inner backend does; refuse to for another machine."""
    with _one_clear_message():
        call = _editable(config_settings)
        return call.made("build_editable", wheel_directory, metadata_directory)


def _call(config_settings: ConfigSettings | None) -> _Call:
    host = Host.current()
    project = read_project(Path.cwd(), config_settings, host)
    target = project.settings.target
    return _Call(
        host=host,
        project=project,
        foreign=target is not None and target.sysconfig_platform != sysconfig.get_platform(),
        config_settings=inner_config_settings(config_settings),
    )


def _import_backend(project: Project) -> Any:  # noqa: ANN401 - any module
    """Import a backend as PEP 517 has front-ends do, from its own folders first.

    :raises BackendError: it cannot be imported.
    """
    backend = project.backend
    folders = [str(project.folder / folder) for folder in backend.path]
    # For good: a backend imports modules of its own while it works. A front-end does the same.
    sys.path[:0] = [folder for folder in folders if folder not in sys.path]
    module_name, _, object_path = backend.name.partition(":")
    try:
        found = importlib.import_module(module_name)
        for attribute in filter(None, object_path.split(".")):
            found = getattr(found, attribute)
    except (ImportError, AttributeError) as error:
        raise backend.unavailable(error) from error
    return found


def _editable(config_settings: ConfigSettings | None) -> _Call:
    call = _call(config_settings)
    if call.foreign:
        raise CrossEditableError(call.cross().target.wheel_platform)
    return call


def _say_findings(wheel: Path, settings: Settings) -> None:
    """On Windows, print what verification finds in the inner backend's own wheel."""
    own = next((t for t in TARGETS if t.sysconfig_platform == sysconfig.get_platform()), None)
    if own is None:
        return
    from winarm.verify import VerifyOptions, verify  # noqa: PLC0415 - 60 to 80 ms

    options = dataclasses.replace(settings.verify or VerifyOptions(), target=own)
    try:
        for found in verify(wheel, options).findings:
            say(f"{wheel.name}: {found.line()}")
    except Exception as error:  # noqa: BLE001 - the wheel is the backend's all the same
        say(f"{wheel.name} was not verified: {error}")


def _passed_through(call: _Call, hook: str) -> list[str]:
    """Return what a build on this machine needs: the inner backend, and what that asks for."""
    needed = list(call.project.backend_requires)
    if call.is_inner_there():
        ask = getattr(call.inner(), hook, None)
        needed += ask(call.config_settings) if ask else []
    return needed


@contextlib.contextmanager
def _one_clear_message() -> Iterator[None]:
    """End the hook's process with winarm's own message where winarm knows what is wrong."""
    try:
        yield
    except WinarmError as error:
        say(f"error: {error}")
        raise SystemExit(error.exit_status) from None
    except KeyboardInterrupt:
        say("interrupted; nothing was left behind.")
        raise SystemExit(EXIT_INTERRUPTED) from None


def say(text: str) -> None:
    """Print a line for people: in a hook, stdout is the front-end's and the build's."""
    sys.stderr.write(f"winarm: {text}\n")
    sys.stderr.flush()
