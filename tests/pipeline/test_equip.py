"""Finding what a build compiles with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from build_stand_ins import FakeUv, installed, output

from winarm import events
from winarm.environment.interpreter import ask
from winarm.errors import CacheError, IsolationError, ToolchainNotFoundError
from winarm.locate.zig import zig_folders
from winarm.pipeline.equip import (
    can_fetch_zig,
    equip,
    extra_library_dirs,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_host import FakeHost

    from winarm.host import Host
    from winarm.plan import Build, EquippedBuild

    MakeBuild = Callable[..., tuple[Build, list[events.Event]]]


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


class TestFetchingZig:
    """Where no toolchain is, zig is fetched once; ziglang beside winarm would be taken instead."""

    @pytest.fixture
    def build(self, make_build: Callable[..., EquippedBuild], uv_host: Host) -> MakeBuild:
        def make(wanted: str, *, host: Host = uv_host) -> tuple[Build, list[events.Event]]:
            heard: list[events.Event] = []
            build = make_build(
                toolchain_version=None,
                facts={"host": host, "listener": heard.append, "site_folders": ()},
            )
            interpreter = ask(host, host.executable)
            settings = replace(build.settings, toolchain=wanted)
            project = replace(build.project, settings=settings)
            return replace(build, interpreter=interpreter, project=project), heard

        return make

    @pytest.mark.parametrize("wanted", ["auto", "zig"])
    def test_it_is_fetched_once_and_said_to_be(self, build: MakeBuild, wanted: str) -> None:
        made, heard = build(wanted)

        found = equip(made, may_fetch=True).toolchain
        again = equip(made, may_fetch=True).toolchain

        assert (found.kind, found.version) == (again.kind, again.version) == ("zig", "0.17.1")
        assert Path(found.cc[0]).is_relative_to(made.host.cache)
        ((requirement,),) = installed(made.host)
        assert requirement == "ziglang!=0.15.1,>=0.14"
        # Kept once, and nothing beside it.
        folders = [path.name for path in (made.host.cache / "tools").iterdir() if path.is_dir()]
        (kept,) = (name for name in folders if not name.startswith("layer-"))
        assert kept.startswith("ziglang-0.17.1-")
        notes = [event.text for event in heard if isinstance(event, events.Note)]
        assert any("100 MB" in text for text in notes)
        assert events.Step("fetching zig") in heard
        assert b"installing\n" in output(heard)

    def test_a_cache_that_cannot_be_written_is_named_with_its_variable(
        self, build: MakeBuild, uv_host: FakeHost, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        made, _ = build("zig", host=replace(uv_host, default_cache=tmp_path / "file"))

        with pytest.raises(CacheError, match="WINARM_CACHE_DIR"):
            equip(made, may_fetch=True)

    def test_another_toolchain_is_not_replaced_by_it(self, build: MakeBuild) -> None:
        made, _ = build("llvm-mingw")

        with pytest.raises(ToolchainNotFoundError):
            equip(made, may_fetch=True)

        assert installed(made.host) == []

    def test_in_a_hook_nothing_is_fetched(self, build: MakeBuild) -> None:
        made, _ = build("auto")

        with pytest.raises(ToolchainNotFoundError):
            equip(made, may_fetch=False)

    def test_a_fetch_that_fails_leaves_nothing_that_looks_whole(
        self, build: MakeBuild, uv_host: FakeHost
    ) -> None:
        made, _ = build("zig", host=replace(uv_host, answers={"uv": FakeUv(online=False)}))

        with pytest.raises(IsolationError):
            equip(made, may_fetch=True)

        assert not [path for path in (made.host.cache / "tools").iterdir() if path.is_dir()]


class TestToolFolders:
    """Where `ziglang` packages are looked for: beside winarm, then in its cache."""

    def test_the_newest_that_this_machine_can_run_comes_first(
        self, make_host: Callable[..., Host]
    ) -> None:
        host = make_host()
        names = ("ziglang-0.9.1", "ziglang-0.16.0", "ziglang-0.17.1")
        for name in names:
            (host.cache / "tools" / f"{name}-linux-x86_64").mkdir(parents=True)
        for other in ("ziglang-0.18.0-linux-aarch64", "ziglang-odd-linux-x86_64", "other"):
            (host.cache / "tools" / other).mkdir()

        _, *cached = zig_folders(host)

        assert [folder.name for folder in cached] == [
            f"{name}-linux-x86_64" for name in reversed(names)
        ]

    def test_without_a_cache_there_is_none(self, make_host: Callable[..., Host]) -> None:
        assert len(zig_folders(make_host())) == 1


@pytest.mark.parametrize(
    ("toolchain", "version", "may"),
    [
        ("auto", None, True),
        ("auto", "0.16", True),
        ("auto", "14.44", False),
        ("zig", None, True),
        ("zig", "0.16", True),
        ("msvc", None, False),
        ("clang-cl", None, False),
    ],
)
def test_zig_is_fetched_only_where_it_is_what_is_wanted(
    make_build: Callable[..., EquippedBuild], toolchain: str, version: str | None, *, may: bool
) -> None:
    settings = replace(make_build().settings, toolchain=toolchain, toolchain_version=version)

    assert can_fetch_zig(settings) is may
