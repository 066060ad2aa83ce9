"""cibuildwheel's word about the target's Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.pipeline.extra_config import extra_library_dirs

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.host import Host


@pytest.mark.parametrize(
    ("system", "written", "folders"),
    [
        ("linux", "[build_ext]\nlibrary_dirs=/arm64/libs\n", ["/arm64/libs"]),
        ("linux", "[build_ext]\nlibrary_dirs = /a : /b\n", ["/a", "/b"]),
        ("linux", "[build_ext]\nlibrary_dirs =\n    /a\n    /b\n", ["/a", "/b"]),
        (
            "windows",
            "[build_ext]\nlibrary_dirs=C:\\a;D:\\b\nplat_name=win-arm64\n",
            ["C:\\a", "D:\\b"],
        ),
        ("linux", "[build_ext]\nlibrary_dirs=/100%sure\n", ["/100%sure"]),
        ("linux", "[build_ext]\nplat_name=win-arm64\n", []),
        ("linux", "[other]\n", []),
        ("linux", "", []),
        ("linux", "no section\n", []),
        ("linux", "[build_ext\n", []),
    ],
)
def test_the_folders_with_libraries(
    make_host: Callable[..., Host], tmp_path: Path, system: str, written: str, folders: list[str]
) -> None:
    file = tmp_path / "extra.cfg"
    file.write_text(written)
    host = make_host(system=system, environ={"DIST_EXTRA_CONFIG": str(file)})

    assert extra_library_dirs(host) == tuple(map(Path, folders))


@pytest.mark.parametrize("environ", [{}, {"DIST_EXTRA_CONFIG": ""}, {"DIST_EXTRA_CONFIG": "/none"}])
def test_nothing_where_there_is_no_file(
    make_host: Callable[..., Host], environ: dict[str, str]
) -> None:
    assert extra_library_dirs(make_host(environ=environ)) == ()


def test_nothing_of_a_file_that_is_no_text(make_host: Callable[..., Host], tmp_path: Path) -> None:
    (tmp_path / "extra.cfg").write_bytes(b"[build_ext]\nlibrary_dirs=\xff\xfe\n")
    host = make_host(environ={"DIST_EXTRA_CONFIG": str(tmp_path / "extra.cfg")})

    assert extra_library_dirs(host) == ()


def test_a_file_without_end_is_read_in_part(make_host: Callable[..., Host], tmp_path: Path) -> None:
    (tmp_path / "extra.cfg").write_text("[build_ext]\nlibrary_dirs=/a\n" + "# x\n" * 400_000)
    host = make_host(environ={"DIST_EXTRA_CONFIG": str(tmp_path / "extra.cfg")})

    assert extra_library_dirs(host) == (Path("/a"),)
