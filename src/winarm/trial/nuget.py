"""Pythons for Windows ARM64 from NuGet: python.org's own, without an installer.

A source's service index names its registrations; these name the entry of each version in the
catalogue, which has the hash of the package. (NuGet Server API: Service index, Package metadata,
Catalog.)
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from winarm.errors import SourceError
from winarm.host import Host
from winarm.project.archives import unpack
from winarm.project.index import IndexFile, PackageIndex, package_index
from winarm.project.pip_config import pip_configuration
from winarm.storage import cached_folder
from winarm.target import PythonABI

#: Names of hashes in the catalogue, and what hashlib calls them.
_ALGORITHMS = {"SHA512": "sha512", "SHA256": "sha256"}
#: Pages of a registration that are read: each has 64 versions.
_MOST_PAGES = 16


@dataclass(frozen=True, slots=True)
class _Release:
    version: Version
    #: Addresses of the catalogue's entry and of the package.
    entry: str
    package: str


def fetch_python(
    host: Host, abi: PythonABI, source: str, progress: Callable[[str], None] = lambda _: None
) -> Path:
    """Return the newest Python of an ABI from a NuGet source, as a folder of winarm's cache.

    :param source: the address of the service index.
    :raises SourceError: the source has none, cannot be reached, or lies about the hash.
    :raises FileSystemError: the cache cannot be written.
    """
    name = "pythonarm64" + ("-freethreaded" if abi.free_threaded else "")
    what = f"Python {abi.spelling} for Windows ARM64 cannot be fetched from {source}"
    try:
        with (
            package_index(pip_configuration(host)) as index,
            tempfile.TemporaryDirectory(prefix="winarm-") as scratch,
        ):
            reader = _Reader(index, Path(scratch), progress)
            newest = reader.newest(source, name, abi)
            folder = host.cache / "trial" / "pythons" / f"{name}-{newest.version}"
            return cached_folder(
                folder, ("tools/python.exe",), lambda at: reader.unpack(newest, at)
            )
    except SourceError as error:
        raise SourceError(f"{what}: {error.what}", why=error.why) from error
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            f"{what}: its answer is not that of a NuGet source ({error!r})."
        ) from error


@dataclass(frozen=True, slots=True)
class _Reader:
    index: PackageIndex
    scratch: Path
    progress: Callable[[str], None]

    def newest(self, source: str, name: str, abi: PythonABI) -> _Release:
        """Return the newest version of a package that is a Python of the ABI.

        :raises SourceError: there is none.
        """
        fitting = (
            release
            for release in self._releases(source, name)
            if release.version.release[:2] == (abi.major, abi.minor)
        )
        newest = max(fitting, key=lambda release: release.version, default=None)
        if newest is None:
            raise SourceError(f"it has no version {abi.version} of {name}.")
        return newest

    def _releases(self, source: str, name: str) -> Iterator[_Release]:
        """Yield the versions of a package that are offered."""
        registrations, *_ = (
            service["@id"]
            for service in self._json(source)["resources"]
            if str(service["@type"]).startswith("RegistrationsBaseUrl")
        )
        pages = self._json(f"{registrations.rstrip('/')}/{name}/index.json")["items"]
        for page in pages[-_MOST_PAGES:]:
            for item in page.get("items") or self._json(page["@id"])["items"]:
                entry = item["catalogEntry"]
                try:
                    version = Version(entry["version"])
                except InvalidVersion:
                    continue
                if entry.get("listed", True) and not version.is_prerelease:
                    yield _Release(version, entry["@id"], item["packageContent"])

    def unpack(self, release: _Release, folder: Path) -> None:
        """Fetch a package, compare it with its hash in the catalogue, and unpack its Python."""
        entry = self._json(release.entry)
        algorithm = _ALGORITHMS[entry["packageHashAlgorithm"]]
        digest = base64.b64decode(entry["packageHash"], validate=True).hex()
        package = self._fetch(release.package, f"python-{release.version}.zip", {algorithm: digest})
        unpack(package, folder, wanted=lambda path: path.is_relative_to("tools"))

    def _json(self, url: str) -> dict[str, Any]:
        found = json.loads(self._fetch(url, "answer.json", {}).read_bytes())
        if not isinstance(found, dict):
            raise TypeError(f"{url} is not an object")
        return found

    def _fetch(self, url: str, name: str, hashes: dict[str, str]) -> Path:
        file = IndexFile(name, Version("0"), url, hashes, yanked=False)
        return self.index.fetch(file, self.scratch, progress=self.progress)
