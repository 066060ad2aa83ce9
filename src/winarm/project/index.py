"""The package index that pip is configured for: what it offers, and fetching of it.

Nothing that is fetched is run. All that winarm knows of unearth is in this module; it is imported
when a file is wanted, since only the command needs it.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Literal, cast

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from winarm.errors import FileSystemError, SourceError, UsageError, bullets
from winarm.project.pip_config import PipConfiguration, redacted
from winarm.storage import cached_file

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from unearth import Package, PackageFinder
    from unearth.fetchers import Fetcher
    from unearth.fetchers.sync import PyPIClient

    from winarm.target import PythonABI

#: Longest file that is fetched, in bytes; PyPI itself allows projects less.
MAX_DOWNLOAD = 4 * 2**30
_CHUNK = 2**20
_MEGABYTE = 10**6


@dataclass(frozen=True, slots=True)
class IndexFile:
    """A file that an index offers."""

    name: str
    version: Version
    url: str
    #: Checksums by algorithm, as the index gives them; there may be none.
    hashes: Mapping[str, str]
    #: Whether its author has withdrawn it.
    yanked: bool

    @property
    def tags(self) -> frozenset[Tag]:
        """Return the tags in a wheel's name; none of another file."""
        try:
            return parse_wheel_filename(self.name)[3]
        except (InvalidWheelFilename, InvalidVersion):
            return frozenset()


@dataclass(frozen=True, slots=True)
class PlaceFiles:
    """What one place has of a project."""

    #: Without a password.
    place: str
    files: tuple[IndexFile, ...] = ()
    #: Why there may be nothing.
    reason: str = ""
    #: Whether the place answered at all.
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """What every place has of a project."""

    answers: tuple[PlaceFiles, ...]

    @property
    def files(self) -> tuple[IndexFile, ...]:
        """Return the files of all places."""
        return tuple(file for answer in self.answers for file in answer.files)

    @property
    def unreachable(self) -> bool:
        """Tell whether there are places, and none of them answered."""
        return bool(self.answers) and not any(answer.reached for answer in self.answers)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """Return each place with what it said, for people."""
        return tuple(
            f"{answer.place}: {answer.reason or f'{len(answer.files)} files'}"
            for answer in self.answers
        )

    def unreached(self, what: str, otherwise: str) -> SourceError:
        """Return the error for `what` where no place can be asked."""
        return SourceError(
            f"{what} cannot be looked for:\n{bullets(self.looked_at)}",
            why="No package index can be reached from here.",
            cure=f"Check the network, the proxy and pip's index-url; or {otherwise}.",
        )

    def missing(self, what: str, *, why: str, cure: str) -> SourceError:
        """Return the error where the places have been asked, and `what` is in none of them."""
        looked = bullets(self.looked_at) or "  - nothing: pip is configured with no-index"
        return SourceError(f"{what} Looked at:\n{looked}", why=why, cure=cure)


