"""A bench that was set up, or why it is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch

from winarm.trial.bench import Bench, bench_folder, find_bench

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> FakeHost:
    return FakeHost(default_cache=tmp_path)


def make(machine: FakeHost, qemu: str = "10.0.13") -> Bench:
    bench = Bench(bench_folder(machine), "10.0", qemu)
    loader = bench.root / "usr" / "lib" / "wine" / "wine64"
    touch(loader, bench.emulator, bench.template / "system.reg")
    bench.write()
    return bench


@pytest.mark.parametrize("qemu", ["10.0.13", ""])
def test_what_was_written_is_found(machine: FakeHost, qemu: str) -> None:
    bench = make(machine, qemu)

    assert find_bench(machine).found == bench
    assert bench.versions == ("Wine 10.0 under qemu 10.0.13" if qemu else "Wine 10.0")


def test_none_is_said_with_its_folder(machine: FakeHost) -> None:
    assert find_bench(machine).misses == (f"no ARM64 Wine in {bench_folder(machine)}",)


def test_one_of_another_machine_is_not_ours(machine: FakeHost) -> None:
    make(machine)

    assert find_bench(FakeHost(machine="aarch64", default_cache=machine.cache)).found is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[]", "does not describe an ARM64 Wine"),
        (b'{"version": 0}', "does not describe an ARM64 Wine"),
    ],
)
def test_a_damaged_description_is_a_miss(machine: FakeHost, content: bytes, reason: str) -> None:
    bench = make(machine)
    (bench.folder / "bench.json").write_bytes(content)

    assert reason in find_bench(machine).why


def test_missing_files_are_all_named(machine: FakeHost) -> None:
    bench = make(machine)
    bench.emulator.unlink()
    (bench.template / "system.reg").unlink()

    why = find_bench(machine).why

    assert str(bench.emulator) in why
    assert "system.reg and " in why


def test_an_emulator_that_is_not_needed_is_not_missed(machine: FakeHost) -> None:
    bench = make(machine, qemu="")
    bench.emulator.unlink()

    assert find_bench(machine).found is not None
    assert bench.started().command == (str(bench.root / "usr/lib/wine/wine64"),)
