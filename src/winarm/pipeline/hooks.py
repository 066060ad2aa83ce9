"""The hooks of `winarm.backend`: passed through to the inner backend, or run for the target.

What only a cross build needs is imported inside functions: it would add a quarter of a second to
each hook of a pass-through.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import importlib.util
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.config import inner_config_settings
from winarm.errors import (
    EXIT_INTERRUPTED,
    BackendError,
    CrossEditableError,
    ToolchainNotFoundError,
    WinarmError,
)
from winarm.host import Host, terminations_as_interrupts
from winarm.project.build_system import Project, read_project
from winarm.target import TARGETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm import events
    from winarm.config import Settings
    from winarm.config.sources import ConfigSettings
    from winarm.plan import Build
    from winarm.target import Target


@dataclass(frozen=True)
class _Call:
    """One call of a hook: for what, and by whom it is answered."""

    host: Host
    project: Project
    #: The machine that is built for, when it is not this one.
    foreign: Target | None
    #: What the inner backend gets.
    config_settings: Any

    def inner(self) -> Any:  # noqa: ANN401 - any module
        return _import_backend(self.project)

    def is_inner_there(self) -> bool:
        """Return whether the inner backend is installed, or is the project's to require."""
        found = importlib.util.find_spec(self.project.backend.package)
        return found is not None or not self.project.backend_requires


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
        if call.foreign is None or name.endswith("sdist"):
            return hasattr(call.inner(), name)
        # Two hooks are mandatory, and those of editable installs say that there are none.
        if name == "build_wheel":
            return True
        from winarm.pipeline.wheel import has_early  # noqa: PLC0415

        return has_early(_build(call, call.foreign), name)


def get_requires_for_build_sdist(config_settings: ConfigSettings | None = None) -> list[str]:
    """Return what the inner backend needs for an sdist, which has no target."""
    with _one_clear_message():
        return _passed_through(_call(config_settings), "get_requires_for_build_sdist")


def build_sdist(sdist_directory: str, config_settings: ConfigSettings | None = None) -> str:
    """Build an sdist, which has no target, as the inner backend does."""
    with _one_clear_message():
        call = _call(config_settings)
        name: str = call.inner().build_sdist(sdist_directory, call.config_settings)
        return name


def get_requires_for_build_wheel(config_settings: ConfigSettings | None = None) -> list[str]:
    """Return what this build needs and does not have: inner backend, toolchain, its own."""
    with _one_clear_message():
        call = _call(config_settings)
        needed = list(call.project.backend_requires)
        if call.foreign is None:
            return _passed_through(call, "get_requires_for_build_wheel")
        needed += _foreign_requires(call, call.foreign)
        if call.is_inner_there():
            from winarm.pipeline.wheel import call_early  # noqa: PLC0415

            needed += call_early(_build(call, call.foreign), "get_requires_for_build_wheel")
        return needed


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: ConfigSettings | None = None
) -> str:
    """Write the wheel's metadata as the inner backend does, for the target."""
    with _one_clear_message():
        call = _call(config_settings)
        name: str
        if call.foreign is None:
            prepare = call.inner().prepare_metadata_for_build_wheel
            name = prepare(metadata_directory, call.config_settings)
        else:
            from winarm.pipeline.wheel import call_early  # noqa: PLC0415

            build = _build(call, call.foreign)
            name = call_early(build, "prepare_metadata_for_build_wheel", metadata_directory)
        return name