class PackageIndex:
    """The places that pip is configured to take packages from; see `package_index`."""

    def __init__(self, configuration: PipConfiguration, session: PyPIClient) -> None:
        self._configuration = configuration
        self._session = session

    def files(
        self, project: str, kind: Literal["sdist", "wheel"], *, python: PythonABI | None = None
    ) -> Listing:
        """Return every file of `project` that is of that kind, wherever it is offered.

        :param python: only files of releases that say they support this Python.
        """
        return Listing(
            tuple(
                _asked(redacted(place), finder, project)
                for place, finder in self._finders(kind, python)
            )
        )

    def fetch(self, file: IndexFile, cache: Path, *, progress: Callable[[str], None]) -> Path:
        """Return `file` in the folder `cache`, fetched unless it is there.

        :raises SourceError: it cannot be fetched, or is not what the index promises.
        :raises FileSystemError: the folder cannot be written, or is full.
        """
        given = file.hashes.get("sha256", "")
        known = given if re.fullmatch("[0-9a-f]{64}", given) else ""
        return cached_file(
            cache, file.name, file.url, known, lambda to: self._download(file, to, progress)
        )

    def _finders(
        self, kind: Literal["sdist", "wheel"], python: PythonABI | None
    ) -> Iterator[tuple[str, PackageFinder]]:
        """Yield a finder for each place, so that one that is down does not hide the others."""
        from unearth import PackageFinder, TargetPython  # noqa: PLC0415 - an optional dependency

        target = TargetPython(py_ver=(python.major, python.minor) if python else None)
        indexes = [(url, True) for url in self._configuration.indexes]
        folders = [(url, False) for url in self._configuration.find_links]
        for place, is_index in indexes + folders:
            yield (
                place,
                PackageFinder(
                    # Its own client has the methods that it asks for, with more parameters.
                    session=cast("Fetcher", self._session),
                    index_urls=[place] if is_index else [],
                    find_links=[] if is_index else [place],
                    no_binary=[":all:"] if kind == "sdist" else [],
                    only_binary=[":all:"] if kind == "wheel" else [],
                    trusted_hosts=self._configuration.trusted_hosts,
                    target_python=target,
                    # Wheels for other machines are wanted too; the caller checks the tags.
                    ignore_compatibility=python is None or kind == "wheel",
                ),
            )

    def _download(self, file: IndexFile, to: Path, progress: Callable[[str], None]) -> None:
        from unearth.preparer import HTTPErrors  # noqa: PLC0415 - an optional dependency

        digests = {name: hashlib.new(name) for name in file.hashes}
        size = 0
        # The file itself is wanted, not what a server makes of it on its way.
        identity = {"Accept-Encoding": "identity"}
        try:
            with (
                self._session.get_stream(file.url, headers=identity) as response,
                to.open("wb") as output,
            ):
                response.raise_for_status()
                total = response.headers.get("Content-Length", "")
                for chunk in response.iter_bytes(_CHUNK):
                    size += len(chunk)
                    if size > MAX_DOWNLOAD:
                        raise SourceError(f"{file.name} is longer than {MAX_DOWNLOAD} bytes.")
                    for digest in digests.values():
                        digest.update(chunk)
                    output.write(chunk)
                    progress(_so_far(file.name, size, total))
        except HTTPErrors as error:
            raise SourceError(
                f"{file.name} cannot be fetched: {error}",
                cure="Try again; check the network and proxy.",
            ) from error
        for name, promised in file.hashes.items():
            if digests[name].hexdigest() != promised:
                raise _wrong_content(file, name, digests[name].hexdigest())


@contextlib.contextmanager
def package_index(configuration: PipConfiguration) -> Iterator[PackageIndex]:
    """Open the package index that pip is configured for.

    :raises UsageError: unearth is not installed.
    """
    try:
        from unearth.auth import MultiDomainBasicAuth  # noqa: PLC0415 - an optional dependency
        from unearth.fetchers.sync import PyPIClient  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"nothing can be fetched from the package index: {error.name} is not installed.",
            cure='pip install "winarm[cli]"',
        ) from None
    with PyPIClient(
        trusted_hosts=configuration.trusted_hosts,
        verify=_certificates(configuration),
        timeout=configuration.timeout,
        follow_redirects=True,
        proxy=configuration.proxy,
    ) as session:
        # Never prompting: a build may run without a user.
        session.auth = MultiDomainBasicAuth(prompting=False, index_urls=configuration.indexes)
        yield PackageIndex(configuration, session)


