from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fake_host import FakeHost, touch

from winarm.host import Answer, Host, ProgramError
from winarm.locate import Request
from winarm.locate.zig import find_zig, lasting
from winarm.target import WIN_ARM64


def host(tmp_path: Path, answer: Answer | ProgramError, *, on_path: bool = False) -> FakeHost:
    if on_path:
        touch(tmp_path / "bin" / "zig")
    return FakeHost(
        environ={"PATH": str(tmp_path / "bin")},
        default_cache=tmp_path / "cache",
        answers={"zig": answer},
    )


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    headers = tmp_path / "site/ziglang/lib/libc/include/any-windows-any"
    touch(tmp_path / "site" / "ziglang" / "zig", headers / "winsvc.h", headers / "sub" / "a.h")
    return Request(WIN_ARM64, (tmp_path / "site",))


def test_the_wheel_comes_before_path(tmp_path: Path, request_: Request) -> None:
    toolchain = find_zig(host(tmp_path, Answer(0, "0.17.1\n", ""), on_path=True), request_).found

    assert toolchain is not None
    zig = str(tmp_path / "site" / "ziglang" / "zig")
    assert toolchain.cc[:4] == (zig, "cc", "-target", "aarch64-windows-gnu")
    assert toolchain.version == "0.17.1"
    assert toolchain.environ == {"ZIG_GLOBAL_CACHE_DIR": str(tmp_path / "cache" / "zig")}


def test_one_on_path_will_do(tmp_path: Path) -> None:
    found = find_zig(host(tmp_path, Answer(0, "0.16.0", ""), on_path=True), Request(WIN_ARM64))

    assert found.found is not None
    assert found.found.origin.startswith("zig on PATH")


def test_headers_are_found_in_any_case(tmp_path: Path, request_: Request) -> None:
    toolchain = find_zig(host(tmp_path, Answer(0, "0.17.1", "")), request_).found

    assert toolchain is not None
    overlay = json.loads(Path(toolchain.cc[-1]).read_text("utf-8"))
    assert overlay["case-sensitive"] is False
    (root,) = overlay["roots"]
    assert [entry["name"] for entry in root["contents"]] == ["sub", "winsvc.h"]


@pytest.mark.parametrize(
    ("answer", "miss"),
    [
        (Answer(0, "0.15.1", ""), "version 0.15.1, and winarm works with"),
        (Answer(0, "0.9.1", ""), "version 0.9.1, and winarm works with"),
        (Answer(0, "zig!", ""), "`zig version` says 'zig!'"),
        (ProgramError("zig cannot be started: Exec format error."), "cannot be started"),
    ],
)
def test_an_unfit_one_is_a_miss(
    tmp_path: Path, request_: Request, answer: Answer | ProgramError, miss: str
) -> None:
    found = find_zig(host(tmp_path, answer), request_)

    assert found.found is None
    assert miss in found.misses[0]
    assert found.cure == "python -m pip install ziglang"


def test_a_development_version_is_read(tmp_path: Path, request_: Request) -> None:
    said = Answer(0, "0.18.0-dev.1859+212968c57", "")

    toolchain = find_zig(host(tmp_path, said), request_).found

    assert toolchain is None or toolchain.version == "0.18.0.dev1859"


def test_another_version_than_wanted_is_a_miss(tmp_path: Path, request_: Request) -> None:
    found = find_zig(host(tmp_path, Answer(0, "0.17.1", "")), replace(request_, version="0.16"))

    assert found.found is None
    assert "version 0.17.1, and 0.16 is wanted" in found.misses[0]


def test_without_any_it_says_where_it_looked(tmp_path: Path) -> None:
    found = find_zig(host(tmp_path, Answer(0, "", "")), Request(WIN_ARM64, (tmp_path,)))

    assert found.misses == (
        f"the ziglang package in {tmp_path}: not installed there",
        "zig on PATH: there is none",
    )


@pytest.mark.parametrize(
    ("version", "machine", "is_found"),
    [("0.16.0", 0xAA64, False), ("0.16.0", 0x8664, True), ("0.17.1", 0xAA64, True)],
)
def test_the_one_that_dies_on_arm64_windows_is_a_miss(
    tmp_path: Path, version: str, machine: int, *, is_found: bool
) -> None:
    """kludex/zttp#274: it ends with 0xC0000005 while it compiles."""
    image = bytearray(0x200)
    image[:2], image[0x3C] = b"MZ", 0x80
    image[0x80:0x86] = b"PE\0\0" + machine.to_bytes(2, "little")
    windows = host(tmp_path, Answer(0, version, ""), on_path=True)
    (tmp_path / "bin" / "zig").write_bytes(image)

    found = find_zig(windows, Request(WIN_ARM64))

    assert (found.found is not None) is is_found
    assert is_found or "0xC0000005" in found.misses[-1]


@pytest.fixture
def lasting_host(tmp_path: Path) -> Host:
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


def test_two_environments_share_one_place(lasting_host: Host, tmp_path: Path) -> None:
    first = lasting(lasting_host, site_with_zig(tmp_path / "one"))
    second = lasting(lasting_host, site_with_zig(tmp_path / "two"))

    assert first == second
    assert first.is_relative_to(lasting_host.cache)


def test_it_outlives_the_environment_that_it_is_from(lasting_host: Host, tmp_path: Path) -> None:
    site = site_with_zig(tmp_path / "one")

    kept = lasting(lasting_host, site)
    shutil.rmtree(site)

    assert (kept / "ziglang" / "zig").read_text() == "program 0.17.1"
    assert (kept / "ziglang" / "lib" / "libc.c").read_text() == "source"


def test_each_version_has_its_place(lasting_host: Host, tmp_path: Path) -> None:
    old = lasting(lasting_host, site_with_zig(tmp_path / "one", "0.14.1"))
    new = lasting(lasting_host, site_with_zig(tmp_path / "two"))

    assert (old / "ziglang" / "zig").read_text() == "program 0.14.1"
    assert (new / "ziglang" / "zig").read_text() == "program 0.17.1"


def test_each_kind_of_host_has_its_place(lasting_host: Host, tmp_path: Path) -> None:
    site = site_with_zig(tmp_path / "one")

    assert lasting(lasting_host, site) != lasting(replace(lasting_host, machine="aarch64"), site)


def test_a_folder_without_zig_is_left_as_it_is(lasting_host: Host, tmp_path: Path) -> None:
    assert lasting(lasting_host, tmp_path) == tmp_path
    assert not lasting_host.cache.exists()


def test_a_ziglang_without_its_program_is_left_as_it_is(lasting_host: Host, tmp_path: Path) -> None:
    site = site_with_zig(tmp_path / "one")
    (site / "ziglang" / "zig").unlink()

    assert lasting(lasting_host, site) == site


def test_what_is_in_the_cache_stays_there(lasting_host: Host) -> None:
    site = site_with_zig(lasting_host.cache / "tools" / "env")

    assert lasting(lasting_host, site) == site
