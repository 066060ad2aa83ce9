"""Pythons for Windows ARM64 from NuGet: python.org's own, without an installer.

A source's service index names its registrations; these name the entry of each version in the
catalogue, which has the hash of the package. (NuGet Server API: Service index, Package metadata,
Catalog.)
"""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.version import InvalidVersion, Version

from winarm.errors import SourceError, TargetPythonError
from winarm.host import Host
from winarm.project.archives import unpack
from winarm.project.index import PackageIndex, package_index
from winarm.project.index_files import IndexFile
from winarm.project.pip_config import pip_configuration
from winarm.storage import cached_folder
from winarm.target import PythonABI
from winarm.trial.pythons import CURE, WindowsPython, pythons_in, spelled

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
) -> WindowsPython:
    """Return the newest Python of an ABI from a NuGet source, in winarm's cache.

    :param source: the address of the service index.
    :raises TargetPythonError: the source has none, cannot be reached, or lies about the hash.
    :raises FileSystemError: the cache cannot be written.
    """
    name = "pythonarm64" + ("-freethreaded" if abi.free_threaded else "")
    what = f"Python {spelled(abi)} for Windows ARM64 cannot be fetched from {source}"
    try:
        with (
            package_index(pip_configuration(host)) as index,
            tempfile.TemporaryDirectory(prefix="winarm-") as scratch,
        ):
            reader = _Reader(index, Path(scratch), progress)
            releases = [one for one in reader.releases(source, name) if _is_of(one.version, abi)]
            newest = max(releases, key=lambda one: one.version, default=None)
            if newest is None:
                raise TargetPythonError(
                    f"{what}: it has no version {abi.version} of {name}.", cure=CURE
                )
            folder = host.cache / "trial" / "pythons" / f"{name}-{newest.version}"
            cached_folder(folder, ("tools/python.exe",), lambda at: reader.unpack(newest, at))
    except SourceError as error:
        raise TargetPythonError(f"{what}: {error.what}", why=error.why, cure=CURE) from error
    except (KeyError, TypeError, ValueError) as error:
        raise TargetPythonError(
            f"{what}: its answer is not that of a NuGet source ({error!r}).", cure=CURE
        ) from error
    pythons = pythons_in(folder).found or ()
    found = next((one for one in pythons if one.abi == abi), None)
    if found is None:
        raise TargetPythonError(
            f"{what}: the package {name} {newest.version} holds another Python.", cure=CURE
        )
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    index: PackageIndex
    scratch: Path
    progress: Callable[[str], None]

    def releases(self, source: str, name: str) -> Iterator[_Release]:
        """Yield the versions of a package that are offered."""
        services = self._json(source)["resources"]
        registrations = next(
            service["@id"]
            for service in services
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
        try:
            digest = base64.b64decode(entry["packageHash"], validate=True).hex()
        except binascii.Error as error:
            raise ValueError("its catalogue has no hash") from error
        package = self._fetch(release.package, f"python-{release.version}.zip", {algorithm: digest})
        unpack(package, folder, wanted=_is_of_python)

    def _json(self, url: str) -> dict[str, Any]:
        found = json.loads(self._fetch(url, "answer.json", {}).read_bytes())
        if not isinstance(found, dict):
            raise TypeError(f"{url} is no object")
        return found

    def _fetch(self, url: str, name: str, hashes: dict[str, str]) -> Path:
        file = IndexFile(name, Version("0"), url, hashes, yanked=False)
        return self.index.fetch(file, self.scratch, progress=self.progress)


def _is_of(version: Version, abi: PythonABI) -> bool:
    return version.release[:2] == (abi.major, abi.minor)


def _is_of_python(path: PurePosixPath) -> bool:
    return path.is_relative_to("tools")
