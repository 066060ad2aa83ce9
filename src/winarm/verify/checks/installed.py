"""In an installed environment, every file must be as the RECORD of its distribution has it."""

from __future__ import annotations

import posixpath
from itertools import islice
from typing import TYPE_CHECKING

from winarm.verify.checks.record import spelled
from winarm.verify.codes import Code
from winarm.verify.report import Finding, finding
from winarm.verify.subject import Shape, Subject, folder_of
from winarm.verify.wheels.metadata import Row, record_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from winarm.verify.options import VerifyOptions

#: Rows of one RECORD beyond two for each file, after which it is not read further.
_MORE_ROWS = 10_000


def check_installed(subject: Subject, options: VerifyOptions) -> Iterator[Finding]:
    """Compare the files of a folder with the RECORD of each distribution in it.

    Installers add rows of their own, without hashes for what they compile, and with paths that
    lead to scripts elsewhere: only rows with a hash, and files within the folder, are compared.
    """
    if subject.shape is not Shape.TREE or not options.record:
        return
    most = 2 * len(subject.sizes) + _MORE_ROWS
    rows = {
        record: dict(islice(_rows(record, text), most)) for record, text in subject.texts.items()
    }
    # What a distribution vendors comes with a RECORD too, of files that were left out.
    vendored = {path for record, own in rows.items() for path in own if path != record}
    for record in sorted(rows.keys() - vendored):
        for path, row in rows[record].items():
            if row.digest and not path.startswith(("../", "/")):
                yield from _compare(subject, row, path, record)


def _rows(record: str, text: bytes) -> Iterator[tuple[str, Row]]:
    """Yield the rows of a RECORD by their paths from the folder that is verified."""
    root = folder_of(folder_of(record))
    for row in record_rows(text):
        yield posixpath.normpath(posixpath.join(root, row.path)), row


def _compare(subject: Subject, row: Row, path: str, record: str) -> Iterator[Finding]:
    size, digest = subject.sizes.get(path), subject.digests.get(path)
    if size is None:
        yield finding(Code.WA610, path, f"{record} has it, the folder does not")
    elif row.size is not None and size != row.size:
        yield finding(Code.WA608, path, f"it has {size} bytes, {record} says {row.size}")
    elif row.algorithm == "sha256" and digest and row.digest.rstrip("=") != spelled(digest):
        yield finding(Code.WA608, path, f"its hash is not the one in {record}")
