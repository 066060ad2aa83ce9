"""What a user may choose about a trial."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from winarm.config import Settings
from winarm.config.trial import TrialSettings
from winarm.target import PythonABI
from winarm.verify.options import VerifyOptions


@dataclass(frozen=True, slots=True)
class TrialOptions:
    """How wheels are tried."""

    #: The command to run on the target; modules are imported where there is none.
    command: tuple[str, ...] = ()
    #: What the command needs beside the wheels.
    requires: tuple[str, ...] = ()
    #: Folders or pages with further wheels.
    find_links: tuple[str, ...] = ()
    #: All other wheels of the environment; None to have the dependencies resolved.
    others: tuple[Path, ...] | None = None
    #: Extras of every wheel that is tried.
    extras: tuple[str, ...] = ()
    #: Files and folders of the project that the command finds in its working folder.
    copy: tuple[Path, ...] = ()
    #: The folder that relative ones of them are in.
    project: Path = Path()
    #: Patterns of modules that are not imported.
    skip: tuple[str, ...] = ()
    #: Seconds for each import, or for the command.
    timeout: float | None = None
    #: Bytes that the command may print; one that prints more is stopped.
    most_output: int = 256 * 2**20
    #: `auto`, `native`, `wine`, `qemu-wine`, `ssh:HOST` or `command:PROGRAM`.
    runner: str = "auto"
    #: Folders with Pythons for Windows ARM64.
    python_dirs: tuple[Path, ...] = ()
    #: The NuGet source of Pythons that no folder has; empty to fetch none.
    python_source: str = ""
    #: The Python to try with; otherwise the wheels' tags decide.
    abi: PythonABI | None = None
    #: How the wheels are verified first.
    verify: VerifyOptions = field(default_factory=VerifyOptions)

    def skips(self, module: str) -> bool:
        """Return whether a module is not to be imported."""
        return any(fnmatchcase(module, pattern) for pattern in self.skip)


def project_options(settings: Settings, project: Path = Path()) -> TrialOptions:
    """Return how the settings of the project in a folder want its wheels tried."""
    own = settings.test or TrialSettings()
    return TrialOptions(
        command=own.command,
        requires=own.requires,
        extras=own.extras,
        copy=tuple(map(Path, own.copy)),
        project=project,
        skip=own.skip,
        timeout=own.timeout,
        runner=settings.runner,
        python_dirs=tuple(map(Path, settings.target_python)),
        python_source="" if settings.python_source == "off" else settings.python_source,
        verify=settings.verify or VerifyOptions(),
    )
