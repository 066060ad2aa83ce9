"""What is known of a version: its metadata and its source, read without running any of it."""

from __future__ import annotations

import re
from email.parser import HeaderParser
from subprocess import CalledProcessError  # noqa: TID251 - raised by build
from typing import TYPE_CHECKING

from winarm.errors import SourceError, UnreachableError, UsageError, WinarmError
from winarm.storage import scratch_folder

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.version import Version

    from winarm.host import Host
    from winarm.stack.client import IndexClient
    from winarm.stack.files import IndexedFile, IndexedProject, ProjectRelease
    from winarm.stack.report import SourceFacts

#: What the metadata of a version is worth that has none.
_UNKNOWN_NOTE = "its dependencies are not known; its sdist states none without a build"


class Evidence:
    """Answers what a version requires and how it is built, each asked once."""

    def __init__(self, host: Host, client: IndexClient, *, build_metadata: bool = False) -> None:
        self._host = host
        self._client = client
        self._build = build_metadata
        self._known: dict[tuple[str, Version], tuple[str, str]] = {}

    def project(self, name: str) -> IndexedProject:
        """Return everything that the indexes offer of a project."""
        return self._client.project(name)

    def dependencies(self, name: str, version: Version) -> tuple[tuple[str, ...], str]:
        """Return Requires-Dist of a version, and a note where that is not certain."""
        text, note = self._metadata(name, version)
        return tuple(map(str, HeaderParser().parsestr(text).get_all("Requires-Dist") or ())), note

    def classifiers(self, name: str, version: Version) -> tuple[str, ...]:
        """Return the classifiers of a version; none where they cannot be had."""
        try:
            text, _ = self._metadata(name, version)
        except WinarmError:
            return ()
        return tuple(map(str, HeaderParser().parsestr(text).get_all("Classifier") or ()))

    def core_metadata(self, name: str, version: Version) -> str:
        """Return metadata that names this project and version, whatever its own says.

        :raises UnreachableError: it cannot be fetched.
        """
        lines, _ = self.dependencies(name, version)
        text, _ = self._metadata(name, version)
        headers = HeaderParser().parsestr(text)
        requires_python = headers.get("Requires-Python")
        extras = headers.get_all("Provides-Extra") or ()
        return "\n".join(
            (
                "Metadata-Version: 2.1",
                f"Name: {name}",
                f"Version: {version}",
                *((f"Requires-Python: {_line(requires_python)}",) if requires_python else ()),
                *(f"Provides-Extra: {_line(extra)}" for extra in extras),
                *(f"Requires-Dist: {_line(one)}" for one in lines),
                "",
            )
        )

    def source(self, file: IndexedFile) -> SourceFacts:
        """Return how an sdist is built.

        :raises SourceError: it cannot be fetched, or is damaged.
        """
        from winarm.stack.sources import kept_facts  # noqa: PLC0415 - 18 ms, only for gaps

        path = self._client.fetch(file, self._host.cache / "sdists")
        return kept_facts(path, self._host.cache / "status", file.sha256 or path.parent.name)

    def _metadata(self, name: str, version: Version) -> tuple[str, str]:
        known = self._known.get((name, version))
        if known is None:
            known = self._known[name, version] = self._read_metadata(name, version)
        return known

    def _read_metadata(self, name: str, version: Version) -> tuple[str, str]:
        release = self._client.project(name).releases.get(version)
        if release is None:
            return "", ""
        for file in _preferred(release):
            try:
                return self._client.metadata(file), ""
            except UnreachableError:
                raise
            except SourceError:
                continue
        if release.sdist is None:
            return "", "its dependencies are not known: its wheels cannot be read"
        return self._of_sdist(release.sdist)

    def _of_sdist(self, file: IndexedFile) -> tuple[str, str]:
        from winarm.stack.sources import read_sdist  # noqa: PLC0415 - as in source

        sdist = read_sdist(path := self._client.fetch(file, self._host.cache / "sdists"))
        if sdist.has_static_dependencies:
            return sdist.metadata, ""
        if self._build:
            return _built_metadata(path), ""
        headers = sdist.metadata.partition("\n\n")[0]
        if "requires.txt" not in sdist.texts:
            note = "" if "\nRequires-Dist:" in headers else _UNKNOWN_NOTE
            return headers, note
        lines = _from_egg_info(sdist.texts["requires.txt"])
        note = "its dependencies are those that its author's own build wrote into the sdist"
        kept = [one for one in headers.splitlines() if not one.startswith("Requires-Dist:")]
        return "\n".join((*kept, *(f"Requires-Dist: {one}" for one in lines))), note


def _preferred(release: ProjectRelease) -> list[IndexedFile]:
    """Return the files that may have metadata; what costs least first."""

    def cost(file: IndexedFile) -> tuple[bool, bool, bool]:
        return (not file.has_metadata, "win" not in file.name, not file.is_wheel)

    return sorted((f for f in release.files if f.is_wheel or f.has_metadata), key=cost)[:4]


def _from_egg_info(text: str) -> list[str]:
    """Return the lines of an egg-info's requires.txt as requirements (setuptools' own format)."""
    found, condition = [], ""
    for line in map(str.strip, text.splitlines()):
        if section := re.fullmatch(r"\[([^:\]]*):?([^\]]*)\]", line):
            extra = f'extra == "{section[1]}"' if section[1] else ""
            condition = " and ".join(filter(None, (section[2] and f"({section[2]})", extra)))
        elif line:
            found.append(f"{line}; {condition}" if condition else line)
    return found


def _built_metadata(sdist: Path) -> str:
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
    from winarm.project.archives import top_folder, unpack  # noqa: PLC0415 - as above

    with scratch_folder() as folder:
        unpack(sdist, folder)
        try:
            return str(project_wheel_metadata(top_folder(folder, sdist)))
        except CalledProcessError as error:
            said = (error.stderr or b"").decode("utf-8", "replace").strip().splitlines()
            raise SourceError(
                f"the metadata of {sdist.name} cannot be built: its build requirements cannot be "
                f"installed ({said[-1] if said else error})."
            ) from error
        except (BuildException, BuildBackendException, OSError, ValueError) as error:
            raise SourceError(f"the metadata of {sdist.name} cannot be built: {error}") from error


def _line(text: str) -> str:
    return " ".join(text.split())
