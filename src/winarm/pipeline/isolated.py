"""Building any source in an isolated environment: `winarm build` and the public `build_wheel`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from winarm import backends, events
from winarm.config import inner_config_settings
from winarm.config.sources import ConfigSettings
from winarm.environment.find_python import find_python
from winarm.environment.interpreter import Interpreter
from winarm.environment.isolation import IsolatedEnvironment, isolated, without_winarm
from winarm.host import Host
from winarm.locate.zig import zig_folders
from winarm.pipeline.equip import equip, with_early_libraries
from winarm.pipeline.wheel import Approve, BuiltWheel, build_and_verify, call
from winarm.plan import Build, build_target
from winarm.project.build_system import read_project
from winarm.project.pip_config import pip_configuration
from winarm.project.source import open_source
from winarm.storage import scratch_folder


def build_wheel(
    source: str | Path,
    folder: str | Path = "dist",
    *,
    python: str | None = None,
    config_settings: ConfigSettings | None = None,
    listener: events.Listener = lambda _: None,
    host: Host | None = None,
    approve: Approve | None = None,
) -> BuiltWheel:
    """Build a win_arm64 wheel of any source, verify it and put it into `folder`.

    :param source: a folder, an sdist, or a requirement such as `annoy==1.17.3`.
    :param python: `3.13`, `3.13t`, a path, or None for the Python that runs winarm.
    :param config_settings: as PEP 517 has them; those named `winarm.*` are winarm's.
    :param listener: is called with each event of the build.
    :param host: the machine that builds; this one by default.
    :param approve: is asked for the report of a wheel that passed verification, and raises to
        withhold the wheel; `winarm.trial.try_built` tries it.
    :raises WinarmError: the build failed, or the wheel failed verification.
    """
    host = host or Host.current()
    interpreter = find_python(host, python, fetching=lambda text: listener(events.Note(text)))
    return build_with(
        interpreter,
        source,
        folder,
        config_settings=config_settings,
        listener=listener,
        host=host,
        approve=approve,
    )


def build_with(
    interpreter: Interpreter,
    source: str | Path,
    folder: str | Path,
    *,
    config_settings: ConfigSettings | None,
    listener: events.Listener,
    host: Host,
    approve: Approve | None,
) -> BuiltWheel:
    """Build a wheel as `build_wheel` does, with a Python that has been found."""
    pip = pip_configuration(host)
    kept = kept_folder(config_settings, host, str(source))
    if kept:
        config_settings = {**(config_settings or {}), "winarm.build-dir": str(kept)}

    with scratch_folder(kept and kept / "project") as scratch:
        listener(events.Step(f"opening {source}"))
        opened = open_source(
            host,
            str(source),
            scratch,
            pip,
            progress=lambda text: listener(events.Step(text)),
            python=interpreter.abi,
            announce=lambda text: listener(events.Note(text)),
        )
        asked_in = None if Path(source).is_dir() else Path.cwd()
        project = read_project(opened, config_settings, host, asked_in=asked_in)
        target = build_target(project.settings)
        extra = backends.requirements(project, host)
        listener(events.Step("making an isolated environment"))
        environment = isolated(host, interpreter, scratch / "environment", pip)
        asked = project.settings.build_requires
        requires = [*project.system.requires, *project.backend_requires, *extra, *asked]
        _install(environment, requires, listener)
        build = with_early_libraries(
            Build(
                host=host,
                project=project,
                target=target,
                interpreter=interpreter,
                python=environment.python,
                environ=environment.environ(host.environ),
                site_folders=(environment.site_packages,),
                tool_folders=zig_folders(host),
                pip=pip,
                config_settings=inner_config_settings(config_settings) or {},
                listener=listener,
            )
        )
        # Before the first hook: a setup.py may configure its sources whenever it is run.
        equipped = equip(build, may_fetch=True)
        if backends.asks_for_more(project, build.site_folders):
            build.step("asking the build backend what it needs")
            if _install(environment, call(equipped, "get_requires_for_build_wheel"), listener):
                # NumPy, whose headers belong to the equipment, may be among them.
                equipped = equip(build, may_fetch=True)
        built = build_and_verify(equipped, Path(folder), approve=approve)
        environment.keep_bytecode()
        return built


def kept_folder(config_settings: ConfigSettings | None, host: Host, spec: str = ".") -> Path | None:
    """Return the folder that `build-dir` names; needed before the project's settings are read.

    A relative one counts from the project's folder, or, if the project is unpacked into a
    temporary folder, from the working directory.
    """
    named = (config_settings or {}).get("winarm.build-dir") or host.variable("WINARM_BUILD_DIR")
    if not isinstance(named, str):
        return None
    project = Path(spec)
    return (project if project.is_dir() else Path()).absolute() / named


def _install(
    environment: IsolatedEnvironment, requirements: Sequence[str], listener: events.Listener
) -> bool:
    """Install requirements; return whether there were any."""
    if needed := without_winarm(requirements):
        listener(events.Step(f"installing {', '.join(needed)}"))
        environment.install(needed, output=lambda data: listener(events.Output(data)))
    return bool(needed)
