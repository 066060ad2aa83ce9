"""The main job on a source that may know nothing of winarm: fetch, isolate, build, verify."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import backends, events
from winarm.config import inner_config_settings, read_settings
from winarm.environment.find_python import find_python
from winarm.environment.interpreter import ask
from winarm.environment.isolation import isolated, without_winarm
from winarm.pipeline import embedded_zig
from winarm.pipeline.job import Job
from winarm.pipeline.wheel import Built, build_wheel, call_early
from winarm.project.build_system import build_system, inner_backend
from winarm.project.source import open_source
from winarm.storage import scratch_folder
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Sequence

    from winarm.config.sources import ConfigSettings
    from winarm.environment.interpreter import Interpreter
    from winarm.environment.isolation import IsolatedEnvironment
    from winarm.host import Host
    from winarm.project.source import Source


@dataclass(frozen=True, slots=True)
class Result:
    """A finished build: of what, the wheel, and how long it took in seconds."""

    source: str
    built: Built
    seconds: float


def build(
    host: Host,
    spec: str,
    folder: Path,
    *,
    python: str | None,
    config_settings: ConfigSettings | None,
    listener: events.Listener,
) -> Result:
    """Build `spec` with the Python called `python` and put the verified wheel into `folder`.

    :param spec: a folder, an sdist, or a requirement such as `annoy==1.17.3`.
    :param python: `3.13`, `3.13t`, a path, or None for the Python that runs winarm.
    :param config_settings: as PEP 517 has them; those named `winarm.*` are winarm's.
    :raises WinarmError: the wheel could not be made, or is not good.
    """
    began = time.monotonic()
    kept = kept_folder(config_settings, host)
    if kept:
        # Against where the user stands: the project may be unpacked anywhere.
        config_settings = {**(config_settings or {}), "winarm.build-dir": str(kept)}
    with scratch_folder(kept and kept / "project") as scratch:
        listener(events.Step(f"opening {spec}"))
        interpreter = ask(host, find_python(host, python))
        source = open_source(
            host,
            spec,
            scratch,
            progress=lambda text: listener(events.Step(text)),
            python=interpreter.abi,
        )
        job = _prepared(
            host, source, interpreter, scratch, config_settings=config_settings, listener=listener
        )
        built = build_wheel(job, folder)
    return Result(source.name, built, time.monotonic() - began)


def kept_folder(config_settings: ConfigSettings | None, host: Host) -> Path | None:
    """Return the folder that `build-dir` names; needed before the project's settings are read."""
    named = (config_settings or {}).get("winarm.build-dir") or host.variable("WINARM_BUILD_DIR")
    return Path(named).absolute() if isinstance(named, str) else None


def _prepared(
    host: Host,
    source: Source,
    interpreter: Interpreter,
    scratch: Path,
    *,
    config_settings: ConfigSettings | None,
    listener: events.Listener,
) -> Job:
    """Make the build's environment and install all that the project asks for."""
    settings = read_settings(source.folder, config_settings, host)
    target = settings.target or WIN_ARM64
    backend = inner_backend(source.folder, settings)
    listener(events.Step("making an isolated environment"))
    environment = isolated(host, interpreter, scratch / "environment")
    declared = build_system(source.folder).requires
    has_ninja = host.which("ninja") is not None
    extra = backends.requirements(backend.name, declared, has_ninja=has_ninja)
    requires = [*declared, *backend.requires, *extra]
    _install(environment, without_winarm(requires), listener)
    job = Job(
        host=host,
        project=source.folder,
        settings=settings,
        target=target,
        interpreter=interpreter,
        python=environment.python,
        backend=backend,
        environ=environment.environ(host.environ),
        site_folders=(environment.site_packages,),
        tool_folders=embedded_zig.site_folders(host),
        config_settings=inner_config_settings(config_settings) or None,
        listener=listener,
    )
    listener(events.Step("asking the build backend what it needs"))
    more: list[str] = call_early(job, "get_requires_for_build_wheel")
    _install(environment, without_winarm(more), listener)
    folders = (*job.site_folders, *job.tool_folders)
    embedded_zig.ensure_toolchain(host, target, settings, folders, listener)
    return job


def _install(
    environment: IsolatedEnvironment, requirements: Sequence[str], listener: events.Listener
) -> None:
    if requirements:
        listener(events.Step(f"installing {', '.join(requirements)}"))
        environment.install(requirements, output=lambda data: listener(events.Output(data)))
