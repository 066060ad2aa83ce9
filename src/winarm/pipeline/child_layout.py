"""What a child finds when it starts: its folder, its files, its environment."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from winarm import backends, events
from winarm.backends.request import Request
from winarm.pipeline.child_environment import child_environment
from winarm.pipeline.child_process import Child, Journal
from winarm.pipeline.child_spec import Workshop, child_spec
from winarm.pipeline.first_use import announcing
from winarm.storage import file_errors_in_words, scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from winarm.pipeline.job import Job


@dataclass(frozen=True, slots=True)
class Layout:
    """Where hooks run: the child, its private folder, and what the inner backend gets."""

    child: Child
    scratch: Path
    config_settings: Mapping[str, Any] | None


@contextlib.contextmanager
def laid_out(job: Job, workshop: Workshop | None) -> Iterator[Layout]:
    """Lay out a private folder and all that a child reads; sweep it in the end.

    :param workshop: none for an early hook, which compiles nothing.
    :raises FileSystemError: it cannot be written.
    """
    kept = job.settings.build_dir
    with file_errors_in_words(), scratch_folder(kept and kept / "child") as scratch:
        provision = backends.provision(_request(job, workshop, scratch))
        provision.write()
        spec = _write_spec(job, workshop, scratch)
        environment = child_environment(
            job.environ,
            spec=spec,
            target=job.target,
            toolchain=workshop.toolchain if workshop else None,
            scratch=scratch,
        )
        if workshop:
            _tell(job, provision.notes, environment.removed)
        child = _child(job, workshop, scratch, {**environment.variables, **provision.variables})
        config_settings = {**(job.config_settings or {}), **provision.config_settings}
        yield Layout(child, scratch, config_settings or None)


def _tell(job: Job, notes: Iterable[str], removed: Iterable[str]) -> None:
    for note in notes:
        job.listener(events.Note(note))
    if names := ", ".join(removed):
        job.listener(events.Detail(f"removed from the environment: {names}"))


def _child(job: Job, workshop: Workshop | None, scratch: Path, environ: Mapping[str, str]) -> Child:
    listener = job.listener
    if workshop:
        listener = announcing(listener, workshop.toolchain, job.host.cache / "first-use")
    return Child(
        host=job.host,
        python=job.python,
        project=job.project,
        backend=job.backend,
        environ=environ,
        journal=Journal(_journal(scratch), job.project, listener),
        listener=listener,
    )


def _write_spec(job: Job, workshop: Workshop | None, scratch: Path) -> Path:
    spec = child_spec(
        project=job.project,
        scratch=scratch,
        journal=_journal(scratch),
        target=job.target,
        interpreter=job.interpreter,
        settings=job.settings,
        workshop=workshop,
        instead_of=_instead_of(job, workshop),
        jobs=job.jobs,
    )
    file = scratch / "spec.json"
    file.write_text(json.dumps(spec), encoding="utf-8")
    return file


def _journal(scratch: Path) -> Path:
    return scratch / "journal"


def _request(job: Job, workshop: Workshop | None, scratch: Path) -> Request:
    return Request(
        host=dataclasses.replace(job.host, environ=job.environ),
        project=job.project,
        settings=job.settings,
        target=job.target,
        interpreter=job.interpreter,
        python=job.python,
        backend=job.backend.name,
        site_folders=job.site_folders,
        workshop=workshop,
        scratch=scratch,
        jobs=job.jobs,
        config_settings=job.config_settings or {},
    )


def _instead_of(job: Job, workshop: Workshop | None) -> dict[str, str]:
    """Return the host's folders that a project may hand to the compiler, and the target's."""
    if workshop is None:
        return {}
    instead = {
        str(job.interpreter.include): str(workshop.python.include),
        # distutils on Windows adds the `libs` folder of the Python that runs it.
        str(job.interpreter.dll_folder / "libs"): str(workshop.python.libraries),
    }
    if "include" in workshop.numpy:
        for folder in job.site_folders:
            for package in ("numpy/_core", "numpy/core"):
                instead[str(folder / package / "include")] = workshop.numpy["include"]
    return instead
