from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from winarm.host import Host
from winarm.locate.lasting_zig import lasting


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(
        environ={},
        system="linux",
        machine="x86_64",
        executable=Path("python"),
        default_cache=tmp_path / "cache",
    )


def site_with_zig(folder: Path, version: str = "0.17.1") -> Path:
    (folder / "ziglang" / "lib").mkdir(parents=True)
    (folder / "ziglang" / "zig").write_text(f"program {version}")
    (folder / "ziglang" / "lib" / "libc.c").write_text("source")
    (folder / f"ziglang-{version}.dist-info").mkdir()
    return folder


def test_two_environments_share_one_place(host: Host, tmp_path: Path) -> None:
    first = lasting(host, site_with_zig(tmp_path / "one"))
    second = lasting(host, site_with_zig(tmp_path / "two"))

    assert first == second
    assert first.is_relative_to(host.cache)


def test_it_outlives_the_environment_that_it_is_from(host: Host, tmp_path: Path) -> None:
    site = site_with_zig(tmp_path / "one")

    kept = lasting(host, site)
    shutil.rmtree(site)

    assert (kept / "ziglang" / "zig").read_text() == "program 0.17.1"
    assert (kept / "ziglang" / "lib" / "libc.c").read_text() == "source"


def test_each_version_has_its_place(host: Host, tmp_path: Path) -> None:
    old = lasting(host, site_with_zig(tmp_path / "one", "0.14.1"))
    new = lasting(host, site_with_zig(tmp_path / "two"))

    assert (old / "ziglang" / "zig").read_text() == "program 0.14.1"
    assert (new / "ziglang" / "zig").read_text() == "program 0.17.1"


def test_each_kind_of_host_has_its_place(host: Host, tmp_path: Path) -> None:
    site = site_with_zig(tmp_path / "one")

    assert lasting(host, site) != lasting(replace(host, machine="aarch64"), site)


def test_a_folder_without_zig_is_left_as_it_is(host: Host, tmp_path: Path) -> None:
    assert lasting(host, tmp_path) == tmp_path
    assert not host.cache.exists()


def test_a_ziglang_without_its_program_is_left_as_it_is(host: Host, tmp_path: Path) -> None:
    site = site_with_zig(tmp_path / "one")
    (site / "ziglang" / "zig").unlink()

    assert lasting(host, site) == site


def test_what_is_in_the_cache_stays_there(host: Host) -> None:
    site = site_with_zig(host.cache / "tools" / "env")

    assert lasting(host, site) == site
