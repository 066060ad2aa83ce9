"""RECORD must list every file of a wheel once, and files of an environment must be as it says."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import islice

from winarm.verify.checks.container import path_escapes
from winarm.verify.codes import Code
from winarm.verify.options import VerifyOptions
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Shape, Subject
from winarm.verify.wheels.metadata import OTHER_STRONG, Row, installed_rows, record_rows

#: In .dist-info, and never in RECORD: it, and its signatures.
_UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")
#: Rows beyond two for each file, after which RECORD is not read further.
_MORE_ROWS = 100
#: Rows of one RECORD beyond two for each file, after which it is not read further.
_MORE_INSTALLED_ROWS = 10_000
STRONG = OTHER_STRONG | {"sha256"}


def check_record(subject: Subject, _options: VerifyOptions) -> Iterator[Finding]:
    """Compare RECORD with what is in the wheel."""
    if subject.archive is None or subject.dist_info is None:
        return
    text = subject.texts.get(f"{subject.dist_info}/RECORD")
    if text is None:
        yield finding(Code.WA607, "", f"there is no {subject.dist_info}/RECORD")
        return
    unlisted = {f"{subject.dist_info}/{name}" for name in _UNLISTED}
    seen: set[str] = set()
    most = 2 * len(subject.names) + _MORE_ROWS
    for number, written in enumerate(record_rows(text)):
        row = written
        # PyQt6's wheels have that for RECORD alone, which installers write again.
        if "\\" in row.path and (path := row.path.replace("\\", "/")) in unlisted:
            yield finding(Code.WA621, path, f"RECORD calls it {row.path}")
            row = row._replace(path=path)
        if number > most:
            words = f"in RECORD: it has over {most} rows for {len(subject.names)} files"
            yield finding(Code.WA612, f"{subject.dist_info}/RECORD", words)
            break
        if row.path and row.path in seen:
            yield finding(Code.WA611, row.path, "RECORD has it twice")
        else:
            yield from _compare(subject, row, listed=row.path not in unlisted)
        seen.add(row.path)
    for entry in subject.archive.entries:
        if not (entry.is_folder or entry.name in seen or entry.name in unlisted):
            yield finding(Code.WA609, entry.name, "RECORD does not have it")


def _compare(subject: Subject, row: Row, *, listed: bool) -> Iterator[Finding]:
    there = row.path in subject.names
    problem = row.problem or ("" if there else path_escapes(row.path))
    if problem or not row.path:
        yield finding(Code.WA612, row.path, f"in RECORD: {problem or 'a row has no path'}")
    elif not there:
        yield finding(Code.WA610, row.path, "RECORD has it, the wheel does not")
    elif listed:
        if row.algorithm not in STRONG:
            words = f"its hash in RECORD is {row.algorithm or 'missing'}, not SHA-256 or better"
            yield finding(Code.WA612, row.path, words)
        elif difference := _difference(subject, row):
            yield finding(Code.WA608, row.path, difference)


def _difference(subject: Subject, row: Row) -> str:
    size = subject.sizes.get(row.path)
    if size is not None and row.size is not None and size != row.size:
        return f"it has {size} bytes, RECORD says {row.size}"
    digest = subject.digests.get(row.path)
    if digest is not None and row.digest.rstrip("=") != spelled(digest):
        return f"its {row.algorithm} is not the one in RECORD"
    return ""


def spelled(digest: bytes) -> str:
    """Return a digest as RECORD spells it: urlsafe base64 without padding."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def check_installed(subject: Subject, options: VerifyOptions) -> Iterator[Finding]:
    """Compare the files of a folder with the RECORD of each distribution in it.

    Installers add rows of their own, without hashes for what they compile, and with paths that
    lead to scripts elsewhere: only rows with a hash, and files within the folder, are compared.
    """
    if subject.shape is not Shape.TREE or not options.record:
        return
    most = 2 * len(subject.sizes) + _MORE_INSTALLED_ROWS
    rows = {
        record: dict(islice(installed_rows(record, text), most))
        for record, text in subject.texts.items()
    }
    # What a distribution vendors comes with a RECORD too, of files that were left out.
    vendored = {path for record, own in rows.items() for path in own if path != record}
    for record in sorted(rows.keys() - vendored):
        for path, row in rows[record].items():
            if row.digest and not path.startswith(("../", "/")):
                yield from _compare_installed(subject, row, path, record)


def _compare_installed(subject: Subject, row: Row, path: str, record: str) -> Iterator[Finding]:
    size, digest = subject.sizes.get(path), subject.digests.get(path)
    if size is None:
        yield finding(Code.WA610, path, f"{record} has it, the folder does not")
    elif row.size is not None and size != row.size:
        yield finding(Code.WA608, path, f"it has {size} bytes, {record} says {row.size}")
    elif row.algorithm == "sha256" and digest and row.digest.rstrip("=") != spelled(digest):
        yield finding(Code.WA608, path, f"its hash is not the one in {record}")
