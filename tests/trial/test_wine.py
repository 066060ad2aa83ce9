from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch

from winarm.errors import TrialError
from winarm.target import PythonABI
from winarm.trial.pythons import WindowsPython
from winarm.trial.wine import Bench, WineRunner, _is_service, bench_folder, find_bench

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.host import Host

    MakeRunner = Callable[..., WineRunner]


pytestmark = pytest.mark.skipif(os.name == "nt", reason="prefixes are links on POSIX")


@pytest.fixture
def make_runner(tmp_path: Path) -> MakeRunner:
    """Return a runner whose Wine is a shell script, and a program that ends at once."""

    def make(script: str, first: str = "exit") -> WineRunner:
        bench = Bench(tmp_path / "bench", "10.0", "")
        (bench.template / "drive_c" / "windows").mkdir(parents=True)
        (bench.template / "drive_c" / "users" / "me").mkdir(parents=True)
        for name in ("system.reg", "user.reg", ".update-timestamp"):
            (bench.template / name).write_text(name)
        (wine,) = map(Path, bench.command)
        touch(wine)
        wine.write_text(f'#!/bin/sh\nif [ "$1" = cmd.exe ]; then {first}; else {script}; fi\n')
        return WineRunner("wine", bench)

    return make


@pytest.fixture
def python(tmp_path: Path) -> WindowsPython:
    (tmp_path / "py").mkdir()
    return WindowsPython(tmp_path / "py" / "python.exe", PythonABI(13))


@pytest.fixture
def runner(make_runner: MakeRunner) -> WineRunner:
    """Instead of Wine, a shell that shows what it was given."""
    return make_runner('printf "%s\\n" "$WINEPREFIX" "$PYTHONPATH" "$TEMP" "$*"')


def shown(runner: WineRunner, host: Host, stage: Path, python: WindowsPython) -> list[str]:
    output = bytearray()
    with runner.session(host, stage, python) as session:
        session.run(["-c", "pass"], output=output.extend, expired=lambda: False)
    return output.decode().splitlines()


def test_stage_and_python_are_drives_of_a_private_prefix(
    runner: WineRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    template = runner.bench.template
    with runner.session(host, stage, python):
        prefix = host.cache / "trial" / "prefixes" / "0"
        drives = prefix / "dosdevices"
        assert (drives / "w:").resolve() == stage.resolve()
        assert (drives / "p:" / "python").resolve() == python.folder.resolve()
        assert (prefix / "drive_c" / "windows").resolve() == template / "drive_c" / "windows"
        # What programs write is the prefix's own.
        assert not (prefix / "drive_c" / "users").is_symlink()
        assert not (prefix / "user.reg").is_symlink()


def test_pythons_environment_is_the_stages(
    runner: WineRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    host = replace(host, environ={**host.environ, "PYTHONHOME": "x", "PYTHONPATH": "y"})

    prefix, path, temporary, command = shown(runner, host, stage, python)

    assert prefix == str(host.cache / "trial" / "prefixes" / "0")
    assert (path, temporary) == ("w:\\start", "w:\\tmp")
    assert command == "p:\\python\\python.exe -c pass"


def test_trials_at_the_same_time_have_a_prefix_each(
    runner: WineRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    with runner.session(host, stage, python):
        first = shown(runner, host, stage, python)[0]
    again = shown(runner, host, stage, python)[0]

    assert [Path(first).name, Path(again).name] == ["1", "0"]


def test_prefix_of_another_template_is_made_again(
    runner: WineRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    shown(runner, host, stage, python)
    for name in (".update-timestamp", "system.reg"):
        (runner.bench.template / name).write_text("newer")

    shown(runner, host, stage, python)

    prefix = host.cache / "trial" / "prefixes" / "0"
    assert (prefix / "system.reg").read_text() == "newer"


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write")
def test_read_only_cache_does_not_matter_to_a_user(
    runner: WineRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    host.cache.mkdir()
    host.cache.chmod(stat.S_IRUSR | stat.S_IXUSR)

    assert shown(runner, host, stage, python)[0] == f"{stage}-prefix"


def test_cache_that_cannot_be_written_does_not_matter(
    runner: WineRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    host.cache.parent.mkdir(parents=True, exist_ok=True)
    host.cache.write_text("a file")

    prefix = shown(runner, host, stage, python)[0]

    assert prefix == f"{stage}-prefix"
    assert not Path(prefix).exists()


def test_processes_that_are_left_are_ended_and_named(
    make_runner: MakeRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    runner = make_runner("sleep 600 >/dev/null 2>&1 & echo $!")
    output = bytearray()

    with runner.session(host, stage, python) as session:
        ended = session.run([], output=output.extend, expired=lambda: False)

    assert (ended.status, [left.strip() for left in ended.left]) == (0, ["sleep 600"])
    assert not is_running(int(output))


def test_nothing_is_left_of_a_session_that_is_interrupted(
    make_runner: MakeRunner, host: Host, stage: Path, python: WindowsPython
) -> None:
    runner = make_runner("setsid sleep 600 & echo $!; wait")
    output = bytearray()

    def interrupt() -> bool:
        if output:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt), runner.session(host, stage, python) as session:
        session.run([], output=output.extend, expired=interrupt)

    assert not is_running(int(output))


def is_running(pid: int) -> bool:
    try:
        return b"\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_services_are_started_by_a_program_of_their_own(
    make_runner: MakeRunner, host: Host, stage: Path, python: WindowsPython, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    runner = make_runner("echo said", first=f"echo first >>{log}; (sleep 5 & :)")

    said = [shown(runner, host, stage, python) for _ in range(2)]

    host.end_processes("WINEPREFIX", str(host.cache / "trial" / "prefixes" / "0"))
    assert said == [["said"], ["said"]]
    assert log.read_text().splitlines().count("first") == 2


def test_wine_needs_a_python(runner: WineRunner, host: Host, stage: Path) -> None:
    with pytest.raises(TrialError, match="needs a Python"), runner.session(host, stage, None):
        pass


@pytest.mark.parametrize(
    ("words", "service"),
    [
        (("wine64", "C:\\windows\\system32\\services.exe"), True),
        (("qemu-aarch64", "-L", "/root", "/r/usr/lib/wine/wineserver64"), True),
        (("wine64", "p:\\python\\python.exe", "services.exe"), False),
        (("wine64", "C:\\windows\\system32\\cmd.exe"), False),
    ],
)
def test_wines_own_services_may_go_on(words: tuple[str, ...], *, service: bool) -> None:
    assert _is_service(words) is service


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
    assert bench.command == (str(bench.root / "usr/lib/wine/wine64"),)
