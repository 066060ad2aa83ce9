"""From a path to a `Subject`: wheels, folders and single files, each read once."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import IO

from winarm.coff.sniff import Nature
from winarm.target import Target
from winarm.verify.codes import Code
from winarm.verify.collect import MAX_TEXT, Collector
from winarm.verify.companions import is_file
from winarm.verify.facts import Shape
from winarm.verify.member_names import base_name
from winarm.verify.options import Budget, Limits, VerifyOptions
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Subject
from winarm.verify.wheels.archive import Archive, read_archive
from winarm.verify.wheels.content import METHODS, Content, DamagedError
from winarm.verify.wheels.entry import ArchiveError, Entry
from winarm.verify.wheels.filename import WheelName
from winarm.verify.wheels.metadata import OTHER_STRONG, record_rows

_PIECE = 512 * 2**10
#: What a member costs beside its content, in bytes.
_ENTRY_COST = 8 * 2**10
#: Most members are small, and follow one another.
_BUFFER = 64 * 2**10
#: Files in .dist-info that are read whole.
_TEXTS = frozenset({"METADATA", "RECORD", "WHEEL", "entry_points.txt"})
#: Bytes of all of them together: they are held in memory.
_MOST_TEXTS = 64 * 2**20
#: What is said of the member or the check at which the time was used up.
TOO_LONG = "it takes longer than the limit of processor time; the rest was not verified"
#: Members and archives below these sizes may be packed as tightly as they like.
_SMALL_MEMBER = 16 * 2**20
_SMALL_ARCHIVE = 64 * 2**20


def _nothing(_file: str) -> bool:
    return False


def is_sdist(path: Path, limits: Limits) -> bool:
    """Return whether a file is a source archive, by its name and, of a zip, its directory.

    :raises OSError: it cannot be read.
    """
    if path.name.lower().endswith(".tar.gz"):
        return True
    if path.suffix.lower() != ".zip":
        return False
    with path.open("rb", buffering=_BUFFER) as file:
        try:
            entries = read_archive(file, limits.members).entries
        except ArchiveError:
            return False
    # PKG-INFO is in the one folder at the top (PEP 643).
    return any(entry.name.partition("/")[2] == "PKG-INFO" for entry in entries)


def read_wheel(
    path: Path,
    name: WheelName | None,
    target: Target,
    options: VerifyOptions,
    budget: Budget,
    *,
    others: Callable[[str], bool] = _nothing,
) -> tuple[Subject, tuple[Finding, ...]]:
    """Read a wheel, and find what cannot be read in it.

    :param others: says of further files, by their names, whether their symbols are of interest.
    :raises ArchiveError: it is not an archive.
    :raises OSError: the file cannot be read.
    """
    with path.open("rb", buffering=_BUFFER) as file:
        archive = read_archive(file, options.limits.members)
        budget.allow(archive.size)
        collector = _collector(
            budget,
            frozenset(base_name(entry.name).lower() for entry in archive.entries),
            others,
            hashes=options.record,
        )
        if options.record:
            collector.algorithms.update(_other_algorithms(file, archive))
        findings = tuple(_take_members(file, archive, collector, options.limits, budget))
    subject = _collected(path, Shape.WHEEL, target, options, collector)
    reader = MemberReader(path, archive, options.limits)
    return replace(subject, name=name, archive=archive, reader=reader), findings


class MemberReader:
    """Reads members of a wheel a second time, for checks that need Python code."""

    def __init__(self, path: Path, archive: Archive, limits: Limits) -> None:
        self._path = path
        self._archive = archive
        self._limits = limits
        self._file: IO[bytes] | None = None

    @cached_property
    def _entries(self) -> dict[str, Entry]:
        return {entry.name: entry for entry in self._archive.entries}

    def __call__(self, member: str) -> bytes:
        """Return a member's content, or nothing where it cannot be read."""
        entry = self._entries.get(member)
        offset = self._archive.data_offsets.get(entry.header_offset) if entry is not None else None
        if entry is None or offset is None:
            return b""
        if _refusal(entry, entry.size, self._archive.size, self._limits):
            return b""
        try:
            # Opening it for each of hundreds of files takes as long as inflating them.
            self._file = self._file or self._path.open("rb", buffering=_BUFFER)
            return Content(self._file, entry, offset, checked=False).read_all()
        except (OSError, DamagedError):
            return b""

    def close(self) -> None:
        """Close the wheel, if it is open."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_tree(
    path: Path,
    target: Target,
    options: VerifyOptions,
    budget: Budget,
    *,
    others: Callable[[str], bool] = _nothing,
) -> tuple[Subject, tuple[Finding, ...]]:
    """Read every file below a folder, also one that a link leads to, but not folders of links.

    uv makes environments of links to files of its cache (`--link-mode symlink`).
    """
    barred: list[OSError] = []
    files = dict(_walk(path, barred))
    collector = _collector(
        budget,
        frozenset(base_name(member).lower() for member in files),
        others,
        # Only where there is something to compare hashes with.
        hashes=options.record and any(map(_is_record, files)),
    )
    findings = [finding(Code.WA001, str(error.filename), _reason(error)) for error in barred]
    total = 0
    for count, (member, file) in enumerate(files.items(), 1):
        try:
            size = file.stat().st_size
            total += size
            budget.allow(size)
            if count > options.limits.members or total > options.limits.total_size:
                findings.append(finding(Code.WA004, "", "the folder holds more than the limits"))
                break
            if budget.is_over:
                findings.append(finding(Code.WA004, member, TOO_LONG))
                break
            _take_file(file, member, size, collector, options.limits)
            if _is_record(member) and size > MAX_TEXT:
                findings.append(_unread(member, size))
        except (OSError, DamagedError) as error:
            findings.append(finding(Code.WA001, member, _reason(error)))
    return _collected(path, Shape.TREE, target, options, collector), tuple(findings)


def read_file(
    path: Path,
    target: Target,
    options: VerifyOptions,
    budget: Budget,
    *,
    others: Callable[[str], bool] = _nothing,
) -> tuple[Subject, tuple[()]]:
    """Read a single file.

    :raises OSError: it cannot be read.
    :raises DamagedError: it is too large, or changes while it is read.
    """
    budget.allow(path.stat().st_size)
    collector = _collector(budget, frozenset(), others)
    nature = _take_file(path, path.name, path.stat().st_size, collector, options.limits)
    if not (collector.images or collector.libraries or collector.damaged):
        # Asked for by name, so it should be one, whatever its suffix.
        collector.impostors[path.name] = nature
    return _collected(path, Shape.FILE, target, options, collector), ()


def _collector(
    budget: Budget, own: frozenset[str], others: Callable[[str], bool], *, hashes: bool = False
) -> Collector:
    """Return a collector that reads the symbols of Python's DLLs, and of those named."""
    return Collector(
        hashes=hashes,
        budget=budget,
        # Nearly every image asks for the same DLLs, and `others` may be hundreds of wheels.
        wants_symbols=cache(lambda file: file in own or file.startswith("python") or others(file)),
    )


