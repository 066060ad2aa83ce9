"""A child, with all that it finds when it starts: its folder, its files, its environment."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from winarm import backends
from winarm.backends.provision import Provision
from winarm.libraries.programs import config_programs
from winarm.locate.definitions import libraries_of
from winarm.pipeline.child_environment import (
    build_environment,
    early_environment,
    leaks,
    programs_folder,
)
from winarm.pipeline.child_process import Child, JournalReader
from winarm.pipeline.child_spec import (
    build_spec,
    early_libraries,
    early_spec,
    journal_path,
    python_libraries,
    spec_path,
)
from winarm.pipeline.launched import compilers
from winarm.plan import CHILD, Build, EquippedBuild
from winarm.storage import file_errors_in_words, scratch_folder


@contextlib.contextmanager
def early_child(build: Build) -> Iterator[Child]:
    """Make the child of hooks before the build, which compile nothing; remove its files in the end.

    :raises FileSystemError: its folder cannot be written.
    """
    with _scratch(build) as scratch:
        # Nothing links with them: a setup.py may ask whether they are there.
        libraries = python_libraries(build.interpreter.abi).values()
        folder = early_libraries(scratch)
        Provision(files={folder / f"{name}.lib": "" for name in libraries}).write()
        provision = backends.early_provision(build)
        spec, environ = early_spec(build, scratch), early_environment(build, scratch)
        yield _child(build, scratch, provision, spec, environ)


@contextlib.contextmanager
def build_child(build: EquippedBuild) -> Iterator[Child]:
    """Make the child of a build; remove its files in the end.

    :raises FileSystemError: its folder cannot be written.
    """
    with _scratch(build) as scratch:
        provision = backends.provision(build, scratch).joined(compilers(build, scratch)[1])
        if names := ", ".join(sorted(filter(leaks, build.environ))):
            build.detail(f"removed from the environment: {names}")
        spec, environ = build_spec(build, scratch), build_environment(build, scratch)
        child = _child(build, scratch, provision, spec, environ)
        # Asked only when a link has failed.
        yield replace(child, libraries_of=partial(libraries_of, build.toolchain))


@contextlib.contextmanager
def _scratch(build: Build) -> Iterator[Path]:
    kept = build.settings.build_dir
    with file_errors_in_words(), scratch_folder(kept and kept / "child") as scratch:
        yield scratch


def _child(
    build: Build,
    scratch: Path,
    provision: Provision,
    spec: Mapping[str, Any],
    environ: Mapping[str, str],
) -> Child:
    """Return a child whose files have been written."""
    provision.write()
    # Programs that answer in place of the host's.
    answering = config_programs(
        build.environment_host,
        build.native,
        programs_folder(scratch),
        python=build.python,
        script=CHILD / "library_config.py",
        own=[build.python.parent],
    )
    named = {programs_folder(scratch) / name: text for name, text in provision.programs.items()}
    Provision(files={**answering, **named}).write()
    spec_path(scratch).write_text(json.dumps(spec), encoding="utf-8")
    return Child(
        build=build,
        scratch=scratch,
        environ={**environ, **provision.variables},
        config_settings={**build.config_settings, **provision.config_settings} or None,
        journal=JournalReader(journal_path(scratch), build.folder, build.listener),
    )
