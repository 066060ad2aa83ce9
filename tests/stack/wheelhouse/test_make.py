from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from stack_samples import sdist, wheel

from winarm import events
from winarm.config.packages import PackageSettings
from winarm.errors import BuildFailedError, StoppedError, UsageError
from winarm.pipeline.wheel import BuiltWheel
from winarm.stack.client import index_client
from winarm.stack.inputs import StackInput
from winarm.stack.places import configured_places
from winarm.stack.status import StatusOptions, surveyed
from winarm.stack.wheelhouse.make import Progress, WheelhouseOptions, make_wheelhouse
from winarm.stack.wheelhouse.plan import Action, WheelhousePlan, plan_of
from winarm.stack.wheelhouse.result import Outcome, WheelhouseResult
from winarm.verify import Report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stack_samples import LocalIndex

    from winarm.host import Host

SETUP = "from setuptools import setup, Extension\nsetup(ext_modules=[Extension('a', ['a.c'])])\n"


class FakeBuilder:
    """Makes a wheel of what it is given at once, and remembers what it was asked."""

    def __init__(self, *, failing: frozenset[str] = frozenset(), seconds: float = 0) -> None:
        self.failing = failing
        self.seconds = seconds
        self.built: dict[str, Mapping[str, str | list[str]]] = {}
        self.running = self.most = 0
        self._lock = threading.Lock()

    def __call__(
        self,
        sdist: Path,
        folder: Path,
        *,
        python: str,
        config_settings: Mapping[str, str | list[str]],
        listener: events.Listener,
        host: Host,
    ) -> BuiltWheel:
        del host
        listener(events.Step("preparing"))
        listener(events.Working("compile", "a.c", 1, "c", 3))
        name, _, version = sdist.name.removesuffix(".tar.gz").rpartition("-")
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(self.seconds)
        with self._lock:
            self.running -= 1
            self.built[name] = config_settings
        if name in self.failing:
            message = f"{name} does not compile."
            raise BuildFailedError(message, cure="Repair it.", output="error: no\n" * 100)
        folder.mkdir(parents=True, exist_ok=True)
        tag = "cp" + python.replace(".", "")
        path = folder / f"{name}-{version}-{tag}-{tag}-win_arm64.whl"
        path.write_bytes(wheel(path.name))
        return BuiltWheel(path, Report(path, (), (), pure=True))


@pytest.fixture
def stack(index: LocalIndex) -> LocalIndex:
    index.add("ready-1.0-py3-none-any.whl")
    index.add("fast-1.0-cp39-abi3-win_arm64.whl")
    for name in ("one", "two"):
        index.add(f"{name}-1.0-cp313-cp313-win_amd64.whl")
        index.add(f"{name}-1.0.tar.gz", sdist(f"{name}-1.0", {"setup.py": SETUP, "a.c": ""}))
    return index


def planned(
    host: Host, *names: str, settings: Mapping[str, PackageSettings] | None = None
) -> WheelhousePlan:
    options = StatusOptions(python="3.13")
    pins = {name: one.version for name, one in (settings or {}).items() if one.version}
    with surveyed(host, StackInput(names), options, pins=pins) as survey:
        return plan_of(survey, settings or {})


def make(
    host: Host, plan: WheelhousePlan, folder: Path, builder: FakeBuilder, **options: object
) -> WheelhouseResult:
    chosen = WheelhouseOptions(build=builder, **options)  # type: ignore[arg-type]
    with index_client(host, configured_places(host)) as client:
        return make_wheelhouse(host, plan, folder, client, options=chosen)


def outcomes(result: WheelhouseResult) -> dict[str, Outcome]:
    return {package.name: package.outcome for package in result.packages}


ALL = ("ready", "fast", "one", "two")