def _collected(
    path: Path, shape: Shape, target: Target, options: VerifyOptions, collector: Collector
) -> Subject:
    return Subject(
        path=path,
        shape=shape,
        target=target,
        options=options,
        sizes=collector.sizes,
        digests=collector.digests,
        images=collector.images,
        libraries=collector.libraries,
        impostors=collector.impostors,
        damaged=collector.damaged,
        natives=collector.natives,
        texts=collector.texts,
    )


def _take_members(
    file: IO[bytes], archive: Archive, collector: Collector, limits: Limits, budget: Budget
) -> Iterator[Finding]:
    total = texts = 0
    unasked = _PIECE
    for entry in archive.entries:
        # Members may share packed data, which has to be looked through for each.
        cost = max(entry.size, entry.packed_size)
        # Asking for the time takes as long as passing over some members.
        unasked += _ENTRY_COST + cost
        if unasked > _PIECE:
            unasked = 0
            if budget.is_over:
                yield finding(Code.WA004, entry.name, TOO_LONG)
                return
        offset = archive.data_offsets.get(entry.header_offset)
        if offset is None or entry.is_folder:
            continue
        if refusal := _refusal(entry, total + cost, archive.size, limits):
            yield refusal
            continue
        total += cost
        folder, _, rest = entry.name.partition(".dist-info/")
        text = rest in _TEXTS and "/" not in folder
        if text and entry.size > MAX_TEXT:
            yield _unread(entry.name, entry.size)
            text = False
        texts += entry.size if text else 0
        if text and texts > _MOST_TEXTS:
            yield finding(Code.WA004, entry.name, "with it, .dist-info holds too much text")
            continue
        content = Content(file, entry, offset, checked=text or collector.hashes)
        try:
            collector.take(entry.name, entry.size, content, text=text)
        except DamagedError as error:
            yield finding(Code.WA003, entry.name, f"{error}")


