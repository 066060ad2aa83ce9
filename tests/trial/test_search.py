from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TrialError, UsageError
from winarm.trial.local import CommandRunner
from winarm.trial.search import find_runner, search_runners
from winarm.trial.wine import Bench, bench_folder

if TYPE_CHECKING:
    from winarm.host import Host


@pytest.fixture
def linux(host: Host) -> Host:
    return replace(host, system="linux", machine="x86_64")


def make_bench(host: Host, qemu: str = "7.2") -> Bench:
    bench = Bench(bench_folder(host), "10.0", qemu)
    loader = bench.root / "usr" / "lib" / "wine" / "wine64"
    for file in (loader, bench.emulator, bench.template / "system.reg"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    bench.write()
    return bench


def test_windows_on_arm_runs_python_itself(host: Host) -> None:
    runner = find_runner(replace(host, system="windows", machine="arm64"))

    assert (runner.name, runner.emulated) == ("native", False)


def test_bench_is_a_runner(linux: Host) -> None:
    make_bench(linux)

    runner = find_runner(linux)

    assert (runner.name, runner.place) == ("qemu-wine", "Wine 10.0 under qemu 7.2")


def test_arm_linux_needs_no_emulator(linux: Host) -> None:
    arm = replace(linux, machine="aarch64")
    make_bench(arm, qemu="")

    assert find_runner(arm).name == "wine"


def test_incomplete_bench_is_none(linux: Host) -> None:
    make_bench(linux).emulator.unlink()

    with pytest.raises(TrialError, match="qemu-aarch64 is missing"):
        find_runner(linux)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 0}', "{"])
def test_bench_that_cannot_be_read_is_none(text: str, linux: Host) -> None:
    make_bench(linux)
    (bench_folder(linux) / "bench.json").write_text(text)

    with pytest.raises(TrialError, match=r"cannot be read|does not describe"):
        find_runner(linux, "qemu-wine")


def test_every_kind_is_listed_with_what_would_make_it(linux: Host) -> None:
    found = search_runners(linux)

    assert list(found) == ["native", "wine", "qemu-wine"]
    assert found["qemu-wine"].cure == "winarm test --set-up makes the runner qemu-wine."
    assert "not Windows on Arm" in found["native"].why


def test_command_is_split_as_a_shell_does(host: Host) -> None:
    runner = find_runner(host, "command:winpy 'a b' -x")

    assert runner == CommandRunner(("winpy", "a b", "-x"))


@pytest.mark.parametrize("wanted", ["vine", "command:", "command:'x", ""])
def test_mistaken_runner_is_named(wanted: str, host: Host) -> None:
    with pytest.raises(UsageError, match="runner"):
        find_runner(host, wanted)


def test_wanted_runner_that_is_not_here_is_not_replaced(linux: Host) -> None:
    make_bench(linux)

    with pytest.raises(TrialError, match="no runner native"):
        find_runner(linux, "native")


def test_bench_starts_wine_through_the_emulator(tmp_path: Path) -> None:
    bench = Bench(Path("/bench"), "10.0", "7.2")

    assert [Path(word).name for word in bench.command] == ["qemu-aarch64", "wine64"]
    assert bench.environ(tmp_path)["QEMU_LD_PREFIX"] == "/bench/root"
