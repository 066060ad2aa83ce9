"""The folder that goes to the target: the environment, the scripts, the copies."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from winarm.errors import UsageError
from winarm.storage import scratch_folder
from winarm.trial import on_target
from winarm.trial.options import TrialOptions
from winarm.trial.runner import SITE, START, TEMPORARY, WORK


@contextlib.contextmanager
def stage_for(options: TrialOptions) -> Iterator[Path]:
    """Make the folder that goes to the target, with the copies that are asked for."""
    with scratch_folder() as folder:
        stage = folder / "stage"
        for name in (SITE, START, WORK, TEMPORARY):
            (stage / name).mkdir(parents=True)
        source = Path(on_target.__file__).parent
        shutil.copyfile(source / "sitecustomize.py", stage / START / "sitecustomize.py")
        for script in ("imports.py", "command.py"):
            shutil.copyfile(source / script, stage / script)
        for path in options.copy:
            _copy(options.project, path, stage / WORK)
        yield stage


def _copy(project: Path, path: Path, work: Path) -> None:
    """Copy a file or folder of the project; a relative one keeps its place.

    :raises UsageError: it is not there.
    """
    source = project / path
    if not source.exists():
        raise UsageError(f"--copy {path}: there is no such file or folder.")
    inside = not path.is_absolute() and ".." not in path.parts
    to = work / (path if inside else path.name)
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        skipped = shutil.ignore_patterns("__pycache__", ".git", ".venv", "*.egg-info")
        shutil.copytree(source, to, ignore=skipped, dirs_exist_ok=True)
    else:
        shutil.copyfile(source, to)
