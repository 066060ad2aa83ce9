"""The embedded default: zig from PyPI, installed once beside winarm's other caches."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

from winarm import events
from winarm.environment.interpreter import ask
from winarm.environment.isolation import isolated
from winarm.errors import ToolchainNotFoundError
from winarm.locate.zig import REQUIREMENT, program_name
from winarm.pipeline.toolchain import toolchain_for
from winarm.storage import cached_folder

if TYPE_CHECKING:
    from winarm.config import Settings
    from winarm.host import Host
    from winarm.target import Target


def site_folders(host: Host) -> tuple[Path, ...]:
    """Return where a `ziglang` package may be: with winarm itself, and in its cache."""
    return (Path(sysconfig.get_path("platlib")), _cached(host))


def ensure_toolchain(
    host: Host,
    target: Target,
    settings: Settings,
    folders: tuple[Path, ...],
    listener: events.Listener,
) -> None:
    """Fetch zig where no toolchain is and zig is wanted, or will do.

    :raises ToolchainNotFoundError: another toolchain is wanted, and it is not there.
    :raises IsolationError: zig cannot be fetched.
    """
    try:
        toolchain_for(host, target, settings, folders)
    except ToolchainNotFoundError:
        if settings.toolchain not in {"auto", "zig"}:
            raise
        listener(events.Note("fetching zig from the package index (about 100 MB, once)"))
        _fetch(host, listener)


def _fetch(host: Host, listener: events.Listener) -> None:
    interpreter = ask(host, host.executable)

    def make(folder: Path) -> None:
        environment = isolated(host, interpreter, folder / "env")
        environment.install([REQUIREMENT], output=lambda data: listener(events.Output(data)))

    folder = _folder(host)
    program = _cached(host) / "ziglang" / program_name(host)
    cached_folder(folder, (program.relative_to(folder).as_posix(),), make)


def _folder(host: Host) -> Path:
    return host.cache / "tools" / f"zig-{sysconfig.get_python_version()}"


def _cached(host: Host) -> Path:
    # Not the default scheme: Debian's own Python has another for itself than for its venvs.
    return Path(sysconfig.get_path("platlib", "venv", vars=_vars(host)))


def _vars(host: Host) -> dict[str, str]:
    env = str(_folder(host) / "env")
    return {"base": env, "platbase": env}
