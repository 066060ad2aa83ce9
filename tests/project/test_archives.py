"""Archives are unpacked whole and inside one folder, or refused."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tarfile
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from winarm.errors import FileSystemError, SourceError
from winarm.project.archives import MAX_SIZE, top_folder, unpack

if TYPE_CHECKING:
    from pathlib import Path


def regular(
    name: str, content: bytes = b"content", mode: int = 0o644
) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(content), mode, 1_000_000_000
    return info, content


def special(name: str, kind: bytes, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b""


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as file:  # type: ignore[call-overload]
        for info, content in members:
            file.addfile(info, io.BytesIO(content))
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.tar.gz", "w:gz"),
        ("a.tgz", "w:gz"),
        ("a.tar.bz2", "w:bz2"),
        ("a.tar.xz", "w:xz"),
        ("a.tar", "w"),
        ("A.TAR.GZ", "w:gz"),
    ],
)
def test_every_kind_of_tar_is_unpacked(tmp_path: Path, into: Path, name: str, mode: str) -> None:
    unpack(tar(tmp_path / name, regular("top/sub/file"), mode=mode), into)
    assert (into / "top/sub/file").read_bytes() == b"content"


@pytest.mark.parametrize("name", ["a.zip", "a.tar-1.zip", "a-1-py3-none-any.whl"])
def test_a_zip_is_unpacked(tmp_path: Path, into: Path, name: str) -> None:
    unpack(zipped(tmp_path / name, {"top/": b"", "top/file": b"content"}), into)
    assert (into / "top/file").read_bytes() == b"content"


def test_times_survive_for_those_who_compare_them(tmp_path: Path, into: Path) -> None:
    unpack(tar(tmp_path / "a.tar.gz", regular("top/file")), into)
    assert (into / "top/file").stat().st_mtime == 1_000_000_000


def test_times_of_a_zip_survive_too(tmp_path: Path, into: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("top/file", (2001, 2, 3, 4, 5, 6)), b"")
    unpack(archive, into)
    assert time.localtime((into / "top/file").stat().st_mtime)[:6] == (2001, 2, 3, 4, 5, 6)


@pytest.mark.skipif(os.name == "nt", reason="no executable bit there")
def test_a_mode_is_made_safe(tmp_path: Path, into: Path) -> None:
    unpack(tar(tmp_path / "a.tar.gz", regular("top/run", mode=0o6777)), into)
    assert stat.S_IMODE((into / "top/run").stat().st_mode) == 0o755


def test_only_wanted_members_are_unpacked(tmp_path: Path, into: Path) -> None:
    archive = zipped(tmp_path / "a.whl", {"a/x.h": b"", "a/x.py": b""})
    unpack(archive, into, wanted=lambda path: path.suffix == ".h")
    assert [path.name for path in (into / "a").iterdir()] == ["x.h"]


@pytest.mark.parametrize("name", ["../out", "top/../../out", "/out"])
def test_no_member_is_written_outside(tmp_path: Path, into: Path, name: str) -> None:
    with contextlib.suppress(SourceError):
        unpack(tar(tmp_path / "a.tar.gz", regular(name)), into)
    with contextlib.suppress(SourceError):
        unpack(zipped(tmp_path / "a.zip", {name: b""}), into)
    assert {path.name for path in tmp_path.iterdir()} == {"a.tar.gz", "a.zip", "into"}


@pytest.mark.parametrize("link", ["../../secret", "{outside}"])
def test_a_link_that_leads_out_is_refused(tmp_path: Path, into: Path, link: str) -> None:
    link = link.format(outside=tmp_path / "secret")
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack(tar(tmp_path / "a.tar.gz", special("top/link", tarfile.SYMTYPE, link)), into)


@pytest.mark.skipif(os.name == "nt", reason="needs a privilege there")
def test_a_link_inside_stays_one(tmp_path: Path, into: Path) -> None:
    members = (regular("top/src/file"), special("top/python/src", tarfile.SYMTYPE, "../src"))
    unpack(tar(tmp_path / "a.tar.gz", *members), into)
    assert (into / "top/python/src/file").read_bytes() == b"content"


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_are_refused(tmp_path: Path, into: Path, kind: bytes) -> None:
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack(tar(tmp_path / "a.tar.gz", special("top/device", kind)), into)


def test_the_size_of_all_files_is_bounded_before_they_are_written(
    tmp_path: Path, into: Path
) -> None:
    info = tarfile.TarInfo("top/bomb")
    info.size = MAX_SIZE + 1
    archive = tmp_path / "a.tar"
    archive.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    with pytest.raises(SourceError, match="more than 4 GiB"):
        unpack(archive, into)
    assert not list(into.iterdir())


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar.bz2", "a.tar", "a.zip"])
@pytest.mark.parametrize("content", [b"", b"no archive at all", b"PK" + bytes(600)])
def test_what_is_no_archive_is_said_to_be_none(
    tmp_path: Path, into: Path, name: str, content: bytes
) -> None:
    archive = tmp_path / name
    archive.write_bytes(content)
    with pytest.raises(SourceError, match=f"{name} cannot be unpacked"):
        unpack(archive, into)


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_an_archive_cut_short_is_damaged(tmp_path: Path, into: Path, name: str) -> None:
    content = os.urandom(50_000)
    whole = tmp_path / name
    if name.endswith(".zip"):
        zipped(whole, {"top/file": content})
    else:
        tar(whole, regular("top/file", content))
    whole.write_bytes(whole.read_bytes()[:30_000])
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack(whole, into)


def test_an_encrypted_zip_is_refused(tmp_path: Path, into: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"top/file": b"content"})
    data = bytearray(archive.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(data)
    with pytest.raises(SourceError, match="encrypted"):
        unpack(archive, into)


def test_the_one_folder_at_the_top_is_found(tmp_path: Path, into: Path) -> None:
    archive = tar(tmp_path / "a.tar.gz", regular("._top"), regular("./top/file"))
    unpack(archive, into)
    assert top_folder(into, archive) == into / "top"


@pytest.mark.parametrize("names", [[], ["file"], ["a/file", "b/file"]])
def test_anything_but_one_folder_at_the_top_is_refused(
    tmp_path: Path, into: Path, names: list[str]
) -> None:
    archive = tar(tmp_path / "a.tar.gz", *map(regular, names))
    unpack(archive, into)
    with pytest.raises(SourceError, match="exactly one folder"):
        top_folder(into, archive)


def test_a_file_where_a_folder_must_be_is_one_message(tmp_path: Path, into: Path) -> None:
    archive = tar(tmp_path / "a.tar.gz", regular("top"), regular("top/file"))
    with pytest.raises(SourceError, match="cannot be unpacked"):
        unpack(archive, into)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((FileSystemError, SourceError), match="file"):
        unpack(tar(tmp_path / "a.tar.gz", regular("top/file")), tmp_path / "file/into")


@pytest.mark.parametrize("name", ["a.tar", "a.zip"])
@given(flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8))
@example(flips=[(818, 0)])
@settings(max_examples=150, deadline=None)
def test_no_damage_escapes_as_anything_but_one_message(
    tmp_path_factory: pytest.TempPathFactory, name: str, flips: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "into").mkdir()
    archive = folder / name
    if name.endswith(".zip"):
        zipped(archive, {"top/": b"", "top/file": b"content" * 9})
    else:
        link = special("top/link", tarfile.SYMTYPE, "file")
        tar(archive, regular("top/file"), link, regular("top/" + "n" * 150), mode="w")
    data = bytearray(archive.read_bytes())
    for place, value in flips:
        data[place % len(data)] = value
    archive.write_bytes(data)
    with contextlib.suppress(SourceError, FileSystemError):
        unpack(archive, folder / "into")
    assert {path.name for path in folder.iterdir()} == {name, "into"}
