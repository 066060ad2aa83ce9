"""Copying the DLLs that only prefixes have into a wheel, with their licences and an SBOM.

delvewheel copies, renames and makes them found. What is copied is decided here, by the same
knowledge of Windows and Python that verification has.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.errors import LibraryError, UsageError
from winarm.libraries.licences import Component, component_of
from winarm.libraries.needed import Needed, needed_dlls
from winarm.target import Target

if TYPE_CHECKING:
    from winarm.host import Host
    from winarm.libraries.prefix import Prefix

#: What installs delvewheel, for messages and for `get_requires_for_build_wheel`.
DELVEWHEEL = "delvewheel>=1.10"
#: Seconds that delvewheel may take.
PATIENCE = 600
#: 1980-01-01, the first day that a zip file can hold.
EARLIEST = 315532800


@dataclass(frozen=True, slots=True)
class Bundled:
    """A wheel, and the DLLs that were copied into it."""

    wheel: Path
    dlls: tuple[Needed, ...] = ()
    #: What the user should know, one sentence each.
    notes: tuple[str, ...] = ()


def epoch(host: Host) -> int:
    """Return the time that archives get: SOURCE_DATE_EPOCH, or the first that they can hold."""
    named = host.variable("SOURCE_DATE_EPOCH") or ""
    return max(int(named), EARLIEST) if named.isdecimal() else EARLIEST


def bundle(
    host: Host,
    wheel: Path,
    folder: Path,
    prefixes: Sequence[Prefix],
    target: Target,
    *,
    external: Iterable[str] = (),
    cpp_runtime: Path | None = None,
    stamp: int = EARLIEST,
) -> Bundled:
    """Return the wheel with the DLLs that it needs of the prefixes; itself where it needs none.

    :param folder: an empty folder for the new wheel.
    :param external: patterns of DLLs that something else brings.
    :param cpp_runtime: a folder with msvcp140.dll and its relatives, where these are wanted.
    :param stamp: the time of what is added, in seconds since 1970.
    :raises LibraryError: a DLL is for another machine, needs one that is nowhere, or cannot be
        copied.
    :raises UsageError: delvewheel is not installed.
    """
    folders = [one for prefix in prefixes for one in prefix.dll_dirs]
    needed, others = needed_dlls(wheel, folders, target, external=external, cpp_runtime=cpp_runtime)
    if not needed:
        return Bundled(wheel)
    repaired = _delvewheel(host, wheel, folder / "delvewheel", needed, others, stamp=stamp)
    components = {one.name: component_of(one.path, prefixes) for one in needed}
    finished = folder / repaired.name
    _add(repaired, finished, _documents(needed, components, stamp), stamp)
    notes = tuple(
        f"{one.path.name} ({components[one.name].name}) is copied into the wheel; in its prefix "
        "there is no licence file of it"
        for one in needed
        if not components[one.name].files
    )
    return Bundled(finished, needed, notes)


def _delvewheel(
    host: Host,
    wheel: Path,
    folder: Path,
    needed: Sequence[Needed],
    others: Iterable[str],
    *,
    stamp: int,
) -> Path:
    """Return the wheel that delvewheel makes.

    :param others: the DLLs that it would look for and must not copy.
    """
    if find_spec("delvewheel") is None:
        names = ", ".join(one.path.name for one in needed)
        raise UsageError(
            f"{wheel.name} needs {names} of a prefix, and delvewheel is not installed.",
            cure=f'pip install "{DELVEWHEEL}", or "winarm[cli]".',
        )
    dlls = folder / "dlls"
    dlls.mkdir(parents=True)
    for one in needed:
        # One folder with these alone: nothing else of a prefix can be taken.
        (dlls / one.path.name).write_bytes(one.path.read_bytes())
    excluded = sorted(others)
    argv = [
        host.executable,
        *("-m", "delvewheel", "repair", "--ignore-existing", "--analyze-existing"),
        *("--add-path", str(dlls), "-w", str(folder)),
        *("--include", os.pathsep.join(one.path.name for one in needed)),
        *(("--exclude", os.pathsep.join(excluded)) if excluded else ()),
        str(wheel),
    ]
    # delvewheel searches PATH, too.
    environ = {**host.environ, "PATH": "", "SOURCE_DATE_EPOCH": str(stamp)}
    answer = host.run(argv, environ=environ, timeout=PATIENCE)
    made = sorted(folder.glob("*.whl"))
    if not answer.ok or len(made) != 1:
        lines = [line for line in (answer.stderr or answer.stdout).splitlines() if line.strip()]
        raise LibraryError(
            f"delvewheel cannot copy DLLs into {wheel.name}: {lines[-1] if lines else ''}"
        )
    return made[0]


def _documents(
    needed: Sequence[Needed], components: Mapping[str, Component], stamp: int
) -> dict[str, bytes]:
    """Return what is added to `.dist-info`: licences, and the list of what was copied."""
    documents: dict[str, bytes] = {}
    for component in components.values():
        for file in component.files:
            name = f"licenses/bundled/{_safe(component.name)}/{_safe(file.name)}"
            documents.setdefault(name, file.read_bytes())
    documents["sboms/winarm.cdx.json"] = sbom(needed, components, stamp)
    return documents


def _safe(name: str) -> str:
    """Return a name that is a file name on every system."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "._+-") else "_" for c in name)


def sbom(needed: Sequence[Needed], components: Mapping[str, Component], stamp: int) -> bytes:
    """Return the CycloneDX document of PEP 770 that names the copied DLLs."""
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(stamp)),
            "tools": {"components": [{"type": "application", "name": "winarm"}]},
        },
        "components": [_component(one, components[one.name]) for one in needed],
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _component(dll: Needed, component: Component) -> dict[str, object]:
    digest = hashlib.sha256(dll.path.read_bytes()).hexdigest()
    described: dict[str, object] = {
        "type": "library",
        "bom-ref": f"file:{dll.name}",
        "name": component.name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "properties": [{"name": "winarm:file", "value": dll.path.name}],
    }
    if component.version:
        described["version"] = component.version
    if component.licence:
        described["licenses"] = [{"license": {"name": component.licence}}]
    return described


def _add(wheel: Path, to: Path, documents: Mapping[str, bytes], stamp: int) -> None:
    """Write `wheel` with further files in its `.dist-info`, named in RECORD."""
    moment = time.gmtime(stamp)[:6]
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        record = next(n for n in old.namelist() if n.endswith(".dist-info/RECORD"))
        info = record.rpartition("/")[0]
        # delvewheel keeps no order, and `.dist-info` is to be the last.
        for item in sorted(old.infolist(), key=lambda one: (info in one.filename, one.filename)):
            if item.filename != record and not item.is_dir():
                new.writestr(item, old.read(item))
        rows = list(csv.reader(io.StringIO(old.read(record).decode("utf-8"))))
        for name, data in sorted(documents.items()):
            entry = zipfile.ZipInfo(f"{info}/{name}", moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.insert(-1, [entry.filename, f"sha256={digest}", str(len(data))])
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(row for row in rows if row)
        new.writestr(old.getinfo(record), text.getvalue().encode("utf-8"))