def test_ready_wheels_are_fetched_and_missing_ones_built(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    folder = tmp_path / "house"

    result = make(host, planned(host, *ALL), folder, FakeBuilder())

    assert result.ok
    assert outcomes(result) == {
        "ready": Outcome.FETCHED,
        "fast": Outcome.FETCHED,
        "one": Outcome.BUILT,
        "two": Outcome.BUILT,
    }
    assert {file.name for file in folder.glob("*.whl")} == {
        "ready-1.0-py3-none-any.whl",
        "fast-1.0-cp39-abi3-win_arm64.whl",
        "one-1.0-cp313-cp313-win_arm64.whl",
        "two-1.0-cp313-cp313-win_arm64.whl",
    }
    assert json.loads((folder / "wheelhouse.json").read_text())["complete"] is True
    assert "complete" in (folder / "wheelhouse.html").read_text()


def test_pip_installs_the_lock_with_hashes_and_without_an_index(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    folder = tmp_path / "house"
    make(host, planned(host, *ALL), folder, FakeBuilder())

    command = [
        *(sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(folder)),
        *("--require-hashes", "-r", str(folder / "requirements.txt"), "--only-binary", ":all:"),
        *("--platform", "win_arm64", "--python-version", "3.13", "--implementation", "cp"),
        *("--target", str(tmp_path / "site"), "--quiet", "--isolated"),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "site" / "one.py").is_file()


def test_what_is_done_is_said_of_each_package(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    plan, options = planned(host, "one"), WheelhouseOptions(build=FakeBuilder())

    with index_client(host, configured_places(host)) as client:
        make_wheelhouse(host, plan, tmp_path, client, options=options, listener=seen.append)

    assert [progress.doing for progress in seen if "fetching" not in progress.doing] == [
        "preparing",
        "compiled 1 of 3 files",
        "built",
    ]
    assert {progress.package.title for progress in seen} == {"one 1.0"}


def test_one_failure_does_not_stop_the_rest(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    builder = FakeBuilder(failing=frozenset({"one"}))

    result = make(host, planned(host, *ALL), tmp_path / "house", builder)

    assert not result.ok
    assert outcomes(result)["two"] is Outcome.BUILT
    (failed,) = (package for package in result.packages if package.name == "one")
    assert (failed.outcome, failed.detail, failed.cure) == (
        Outcome.FAILED,
        "one does not compile.",
        "Repair it.",
    )
    assert len(failed.output.splitlines()) == 60


def test_fail_fast_starts_nothing_more(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    builder = FakeBuilder(failing=frozenset({"one", "two"}))

    result = make(
        host, planned(host, "one", "two"), tmp_path / "house", builder, fail_fast=True, jobs=1
    )

    assert sorted(outcomes(result).values()) == [Outcome.FAILED, Outcome.NOT_STARTED]


def test_what_is_there_is_not_made_again(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    plan, builder = planned(host, *ALL), FakeBuilder()
    first = make(host, plan, tmp_path / "house", builder)
    builder.built.clear()

    second = make(host, plan, tmp_path / "house", builder)

    assert builder.built == {}
    assert set(outcomes(second).values()) == {Outcome.KEPT}
    assert second.lock == first.lock


@pytest.mark.parametrize("damage", ["missing", "changed", "no record"])
def test_what_is_damaged_is_made_again(
    stack: LocalIndex, host: Host, tmp_path: Path, damage: str
) -> None:
    folder, plan, builder = tmp_path / "house", planned(host, "one"), FakeBuilder()
    make(host, plan, folder, builder)
    file = folder / "one-1.0-cp313-cp313-win_arm64.whl"
    match damage:
        case "missing":
            file.unlink()
        case "changed":
            file.write_bytes(file.read_bytes()[:-1])
        case _:
            (folder / ".winarm" / "one.json").write_text("{")
    builder.built.clear()

    result = make(host, plan, folder, builder)

    assert result.ok
    assert set(builder.built) == {"one"}


def test_other_settings_build_again(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    builder = FakeBuilder()
    make(host, planned(host, "one"), tmp_path / "house", builder)
    settings = {"one": PackageSettings(allow_missing=("one._x",))}
    builder.built.clear()

    make(host, planned(host, "one", settings=settings), tmp_path / "house", builder)

    assert builder.built["one"]["winarm.allow-missing"] == ["one._x"]


def test_builds_share_one_budget_of_jobs(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    builder = FakeBuilder(seconds=0.2)

    make(host, planned(host, "one", "two"), tmp_path / "house", builder, jobs=8)

    assert builder.most == 2
    assert {settings["winarm.jobs"] for settings in builder.built.values()} == {"4"}


def test_one_job_builds_one_after_the_other(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    builder = FakeBuilder(seconds=0.05)

    make(host, planned(host, "one", "two"), tmp_path / "house", builder, jobs=1)

    assert builder.most == 1


def test_two_runs_in_one_folder_make_each_wheel_once(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    plan, builder = planned(host, *ALL), FakeBuilder(seconds=0.2)
    results: list[WheelhouseResult] = []

    def run() -> None:
        results.append(make(host, plan, tmp_path / "house", builder))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [result.ok for result in results] == [True, True]
    assert results[0].lock == results[1].lock
    made = [o for result in results for o in outcomes(result).values() if o is not Outcome.KEPT]
    assert len(made) == len(ALL)


def test_settings_skip_a_package_and_choose_a_version(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    stack.add("fast-0.9-cp39-abi3-win_arm64.whl")
    settings = {"one": PackageSettings(skip=True), "fast": PackageSettings(version="0.9")}

    result = make(
        host, planned(host, "fast", "one", settings=settings), tmp_path / "house", FakeBuilder()
    )

    assert outcomes(result) == {"fast": Outcome.FETCHED, "one": Outcome.SKIPPED}
    assert "fast==0.9" in result.lock
    assert "one==" not in result.lock


def test_a_wheel_can_be_built_though_there_is_one(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    stack.add("fast-1.0.tar.gz", sdist("fast-1.0", {"setup.py": SETUP, "a.c": ""}))

    plan = planned(host, "fast", settings={"fast": PackageSettings(build=True)})

    assert plan.packages[0].action is Action.BUILD


def test_a_published_wheel_that_cannot_load_is_a_failure(
    index: LocalIndex, host: Host, tmp_path: Path
) -> None:
    name = "bad-1.0-cp313-cp313-win_arm64.whl"
    index.add(name, wheel(name, members={"bad.cp313-win_arm64.pyd": b"not an image"}))

    result = make(host, planned(host, "bad"), tmp_path / "house", FakeBuilder())
    accepted = make(
        host,
        planned(host, "bad", settings={"bad": PackageSettings(verify=False)}),
        tmp_path / "house",
        FakeBuilder(),
    )

    assert not result.ok
    assert "WA" in result.packages[0].detail
    assert accepted.ok


def test_an_index_that_lies_about_hashes_is_a_failure(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    plan = planned(host, "ready", "fast")
    stack.files["ready"]["ready-1.0-py3-none-any.whl"] += b"more"

    result = make(host, plan, tmp_path / "house", FakeBuilder())

    assert outcomes(result) == {"ready": Outcome.FAILED, "fast": Outcome.FETCHED}
    assert "is not what was promised" in result.packages[1].detail
    assert not list((tmp_path / "house").glob("ready*"))


def test_a_lock_with_other_hashes_is_a_failure(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(f"ready==1.0 --hash=sha256:{'0' * 64}\n")
    asked = StackInput(requirement_files=(file,))
    with surveyed(host, asked, StatusOptions(python="3.13")) as survey:
        plan = plan_of(survey, {})

    result = make(host, plan, tmp_path / "house", FakeBuilder())

    assert outcomes(result) == {"ready": Outcome.FAILED}


def test_what_cannot_be_had_is_named_with_its_cure(
    index: LocalIndex, host: Host, tmp_path: Path
) -> None:
    index.add("closed-1.0-cp313-cp313-win_amd64.whl")
    index.add(
        "crab-1.0.tar.gz",
        sdist(
            "crab-1.0",
            {
                "pyproject.toml": '[build-system]\nrequires=["maturin"]\nbuild-backend="maturin"\n',
                "Cargo.toml": "",
            },
        ),
    )

    result = make(host, planned(host, "closed", "crab"), tmp_path / "house", FakeBuilder())

    assert set(outcomes(result).values()) == {Outcome.FAILED}
    assert all(package.detail and package.cure for package in result.packages)


def test_who_waits_for_another_run_is_stopped(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    plan, options = planned(host, "ready"), WheelhouseOptions(build=FakeBuilder())
    (tmp_path / ".winarm").mkdir()

    with (
        FileLock(tmp_path / ".winarm" / "ready.lock"),
        index_client(host, configured_places(host)) as client,
    ):
        threading.Timer(0.3, client.stopped.set).start()
        result = make_wheelhouse(host, plan, tmp_path, client, options=options)

    assert outcomes(result) == {"ready": Outcome.NOT_STARTED}


def test_a_stopped_host_ends_its_programs(tmp_path: Path, host: Host) -> None:
    from winarm.stack.wheelhouse.make import StoppableHost  # noqa: PLC0415

    stop = threading.Event()
    stoppable = StoppableHost(host.environ, host.system, host.machine, host.executable, stop=stop)
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()

    with pytest.raises(StoppedError):
        stoppable.stream(
            [sys.executable, "-c", "import time; time.sleep(60)"],
            environ=dict(host.environ),
            cwd=tmp_path,
            output=lambda _: None,
        )

    assert time.monotonic() - began < 30


def test_an_output_that_is_a_file_is_refused(stack: LocalIndex, host: Host, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="is a file, not a folder"):
        make(host, planned(host, "ready"), tmp_path / "file", FakeBuilder())


#: Windows ends programs in other ways, and has no limit on the size of files.
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


@posix
def test_a_killed_run_is_continued(
    index: LocalIndex, host: Host, tmp_path: Path, winarm_command: str
) -> None:
    names = [f"p{number}" for number in range(12)]
    for name in names:
        index.add(f"{name}-1.0-py3-none-any.whl")
    folder = tmp_path / "house"
    command = [
        winarm_command,
        "wheelhouse",
        *names,
        "-o",
        str(folder),
        "--python",
        "3.13",
        "--no-deps",
    ]
    index.latency = 0.15
    process = subprocess.Popen(
        command, env=dict(host.environ), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob(".winarm/*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = {file.name for file in folder.glob("*.whl")}
    # Until the index has answered what the killed run had asked for.
    time.sleep(5 * index.latency)
    index.latency = 0
    index.asked.clear()

    answer = subprocess.run(
        command, env=dict(host.environ), capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stderr
    assert there
    assert len(list(folder.glob("*.whl"))) == len(names)
    assert "kept" in answer.stdout
    fetched = [path for path in index.asked if path.endswith(".whl")]
    assert len(fetched) < len(names)


@posix
def test_ctrl_c_keeps_what_was_done_and_says_what_was_not(
    index: LocalIndex, host: Host, tmp_path: Path, winarm_command: str
) -> None:
    # Many more than are fetched side by side: the others are in a later wave. Once some are
    # there, the others take so long that the signal is in time on the busiest machine.
    names = [f"p{number}" for number in range(96)]
    for name in names:
        index.add(f"{name}-1.0-py3-none-any.whl")
    folder = tmp_path / "house"
    index.prompt, index.latency = len(names) + 20, 3
    process = subprocess.Popen(
        [winarm_command, "wheelhouse", *names, "-o", str(folder), "--python", "3.13", "--no-deps"],
        env=dict(host.environ),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        # A shell lets what it starts in the background ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
    )
    deadline = time.monotonic() + 60
    while not list(folder.glob(".winarm/*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)

    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert "Traceback" not in said
    report = json.loads((folder / "wheelhouse.json").read_text())
    done = {package["outcome"] for package in report["packages"]}
    assert report["complete"] is False
    assert done == {"fetched", "not-started"}
    there = [package for package in report["packages"] if package["outcome"] == "fetched"]
    assert len(there) == len(list(folder.glob("*.whl")))


@posix
def test_a_folder_that_is_full_is_a_failure_and_nothing_else_is_lost(
    stack: LocalIndex, host: Host, tmp_path: Path
) -> None:
    """A limit on the size of files stands for a disk that is full."""
    import resource  # noqa: PLC0415 - not on Windows

    big = "big-1.0-py3-none-any.whl"
    stack.add(big, wheel(big, members={"big.bin": secrets.token_bytes(3 * 10**6)}))
    plan = planned(host, "ready", "big")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * 10**6, before[1]))
    try:
        result = make(host, plan, tmp_path / "house", FakeBuilder())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert outcomes(result) == {"big": Outcome.FAILED, "ready": Outcome.FETCHED}
    assert "cannot use" in result.packages[0].detail
    assert not list((tmp_path / "house").glob("big*"))
