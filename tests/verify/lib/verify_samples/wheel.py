"""Wheels, with every file of .dist-info right unless it is given."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def record_hash(data: bytes, algorithm: str = "sha256") -> str:
    """Return a hash as RECORD has it."""
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm}={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def record(files: Mapping[str, bytes], dist_info: str) -> bytes:
    """Return the right RECORD of `files`."""
    rows = [f"{name},{record_hash(data)},{len(data)}" for name, data in files.items()]
    return "\n".join([*rows, f"{dist_info}/RECORD,,", ""]).encode()


def contents(
    filename: str, files: Mapping[str, bytes], *, pure: bool | None = None, metadata: str = ""
) -> dict[str, bytes]:
    """Return the members of a wheel of that name: `files` and its .dist-info.

    A file of .dist-info that `files` names is taken from there.
    """
    name, version, python, abi, platform = filename.removesuffix(".whl").split("-")
    dist_info = f"{name}-{version}.dist-info"
    tags = [
        f"Tag: {one}-{two}-{three}\n"
        for one in python.split(".")
        for two in abi.split(".")
        for three in platform.split(".")
    ]
    pure = platform == "any" if pure is None else pure
    wheel = f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: {str(pure).lower()}\n"
    members = {
        **files,
        f"{dist_info}/METADATA": files.get(
            f"{dist_info}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: a test\n"
            f"Description-Content-Type: text/plain\n{metadata}\nA description.\n".encode(),
        ),
        f"{dist_info}/WHEEL": files.get(f"{dist_info}/WHEEL", (wheel + "".join(tags)).encode()),
    }
    if f"{dist_info}/RECORD" not in files:
        members[f"{dist_info}/RECORD"] = record(members, dist_info)
    return members


def pack(
    path: Path,
    members: Mapping[str, bytes] | Sequence[tuple[str | zipfile.ZipInfo, bytes]],
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write members into an archive, as they are, in their order."""
    pairs = list(members.items()) if hasattr(members, "items") else list(members)
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in pairs:
            archive.writestr(name, data)
    return path


def wheel(
    folder: Path,
    files: Mapping[str, bytes],
    filename: str = "pkg-1.0-cp313-cp313-win_arm64.whl",
    *,
    pure: bool | None = None,
    metadata: str = "",
) -> Path:
    """Write a wheel that is right in all but what `files` make of it."""
    return pack(folder / filename, contents(filename, files, pure=pure, metadata=metadata))


def packed(members: Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """Return an archive as bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()
