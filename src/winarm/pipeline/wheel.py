"""The way from a project to a verified wheel for the target."""

from __future__ import annotations

import dataclasses
import zipfile
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm import events
from winarm.errors import (
    BuildFailedError,
    MissingExtensionsError,
    VerificationError,
    WinarmError,
)
from winarm.pipeline.child_layout import laid_out
from winarm.pipeline.child_spec import Workshop
from winarm.pipeline.extra_config import extra_library_dirs
from winarm.pipeline.hints import complaints
from winarm.pipeline.toolchain import toolchain_for
from winarm.storage import deliver
from winarm.target_python.target_python import provide
from winarm.verify import Report, Severity, VerifyOptions, verify

if TYPE_CHECKING:
    from winarm.config import Settings
    from winarm.pipeline.child_process import Child
    from winarm.pipeline.job import Job
    from winarm.target import Target


@dataclass(frozen=True, slots=True)
class Built:
    """A wheel that was built and verified."""

    path: Path
    report: Report

    @property
    def pure(self) -> bool:
        """Return whether there is no native code in it."""
        return self.report.pure


def call_early(job: Job, hook: str, *arguments: object, **options: object) -> Any:  # noqa: ANN401
    """Call a hook that comes before the build: it sees the target and needs no toolchain.

    :raises WinarmError: the hook failed, or there is none.
    """
    with laid_out(job, workshop=None) as at:
        return at.child.call(hook, *arguments, config_settings=at.config_settings, **options)


def build_wheel(job: Job, folder: Path, *, metadata: Path | None = None) -> Built:
    """Build the project's wheel, verify it, and only then put it into `folder`.

    :param metadata: what `prepare_metadata_for_build_wheel` has made.
    :raises WinarmError: no toolchain, a failed build, a wheel that is not good.
    """
    workshop = set_up(job)
    with laid_out(job, workshop) as at:
        job.listener(events.Step("building"))
        private = at.scratch / "wheel"
        private.mkdir()
        name = at.child.call("build_wheel", str(private), at.config_settings, metadata)
        wheel = _checked(private, name)
        _require_extensions(wheel, at.child, job.settings.allow_missing)
        job.listener(events.Step("verifying"))
        return Built(*verify_and_deliver(wheel, folder, job.target, job.settings))


def verify_and_deliver(
    wheel: Path, folder: Path, target: Target, settings: Settings
) -> tuple[Path, Report]:
    """Put `wheel` into `folder` if `target` can load it; return its new path and the report.

    :raises VerificationError: it cannot.
    :raises FileSystemError: the folder cannot be written.
    """
    options = settings.verify or VerifyOptions()
    report = verify(wheel, dataclasses.replace(options, target=target))
    if not report.ok:
        errors = [f.line() for f in report.findings if f.severity is Severity.ERROR]
        raise VerificationError(wheel.name, errors)
    return deliver(wheel, folder), report


def set_up(job: Job) -> Workshop:
    """Find the toolchain and make what it needs to know of the target's Python.

    :raises WinarmError: something is missing; the message names the cure.
    """
    host, settings = job.host, job.settings
    job.listener(events.Step("looking for a toolchain"))
    folders = (*job.site_folders, *job.tool_folders)
    toolchain = toolchain_for(host, job.target, settings, folders)
    job.listener(
        events.Detail(f"toolchain: {toolchain.kind} {toolchain.version}, {toolchain.origin}")
    )
    for note in toolchain.notes:
        job.listener(events.Note(note))
    job.listener(events.Step("preparing headers and libraries of the target's Python"))
    python = provide(
        host,
        job.interpreter,
        job.target,
        toolchain,
        python_dir=settings.python_dir,
        library_dirs=extra_library_dirs(host),
    )
    job.listener(events.Detail(f"target Python: {python.origin}"))
    return Workshop(toolchain, python, _numpy(job))


def _numpy(job: Job) -> dict[str, str]:
    """Return where the target's NumPy headers are, if the build requires NumPy, or why not.

    A project may require NumPy and never compile against it, so a failure waits until its
    headers are asked for.
    """
    version = installed_version("numpy", job.site_folders)
    if version is None:
        return {"error": "NumPy is not in the build environment"}
    from winarm.target_python.numpy_headers import numpy_include  # noqa: PLC0415 - few builds need it

    job.listener(events.Step(f"looking for the target's headers of NumPy {version}"))
    try:
        include = numpy_include(
            job.host,
            job.interpreter,
            version,
            progress=lambda text: job.listener(events.Step(text)),
        )
    except WinarmError as error:
        return {"error": str(error)}
    return {"include": str(include)}


def installed_version(name: str, site_folders: tuple[Path, ...]) -> str | None:
    """Return the version of the distribution `name` that is installed in one of the folders."""
    found = distributions(name=name, path=[str(folder) for folder in site_folders])
    return next((distribution.version for distribution in found), None)


def _checked(folder: Path, name: object) -> Path:
    """Return the wheel that the backend says it made, if it is where it must be."""
    if isinstance(name, str) and Path(name).name == name and name.endswith(".whl"):
        wheel = folder / name
        if zipfile.is_zipfile(wheel):
            return wheel
    message = f"the build backend says that it made {name!r}, and there is no such wheel."
    raise BuildFailedError(message)


def _require_extensions(wheel: Path, child: Child, allowed: tuple[str, ...]) -> None:
    """Hold every extension that setup() declared against what is in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        members = archive.namelist()
    journal = child.journal
    missing = [
        name
        for name in journal.declared
        if name not in allowed and not any(is_module(member, name) for member in members)
    ]
    if missing:
        reasons = [f"could not {failure.doing} {failure.subject}" for failure in journal.failures]
        # Where no compiler has failed, the project's own code has.
        output = journal.failures[-1].output if journal.failures else complaints(child.output)
        raise MissingExtensionsError(missing, reasons, output)


def is_module(member: str, name: str) -> bool:
    """Return whether the wheel's `member` is the native module of the extension `name`.

    >>> is_module("a/_b.cp313-win_arm64.pyd", "a._b")
    True
    >>> is_module("x-1.data/platlib/a/_b.pyd", "a._b"), is_module("a/_b.cpp", "a._b")
    (True, False)
    """
    path = "/" + name.replace(".", "/") + "."
    start = ("/" + member).rfind(path)
    rest = ("/" + member)[start + len(path) :]
    # A DLL is what a project makes of it that loads it by ctypes.
    return start >= 0 and "/" not in rest and ("." + rest).endswith((".pyd", ".dll"))
