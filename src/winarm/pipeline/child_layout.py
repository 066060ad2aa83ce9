"""What a child finds when it starts: its folder, its files, its environment."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from winarm import backends
from winarm.backends.provision import Provision
from winarm.libraries.programs import config_programs
from winarm.locate.definitions import libraries_of
from winarm.pipeline.child_environment import (
    Environment,
    build_environment,
    early_environment,
    programs_folder,
)
from winarm.pipeline.child_process import Child, JournalReader
from winarm.pipeline.child_spec import (
    build_spec,
    early_libraries,
    early_spec,
    journal_path,
    python_libraries,
)
from winarm.pipeline.launched import compilers
from winarm.plan import CHILD, Build, EquippedBuild
from winarm.storage import file_errors_in_words, scratch_folder


@dataclass(frozen=True, slots=True)
class Layout:
    """Where hooks run: the child, its private folder, and what the inner backend gets."""

    child: Child
    scratch: Path
    config_settings: Mapping[str, Any] | None


@contextlib.contextmanager
def early_layout(build: Build) -> Iterator[Layout]:
    """Make a private folder with all that a hook before the build reads; remove it in the end.

    :raises FileSystemError: it cannot be written.
    """
    with _scratch(build) as scratch:
        spec = _written(scratch, early_spec(build, scratch))
        # Nothing links with them: a setup.py may ask whether they are there.
        libraries = python_libraries(build.interpreter.abi).values()
        folder = early_libraries(scratch)
        Provision(files={folder / f"{name}.lib": "" for name in libraries}).write()
        environment = early_environment(build, spec, scratch)
        provision = backends.early_provision(build)
        _write_programs(build, scratch, {})
        yield _layout(build, scratch, provision, environment)


@contextlib.contextmanager
def build_layout(build: EquippedBuild) -> Iterator[Layout]:
    """Make a private folder with all that a build reads; remove it in the end.

    :raises FileSystemError: it cannot be written.
    """
    with _scratch(build) as scratch:
        provision = backends.provision(build, scratch).joined(compilers(build, scratch)[1])
        provision.write()
        _write_programs(build, scratch, provision.programs)
        spec = _written(scratch, build_spec(build, scratch))
        environment = build_environment(build, spec, scratch)
        if names := ", ".join(environment.removed):
            build.detail(f"removed from the environment: {names}")
        layout = _layout(build, scratch, provision, environment)
        # Asked only when a link has failed.
        child = replace(layout.child, libraries_of=partial(libraries_of, build.toolchain))
        yield replace(layout, child=child)


@contextlib.contextmanager
def _scratch(build: Build) -> Iterator[Path]:
    kept = build.settings.build_dir
    with file_errors_in_words(), scratch_folder(kept and kept / "child") as scratch:
        yield scratch


def _write_programs(build: Build, scratch: Path, others: Mapping[str, str]) -> None:
    """Write the programs that answer in place of the host's, and `others`."""
    texts = config_programs(
        build.environment_host,
        build.native,
        programs_folder(scratch),
        python=build.python,
        script=CHILD / "library_config.py",
        own=[build.python.parent],
    )
    named = {programs_folder(scratch) / name: text for name, text in others.items()}
    Provision(files={**texts, **named}).write()


def _written(scratch: Path, spec: Mapping[str, Any]) -> Path:
    file = scratch / "spec.json"
    file.write_text(json.dumps(spec), encoding="utf-8")
    return file


def _layout(
    build: Build,
    scratch: Path,
    provision: Provision,
    environment: Environment,
) -> Layout:
    child = Child(
        host=build.host,
        python=build.python,
        project=build.folder,
        backend=build.project.backend,
        environ={**environment.variables, **provision.variables},
        journal=JournalReader(journal_path(scratch), build.folder, build.listener),
        listener=build.listener,
    )
    return Layout(child, scratch, {**build.config_settings, **provision.config_settings} or None)