def _unread(member: str, size: int) -> Finding:
    return finding(Code.WA004, member, f"it has {size} bytes, and is not read")


def _other_algorithms(file: IO[bytes], archive: Archive) -> dict[str, str]:
    """Return which members RECORD hashes with another algorithm than SHA-256.

    RECORD comes last in most wheels, but members are hashed as they come.
    """
    for entry in archive.entries:
        folder, _, name = entry.name.rpartition("/")
        offset = archive.data_offsets.get(entry.header_offset)
        plain = entry.method in METHODS and not entry.is_encrypted and entry.size <= MAX_TEXT
        if name == "RECORD" and folder.endswith(".dist-info") and offset is not None and plain:
            try:
                text = Content(file, entry, offset).read_all()
            except DamagedError:
                return {}
            rows = islice(record_rows(text), 2 * len(archive.entries))
            return {row.path: row.algorithm for row in rows if row.algorithm in OTHER_STRONG}
    return {}


def _refusal(entry: Entry, unpacked: int, packed: int, limits: Limits) -> Finding | None:
    """Return why a member, with which the archive has `unpacked` bytes, is not read, if so."""
    code, words = None, ""
    if entry.is_encrypted:
        code, words = Code.WA011, "it is encrypted"
    elif entry.is_special:
        code, words = Code.WA010, "it is a symbolic link or a device"
    elif entry.method not in METHODS:
        code, words = Code.WA014, f"its compression is method {entry.method}"
    elif entry.is_patch:
        code, words = Code.WA014, "its data is a patch to another file"
    elif entry.size > limits.member_size or unpacked > limits.total_size:
        code, words = Code.WA004, f"with its {entry.size} bytes it passes the limit"
    elif _SMALL_MEMBER < entry.size > limits.member_ratio * max(entry.packed_size, 1):
        ratio = entry.size / max(entry.packed_size, 1)
        code, words = Code.WA004, f"it unpacks to {ratio:.0f} times its size"
    elif unpacked > _SMALL_ARCHIVE and unpacked > packed * limits.total_ratio:
        code = Code.WA004
        words = f"with it, the archive unpacks to over {limits.total_ratio} times its size"
    return finding(code, entry.name, words) if code else None


def _walk(root: Path, barred: list[OSError]) -> Iterator[tuple[str, Path]]:
    # Not os.walk, which before Python 3.12 calls itself for each level of folders.
    folders = [root]
    while folders:
        try:
            with os.scandir(folders.pop()) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            barred.append(error)
            continue
        for entry in entries:
            path = Path(entry.path)
            if is_file(entry):
                yield path.relative_to(root).as_posix(), path
        folders.extend(
            Path(entry.path) for entry in reversed(entries) if entry.is_dir(follow_symlinks=False)
        )


def _take_file(path: Path, member: str, size: int, collector: Collector, limits: Limits) -> Nature:
    if not stat.S_ISREG(path.stat().st_mode):
        raise DamagedError("it is not a regular file")
    if size > limits.member_size:
        raise DamagedError(f"its {size} bytes pass the limit")
    with path.open("rb") as file:
        text = _is_record(member) and size <= MAX_TEXT
        return collector.take(member, size, _FileContent(file, size), text=text)


def _is_record(member: str) -> bool:
    return member.endswith(".dist-info/RECORD")


class _FileContent:
    """The content of a file that had a certain size a moment ago."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size

    def at_once(self) -> None:
        """Return nothing: a file is read in pieces."""

    def read(self, size: int) -> bytes:
        piece = self._file.read(min(size, self._left, _PIECE))
        if not piece and self._left:
            raise DamagedError("it became shorter while it was read")
        self._left -= len(piece)
        return piece


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