def best(requirement: Requirement, files: Iterable[IndexFile]) -> IndexFile | None:
    """Return the file of the newest version that `requirement` allows, or None.

    A pre-release counts when the requirement names one or nothing else is there; a withdrawn
    (yanked) file only when its version is asked for exactly, as PEP 592 has it.
    """
    exact = any(clause.operator in {"==", "==="} for clause in requirement.specifier)
    usable = [file for file in files if exact or not file.yanked]
    allowed = set(requirement.specifier.filter(file.version for file in usable))
    fitting = [file for file in usable if file.version in allowed]
    return max(
        fitting,
        # The same file may be offered twice: the one with a checksum is better.
        key=lambda file: (not file.yanked, file.version, "sha256" in file.hashes),
        default=None,
    )


def _asked(place: str, finder: PackageFinder, project: str) -> PlaceFiles:
    """Return what `finder`, which looks in one place, finds."""
    from unearth.preparer import HTTPErrors  # noqa: PLC0415 - an optional dependency

    with _warnings_heard("unearth") as warnings:
        try:
            packages = finder.find_all_packages(project, allow_yanked=True)
            files = tuple(file for file in map(_file, packages) if file)
        except HTTPErrors as error:
            return PlaceFiles(place, reason=str(error) or type(error).__name__, reached=False)
        except (OSError, ValueError) as error:  # a folder that cannot be read, a broken page
            return PlaceFiles(place, reason=str(error), reached=False)
    return PlaceFiles(place, files, "; ".join(warnings))


def _file(package: Package) -> IndexFile | None:
    """Return the file that `package` stands for, or None if its name is not a valid file name."""
    link = package.link
    file_name = link.filename
    if package.version is None or {
        PurePosixPath(file_name).name,
        PureWindowsPath(file_name).name,
    } != {file_name}:
        return None
    given = {name: values[0].lower() for name, values in (link.hash_option or {}).items()}
    return IndexFile(
        name=file_name,
        version=Version(package.version),
        url=link.normalized,
        hashes={name: value for name, value in given.items() if name in _ALGORITHMS},
        yanked=link.is_yanked,
    )


#: Checksums that can be compared; those of variable length cannot.
_ALGORITHMS = {name for name in hashlib.algorithms_guaranteed if not name.startswith("shake")}


@contextlib.contextmanager
def _warnings_heard(name: str) -> Iterator[Sequence[str]]:
    """Collect what a library logs as a warning, which would not be shown otherwise."""
    heard: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    listener = Listener(logging.WARNING)
    logger = logging.getLogger(name)
    logger.addHandler(listener)
    try:
        yield heard
    finally:
        logger.removeHandler(listener)


def _certificates(configuration: PipConfiguration) -> ssl.SSLContext | bool:
    """Return the authorities to trust: pip's `cert`, else the machine's own (True)."""
    named, client = configuration.certificates, configuration.client_certificate
    if not (named or client):
        return True
    cure = "Check pip's cert and client-cert, and REQUESTS_CA_BUNDLE."
    return trusting(named, client, cure=cure)


def trusting(named: Path | None, client: Path | None, *, cure: str) -> ssl.SSLContext:
    """Return what trusts the authorities in a file or folder, else the machine's own.

    :param client: the certificate that this side shows.
    :raises FileSystemError: one cannot be read.
    """
    try:
        if named and named.is_dir():
            context = ssl.create_default_context(capath=named)
        else:
            context = ssl.create_default_context(cafile=named)
        if client:
            context.load_cert_chain(client)
    except OSError as error:  # ssl.SSLError is one
        raise FileSystemError(named or client or "", error, cure=cure) from error
    return context


def _so_far(name: str, size: int, total: str) -> str:
    of = f" of {int(total) / _MEGABYTE:.1f}" if total.isdecimal() else ""
    return f"fetching {name} ({size / _MEGABYTE:.1f}{of} MB)"


def _wrong_content(file: IndexFile, algorithm: str, got: str) -> SourceError:
    return SourceError(
        f"{file.name} is not what the index promises: its {algorithm} is {got}, not "
        f"{file.hashes[algorithm]}.",
        why="It was changed on its way, or the index is out of date.",
        cure="Try again. If it happens again, ask the operator of the index.",
    )
