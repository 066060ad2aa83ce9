"""zig from the package index, where no toolchain is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from winarm import events
from winarm.config import Settings
from winarm.errors import IsolationError, ToolchainNotFoundError
from winarm.host import Host
from winarm.pipeline import embedded_zig
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass
class Index:
    """A package index: what was asked of it, and what it gives."""

    asked: list[tuple[str, ...]]
    works: bool = True

    def isolated(self, host: Host, _interpreter: object, folder: Path) -> Index:
        self.into = embedded_zig.site_folders(host)[1].relative_to(
            host.cache / "tools" / embedded_zig._folder(host).name / "env"
        )
        self.folder = folder
        return self

    def install(self, requirements: Sequence[str], *, output: Callable[[bytes], None]) -> None:
        self.asked.append(tuple(requirements))
        output(b"fetching\n")
        if not self.works:
            message = "no network"
            raise IsolationError(message)
        program = self.folder / self.into / "ziglang" / "zig"
        program.parent.mkdir(parents=True)
        program.write_text("")


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return replace(Host.current(), environ={}, system="linux", default_cache=tmp_path / "cache")


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Index:
    index = Index([])
    monkeypatch.setattr(embedded_zig, "isolated", index.isolated)
    return index


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_: Any) -> None:  # noqa: ANN401 - toolchain_for's
        wanted = "auto"
        raise ToolchainNotFoundError(wanted, ["here: no"], "Install one.")

    monkeypatch.setattr(embedded_zig, "toolchain_for", find)


def ensure(host: Host, wanted: str) -> list[events.Event]:
    heard: list[events.Event] = []
    settings = Settings(toolchain=wanted)
    embedded_zig.ensure_toolchain(host, WIN_ARM64, settings, (), heard.append)
    return heard


def test_nothing_is_fetched_where_a_toolchain_is(
    host: Host, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_zig, "toolchain_for", lambda *_: object())

    assert ensure(host, "auto") == []
    assert index.asked == []


@pytest.mark.usefixtures("missing")
class TestWithoutOne:
    @pytest.mark.parametrize("wanted", ["auto", "zig"])
    def test_zig_is_fetched_and_said_to_be(self, host: Host, index: Index, wanted: str) -> None:
        heard = ensure(host, wanted)

        assert isinstance(heard[0], events.Note)
        assert "100 MB" in heard[0].text
        assert events.Output(b"fetching\n") in heard
        ((requirement,),) = index.asked
        assert requirement.startswith("ziglang")
        assert (embedded_zig.site_folders(host)[1] / "ziglang" / "zig").is_file()

    def test_once(self, host: Host, index: Index) -> None:
        for _ in range(2):
            ensure(host, "zig")

        assert len(index.asked) == 1

    def test_another_toolchain_is_not_replaced_by_it(self, host: Host, index: Index) -> None:
        with pytest.raises(ToolchainNotFoundError):
            ensure(host, "msvc")

        assert index.asked == []

    def test_a_fetch_that_fails_leaves_nothing_that_looks_whole(
        self, host: Host, index: Index
    ) -> None:
        index.works = False

        with pytest.raises(IsolationError):
            ensure(host, "zig")

        assert not embedded_zig._folder(host).exists()
        index.works = True
        ensure(host, "zig")
        assert embedded_zig._folder(host).exists()


def test_it_is_looked_for_where_a_virtual_environment_has_its_modules(host: Host) -> None:
    _, cached = embedded_zig.site_folders(host)

    assert cached.name == "site-packages"
    assert cached.is_relative_to(host.cache)