def build_wheel(
    wheel_directory: str,
    config_settings: ConfigSettings | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build a wheel: the inner backend's own, or one for the target that was verified."""
    with _one_clear_message():
        call = _call(config_settings)
        if call.foreign is None:
            return _own_wheel(call, wheel_directory, metadata_directory)
        from winarm.pipeline import wheel  # noqa: PLC0415
        from winarm.pipeline.equip import equip  # noqa: PLC0415

        terminations_as_interrupts()
        metadata = Path(metadata_directory) if metadata_directory else None
        build = equip(_build(call, call.foreign), may_fetch=False)
        toolchain = f"{build.toolchain.kind} {build.toolchain.version}"
        _say(f"building for {call.foreign.wheel_platform} with {toolchain}")
        built = wheel.build_and_verify(build, Path(wheel_directory), metadata=metadata)
        _say(f"{built.path.name}: {built.summary}")
        return built.path.name


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
        prepare = call.inner().prepare_metadata_for_build_editable
        name: str = prepare(metadata_directory, call.config_settings)
        return name


def build_editable(
    wheel_directory: str,
    config_settings: ConfigSettings | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build an editable wheel as the inner backend does; refuse to for another machine."""
    with _one_clear_message():
        call = _editable(config_settings)
        build = call.inner().build_editable
        name: str = build(wheel_directory, call.config_settings, metadata_directory)
        return name


def _call(config_settings: ConfigSettings | None) -> _Call:
    host = Host.current()
    project = read_project(Path.cwd(), config_settings, host)
    target = project.settings.target
    is_host = target is None or target.sysconfig_platform == sysconfig.get_platform()
    return _Call(
        host=host,
        project=project,
        foreign=None if is_host else _build_target(project.settings),
        config_settings=inner_config_settings(config_settings),
    )


def _build_target(settings: Settings) -> Target:
    from winarm.plan import build_target  # noqa: PLC0415

    return build_target(settings)


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
        message = f"the build backend {backend.name} cannot be imported: {error}"
        raise BackendError(
            message,
            why="It is not installed in the build environment, or there is no such backend.",
            cure="Name its distribution in [build-system] requires, and check build-backend.",
        ) from error
    return found


def _editable(config_settings: ConfigSettings | None) -> _Call:
    call = _call(config_settings)
    if call.foreign is not None:
        raise CrossEditableError(call.foreign.wheel_platform)
    return call


def _own_wheel(call: _Call, wheel_directory: str, metadata_directory: str | None) -> str:
    """Return the inner backend's wheel; on Windows, print what verification finds in it."""
    name: str = call.inner().build_wheel(wheel_directory, call.config_settings, metadata_directory)
    own = next((t for t in TARGETS if t.sysconfig_platform == sysconfig.get_platform()), None)
    if own is not None:
        try:
            _say_findings(Path(wheel_directory, name), own, call.project.settings)
        except Exception as error:  # noqa: BLE001 - the wheel is the backend's all the same
            _say(f"{name} was not verified: {error}")
    return name


def _say_findings(wheel: Path, target: Target, settings: Settings) -> None:
    from winarm.verify import VerifyOptions, verify  # noqa: PLC0415

    options = settings.verify or VerifyOptions()
    for found in verify(wheel, dataclasses.replace(options, target=target)).findings:
        _say(f"{wheel.name}: {found.line()}")


def _foreign_requires(call: _Call, target: Target) -> list[str]:
    """Return what winarm itself needs for a build for `target` and does not have."""
    from winarm import backends  # noqa: PLC0415
    from winarm.locate import zig  # noqa: PLC0415
    from winarm.pipeline.equip import MET_BY_ZIG, toolchain_for  # noqa: PLC0415

    project, settings = call.project, call.project.settings
    needed = []
    try:
        toolchain_for(call.host, target, settings, _site_folders())
    except ToolchainNotFoundError:
        if settings.toolchain in MET_BY_ZIG:
            needed.append(zig.requirement(settings.toolchain_version))
    if not project.system.required_names.isdisjoint(("numpy", "oldest-supported-numpy")):
        # Fetches the target's headers.
        needed.append("unearth")
    needed += native_requirements(settings)
    has_ninja = call.host.which("ninja") is not None
    return [*needed, *backends.requirements(project, has_ninja=has_ninja)]


def native_requirements(settings: Settings) -> list[str]:
    """Return what is needed for the native libraries that the settings name."""
    from winarm.libraries.bundle import DELVEWHEEL  # noqa: PLC0415
    from winarm.libraries.view import PKGCONF  # noqa: PLC0415

    has_libraries = settings.prefix or settings.target_requires
    fetches = settings.target_requires or settings.bundle == "msvcp140"
    return [
        *([PKGCONF] if has_libraries else ()),
        *([DELVEWHEEL] if has_libraries or settings.bundle == "msvcp140" else ()),
        *(["unearth"] if fetches else ()),
    ]


def _passed_through(call: _Call, hook: str) -> list[str]:
    """Return what a build on this machine needs: the inner backend, and what that asks for."""
    needed = list(call.project.backend_requires)
    if call.is_inner_there():
        ask = getattr(call.inner(), hook, None)
        needed += ask(call.config_settings) if ask else []
    return needed


def _build(call: _Call, target: Target) -> Build:
    from winarm.environment.interpreter import ask  # noqa: PLC0415
    from winarm.pipeline.equip import with_early_libraries  # noqa: PLC0415
    from winarm.plan import Build  # noqa: PLC0415
    from winarm.project.pip_config import pip_configuration  # noqa: PLC0415

    bare = Build(
        host=call.host,
        project=call.project,
        target=target,
        interpreter=ask(call.host, call.host.executable),
        python=call.host.executable,
        environ=call.host.environ,
        site_folders=_site_folders(),
        tool_folders=(),
        pip=pip_configuration(call.host),
        config_settings=call.config_settings or {},
        listener=functools.partial(_tell, verbose=call.project.settings.verbose),
    )
    return with_early_libraries(bare)


def _site_folders() -> tuple[Path, ...]:
    """Return the folders in which this Python finds what is installed for the build."""
    return tuple(Path(entry) for entry in sys.path if Path(entry).name.endswith("-packages"))


def _tell(event: events.Event, *, verbose: bool) -> None:
    from winarm import events  # noqa: PLC0415

    match event:
        case events.Output(data):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        case events.Note(text):
            _say(text)
        case events.Detail(text) if verbose:
            _say(text)
        case _:
            pass


@contextlib.contextmanager
def _one_clear_message() -> Iterator[None]:
    """End the hook's process with winarm's own message where winarm knows what is wrong."""
    try:
        yield
    except WinarmError as error:
        _say(f"error: {error}")
        raise SystemExit(error.exit_status) from None
    except KeyboardInterrupt:
        _say("interrupted; nothing was left behind.")
        raise SystemExit(EXIT_INTERRUPTED) from None


def _say(text: str) -> None:
    # In a hook, stdout belongs to the front-end's protocol and the build's output.
    sys.stderr.write(f"winarm: {text}\n")
    sys.stderr.flush()
