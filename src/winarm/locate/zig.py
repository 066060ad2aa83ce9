"""zig: one program from PyPI that makes ARM64 Windows code on any host.

The `ziglang` wheel holds clang, lld, a C and a C++ library and MinGW's headers. What differs from
other compilers, and between its versions, is written down here and in the driver that the child
runs; see the zig issues named below.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from winarm.errors import FileSystemError
from winarm.host import ProgramError
from winarm.locate.toolchain import Toolchain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from winarm.host import Host
    from winarm.target import Target

#: The versions that are tested. 0.15.1 cannot write an output into a subfolder (zig#24993).
SUPPORTED = SpecifierSet(">=0.13,!=0.15.1")

#: What installs it, for messages and for `get_requires_for_build_wheel`.
REQUIREMENT = f"ziglang{SUPPORTED}"


def find_zig(
    host: Host, target: Target, site_folders: Sequence[Path]
) -> tuple[Toolchain | None, tuple[str, ...]]:
    """Return zig as a toolchain, or None, and every miss with its reason.

    :param site_folders: `site-packages` folders in which a `ziglang` wheel may be installed,
        the preferred one first; after them comes `zig` on PATH.
    """
    misses: list[str] = []
    for program, origin in _candidates(host, site_folders, misses):
        version, miss = _version(host, program)
        if version is None:
            misses.append(f"{origin}: {miss}")
        else:
            return _toolchain(host, target, program, version, origin), tuple(misses)
    return None, tuple(misses)


def program_name(host: Host) -> str:
    """Return what zig's program is called on `host`."""
    return "zig.exe" if host.system == "windows" else "zig"


def _candidates(
    host: Host, site_folders: Sequence[Path], misses: list[str]
) -> Iterator[tuple[Path, str]]:
    for folder in site_folders:
        program = folder / "ziglang" / program_name(host)
        if program.is_file():
            yield program, f"the ziglang package in {folder}"
        else:
            misses.append(f"the ziglang package in {folder}: not installed there")
    program_on_path = host.which("zig")
    if program_on_path is None:
        misses.append("zig on PATH: there is none")
    else:
        yield program_on_path, f"zig on PATH, {program_on_path}"


def _version(host: Host, program: Path) -> tuple[Version | None, str]:
    try:
        answer = host.run([program, "version"], timeout=30)
        version = Version(_comparable(answer.stdout.strip()))
    except ProgramError as error:
        return None, error.what
    except InvalidVersion:
        return None, f"`zig version` says {answer.stdout.strip()[:80]!r}"
    if version not in SUPPORTED:
        return None, f"version {version}, and winarm works with {SUPPORTED}"
    return version, ""


def _comparable(spoken: str) -> str:
    # A development build says `0.16.0-dev.1859+212968c57`, which is no PEP 440 version.
    return re.sub(r"-dev\.(\d+).*", r".dev\1", spoken)


def _toolchain(
    host: Host, target: Target, program: Path, version: Version, origin: str
) -> Toolchain:
    zig = str(program)
    overlay = case_overlay(host, program)
    triple = ("-target", target.zig_triple)
    headers = ("-ivfsoverlay", str(overlay))
    cache = host.variable("ZIG_GLOBAL_CACHE_DIR") or str(host.cache / "zig")
    return Toolchain(
        kind="zig",
        version=str(version),
        origin=origin,
        target=target,
        style="gnu",
        cc=(zig, "cc", *triple, *headers),
        cxx=(zig, "c++", *triple, *headers),
        ar=(zig, "ar"),
        rc=(zig, "rc"),
        dlltool=(zig, "dlltool"),
        environ={"ZIG_GLOBAL_CACHE_DIR": cache},
    )


def case_overlay(host: Host, program: Path) -> Path:
    """Return a clang file-system overlay that finds zig's Windows headers in any case.

    Projects write `#include <Windows.h>` and `"Winsvc.h"`; MinGW's headers are in lower case. The
    names must stay external, since zig reads clang's dependency files back.

    :raises FileSystemError: the cache cannot be written.
    """
    headers = program.resolve().parent / "lib" / "libc" / "include" / "any-windows-any"
    tree = {
        "version": 0,
        "case-sensitive": False,
        "use-external-names": True,
        "roots": [{"type": "directory", "name": str(headers), "contents": _listing(headers)}],
    }
    # JSON is YAML, which is what clang reads.
    text = json.dumps(tree)
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    overlay = host.cache / "overlays" / f"{name}.yaml"
    if not overlay.is_file():
        _write_whole(overlay, text)
    return overlay


def _listing(folder: Path) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = []
    if not folder.is_dir():
        return entries
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            contents = _listing(folder / entry.name)
            entries.append({"type": "directory", "name": entry.name, "contents": contents})
        else:
            entries.append({"type": "file", "name": entry.name, "external-contents": entry.path})
    return entries


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        cure = "Name a folder for winarm's caches in WINARM_CACHE_DIR."
        raise FileSystemError(path.parent, error, cure=cure) from error
