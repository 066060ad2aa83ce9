"""Metadata that only a build backend can tell; it runs the project's own code."""

from __future__ import annotations

import tarfile
import tempfile
import zipfile
from pathlib import Path

from winarm.errors import SourceError, UsageError


def built_metadata(sdist: Path) -> str:
    """Return the METADATA that the sdist's backend makes, in an isolated environment.

    :raises UsageError: the package `build` is not installed.
    :raises SourceError: the backend fails.
    """
    try:
        from build import BuildBackendException, BuildException  # noqa: PLC0415 - only for --build-metadata
        from build.util import project_wheel_metadata  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "--build-metadata needs the package `build`.", cure='pip install "winarm[stack]"'
        ) from None
    with tempfile.TemporaryDirectory(prefix="winarm-", ignore_cleanup_errors=True) as name:
        try:
            if sdist.name.endswith(".zip"):
                with zipfile.ZipFile(sdist) as archive:
                    archive.extractall(name)  # noqa: S202 - zipfile keeps names inside
            else:
                with tarfile.open(sdist) as packed:
                    packed.extractall(name, filter="data")
            (folder,) = (entry for entry in Path(name).iterdir() if entry.is_dir())
            return str(project_wheel_metadata(folder))
        except (
            *(BuildException, BuildBackendException),
            *(OSError, ValueError, tarfile.TarError, zipfile.BadZipFile),
        ) as error:
            raise SourceError(f"the metadata of {sdist.name} cannot be built: {error}") from error
