"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from build_stand_ins import ZIG, FakeUv
from fake_host import FakeHost, touch
from filelock import FileLock

from winarm.config import Settings
from winarm.environment.interpreter import Interpreter, ask
from winarm.errors import InterpreterError
from winarm.host import Answer, Host
from winarm.locate.toolchain import Toolchain
from winarm.locate.zig import lasting_program
from winarm.plan import EquippedBuild
from winarm.project.build_system import BuildSystem, InnerBackend, Project
from winarm.project.pip_config import PipConfiguration
from winarm.target import WIN_ARM64, PythonABI
from winarm.target_python.target_python import TargetPython
from winarm.trial import TrialOptions
from winarm.trial.pythons import pythons_in
from winarm.trial.search import find_runner
from winarm.trial.stage import stage_for

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from typing import NoReturn

    from fake_host import Run

    Lacking = Callable[[str, str], NoReturn]
    MakeHost = Callable[..., FakeHost]
    MakeInterpreter = Callable[[PythonABI], Interpreter]
    MakeBuild = Callable[..., EquippedBuild]
    RealInterpreter = Callable[[str], Interpreter]
    Once = Callable[[str, Callable[[Path], None]], Path]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

#: What runs Python for Windows ARM64, as `--runner` has it; the folders of such Pythons; and the
#: cache in which `winarm test --set-up` was run.
RUNNER = "WINARM_TEST_RUNNER"
TARGET_PYTHON = "WINARM_TEST_TARGET_PYTHON"
BENCH = "WINARM_TEST_BENCH"

#: Instead of a runner: a command that is called as `COMMAND -p FOLDER script.py` and runs the
#: script in an ARM64 Windows Python; split as a shell would.
ARM64_PYTHON = "WINARM_TEST_ARM64_PYTHON"

#: In the folder for temporary files; tests/corpus/run.py takes the same one.
ARM64_LOCK = "winarm-arm64-python.lock"

#: Seconds for one script there; an emulated Python is slow to start.
ARM64_TIMEOUT = 600

#: The same for an x64 Windows Python, a host that builds; FOLDER is its drive P:.
X64_PYTHON = "WINARM_TEST_X64_PYTHON"

#: Prints a Python's version as `3.13`.
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"

CP313 = PythonABI(13)

#: The winarm settings of whoever runs the tests must not reach a build under test.
FOREIGN_PREFIXES = ("WINARM_", "VSCMD_", "PYTEST_", "COV_")


def pytest_report_header() -> str:
    named = {"ARM64 Python": RUNNER, "or": ARM64_PYTHON, "Windows host": X64_PYTHON}
    return "\n".join(
        f"{what}: {os.environ.get(name) or f'none ({name} is not set)'}"
        for what, name in named.items()
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail, with CI=true, a test for which `pytest.importorskip` finds no module."""
    report = yield
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    if report.skipped and os.environ.get("CI") == "true" and "could not import" in reason:
        report.outcome = "failed"
        report.longrepr = f"{reason}; with CI=true that is a failure"
    return report


@pytest.fixture(scope="session")
def lacking() -> Lacking:
    """Skip a test for the lack of `what`; with CI=true fail it, where `cure` can be run."""

    def lack(what: str, cure: str) -> NoReturn:
        message = f"no {what} here: {cure}"
        installer = cure.split(maxsplit=1)[0]
        if os.environ.get("CI") == "true" and (installer == "pip" or shutil.which(installer)):
            pytest.fail(f"{message}; with CI=true that is a failure", pytrace=False)
        pytest.skip(message)

    return lack


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all of pytest-xdist's workers see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def once(shared_folder: Path) -> Once:
    """Make a folder once in a test run, whichever worker needs it first."""

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder = shared_folder / name
        with FileLock(f"{folder}.lock"):
            if not folder.exists():
                # Filled in place, for a venv cannot be moved; removed if that fails.
                folder.mkdir()
                try:
                    fill(folder)
                except BaseException:
                    shutil.rmtree(folder)
                    raise
        return folder

    return make


@pytest.fixture(scope="session")
def clean_environ() -> dict[str, str]:
    """The environment of a user who has set nothing of winarm's but where its caches are."""
    kept = {"WINARM_CACHE_DIR"}
    return {
        name: value
        for name, value in os.environ.items()
        if name in kept or not name.startswith(FOREIGN_PREFIXES)
    }


@pytest.fixture(scope="session")
def winarm_command(lacking: Lacking) -> str:
    """The `winarm` that is installed beside the Python that runs the tests."""
    found = shutil.which("winarm", path=str(Path(sys.executable).parent))
    if found is None:
        lacking("winarm command", "pip install -e '.[cli]'")
    return found


@pytest.fixture(scope="session")
def trial_environ() -> dict[str, str]:
    """The variables with which `winarm test` finds the tests' ARM64 Python."""
    runner = os.environ.get(RUNNER)
    if not runner and (command := os.environ.get(ARM64_PYTHON)):
        runner = f"command:{command}"
    if not runner:
        pytest.skip(f"no ARM64 Python: neither {RUNNER} nor {ARM64_PYTHON} is set")
    given = {
        "WINARM_RUNNER": runner,
        "WINARM_TARGET_PYTHON": os.environ.get(TARGET_PYTHON),
        "WINARM_CACHE_DIR": os.environ.get(BENCH) or os.environ.get("WINARM_CACHE_DIR"),
    }
    return {name: value for name, value in given.items() if value}


@pytest.fixture(scope="session")
def arm64_options(trial_environ: dict[str, str]) -> TrialOptions:
    """How the tests' own scripts are tried."""
    folders = trial_environ.get("WINARM_TARGET_PYTHON", "").split(os.pathsep)
    return TrialOptions(
        runner=trial_environ["WINARM_RUNNER"],
        python_dirs=tuple(Path(folder) for folder in folders if folder),
        timeout=ARM64_TIMEOUT,
    )


@pytest.fixture(scope="session")
def run_on_arm64(arm64_options: TrialOptions, trial_environ: dict[str, str]) -> RunOnArm64:
    """Run a script in the ARM64 Python, with a folder of unpacked wheels as its environment."""
    real = Host.current()
    host = replace(real, environ={**real.environ, **trial_environ})
    runner = find_runner(host, arm64_options.runner)
    python = None
    if not runner.brings_python:
        search = pythons_in(arm64_options.python_dirs[0])
        assert search.found, search.why
        python = search.found[0]

    def run(folder: Path, script: Path) -> subprocess.CompletedProcess[str]:
        output = bytearray()
        began = time.monotonic()
        # One at a time: a command may map the folder to a drive that all its programs share.
        lock = FileLock(Path(tempfile.gettempdir()) / ARM64_LOCK)
        with (
            lock if runner.brings_python else contextlib.nullcontext(),
            stage_for(arm64_options) as stage,
        ):
            shutil.copytree(folder, stage / "site", dirs_exist_ok=True)
            shutil.copy(script, stage / "work")
            with runner.session(host, stage, python) as session:
                ended = session.run(
                    [script.name],
                    output=output.extend,
                    expired=lambda: time.monotonic() - began > ARM64_TIMEOUT,
                )
        said = output.decode("utf-8", "replace").replace("\r\n", "\n")
        status = -1 if ended.status is None else ended.status
        return subprocess.CompletedProcess([script.name], status, said, said)

    return run


@pytest.fixture(scope="session")
def arm64_version(run_on_arm64: RunOnArm64, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The ARM64 Python's version, as `3.13`."""
    folder = tmp_path_factory.mktemp("version")
    script = folder / "version.py"
    script.write_text(VERSION)
    (folder / "site").mkdir()
    answer = run_on_arm64(folder / "site", script)
    # A service of the bench may have died first, which the emulator tells.
    version = answer.stdout.strip().rpartition("\n")[2]
    assert re.fullmatch(r"3\.\d+", version), f"the ARM64 Python does not work: {answer}"
    return version


@pytest.fixture(scope="session")
def matching_python(arm64_version: str) -> Path:
    """A Python of this machine whose wheels the ARM64 Python can import."""
    found = find_python(arm64_version)
    if found is None:
        pytest.skip(f"no Python {arm64_version} on this machine, and the ARM64 Python is one")
    return found


def find_python(version: str) -> Path | None:
    """Return a Python of `version`: ours, on PATH or among pyenv's; or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
    # Asked what they are, for pyenv's shims are there for every version and start none.
    return next((Path(one) for one in (sys.executable, *named) if one and is_a(version, one)), None)


def is_a(version: str, python: str | Path) -> bool:
    answer = subprocess.run([python, "-c", VERSION], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == version


#: Runs a script as the Python of a target would: `COMMAND -p FOLDER SCRIPT`.
PRETENDER = """\
import importlib.machinery, runpy, sys
importlib.machinery.EXTENSION_SUFFIXES.insert(0, ".cp313-win_arm64.pyd")
runpy.run_path(sys.argv[3], run_name="__main__")
"""


@pytest.fixture
def pretended_arm64(tmp_path: Path) -> str:
    """The runner `command` with this machine's Python, which says that it is an ARM64 one."""
    script = tmp_path / "pretender.py"
    script.write_text(PRETENDER)
    return f"command:{shlex.join((sys.executable, str(script)))}"


#: The least that winarm looks at in CPython's headers.
PATCHLEVEL = "#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION {minor}\n"


def make_library(run: Run) -> None:
    """Make the import library that dlltool or lib.exe is asked for."""
    for flag, word in itertools.pairwise(("", *run.words)):
        if flag == "-l" or word.startswith("/out:"):
            Path(word.removeprefix("/out:")).write_bytes(b"made")


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """The only place that `offline_host` has packages from."""
    folder = tmp_path / "links"
    folder.mkdir()
    return folder


@pytest.fixture
def offline_host(tmp_path: Path, links: Path) -> Host:
    return Host(
        environ={"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(links)},
        system="linux",
        machine="x86_64",
        executable=tmp_path / "venv/bin/python",
        default_cache=tmp_path / "cache",
    )


@pytest.fixture
def make_host(tmp_path: Path) -> MakeHost:
    """Return a machine on which every program answers the same, with properties as named.

    Those that succeed make the library that they are asked for, unless one says otherwise.
    """

    def make(
        answer: Answer = Answer(0, "", ""),  # noqa: B008 - it is frozen
        *,
        makes: bool = True,
        **properties: Any,  # noqa: ANN401 - whatever a host has
    ) -> FakeHost:
        def reply(run: Run) -> Answer:
            if makes and answer.ok:
                make_library(run)
            return answer

        return FakeHost(
            **{
                "default_cache": tmp_path / "cache",
                "answers": {"": reply},
                **properties,
            }
        )

    return make


@pytest.fixture
def recording_host(make_host: MakeHost) -> FakeHost:
    return make_host()


@pytest.fixture
def fake_toolchain() -> Toolchain:
    return Toolchain(
        kind="zig",
        version="1.2.3",
        origin="zig 1.2.3 of a test",
        target=WIN_ARM64,
        cc=("zig", "cc"),
        cxx=("zig", "c++"),
        ar=("zig", "ar"),
        rc=("zig", "rc"),
        dlltool=("zig", "dlltool"),
    )


@pytest.fixture
def make_interpreter(tmp_path: Path) -> MakeInterpreter:
    """Return an interpreter of an ABI whose headers are a handful of small files."""

    def make(abi: PythonABI) -> Interpreter:
        include = tmp_path / f"headers-{abi.tag}"
        for name in ("cpython/object.h", "internal/pycore_object.h", "Python.h", "object.h"):
            (include / name).parent.mkdir(parents=True, exist_ok=True)
            (include / name).write_text(f"/* {name} */\n")
        (include / "patchlevel.h").write_text(PATCHLEVEL.format(minor=abi.minor))
        (include / "pyconfig.h").write_text("#define SIZEOF_LONG 8 /* of the host */\n")
        return Interpreter(
            executable=Path(f"/usr/bin/python{abi.version}"),
            abi=abi,
            version=f"{abi.version}.1",
            platform="linux-x86_64",
            include=include,
            dll_folder=tmp_path / "dlls",
        )

    return make


@pytest.fixture
def make_build(
    tmp_path: Path,
    make_host: MakeHost,
    make_interpreter: MakeInterpreter,
    fake_toolchain: Toolchain,
) -> MakeBuild:
    """Return an equipped build on a machine on which nothing runs; settings as they are named."""

    def make(
        backend: str = "setuptools.build_meta",
        *,
        abi: PythonABI = CP313,
        system: str = "linux",
        environ: Mapping[str, str] | None = None,
        requires: tuple[str, ...] = (),
        config_settings: Mapping[str, object] | None = None,
        toolchain: Mapping[str, object] | None = None,
        numpy: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
        **settings: object,
    ) -> EquippedBuild:
        host = make_host(environ=environ or {}, system=system)
        project = Project(
            tmp_path / "project",
            BuildSystem(requires, backend, (), declared=True),
            replace(Settings(), **settings),  # type: ignore[arg-type]
            InnerBackend(backend),
        )
        build = EquippedBuild(
            host=host,
            project=project,
            target=WIN_ARM64,
            interpreter=make_interpreter(abi),
            python=Path("/env/bin/python"),
            environ=host.environ,
            site_folders=(tmp_path / "site-packages",),
            tool_folders=(),
            pip=PipConfiguration(),
            config_settings=config_settings or {},
            listener=lambda _: None,
            toolchain=replace(fake_toolchain, **(toolchain or {})),  # type: ignore[arg-type]
            target_python=TargetPython(Path("/t/include"), Path("/t/libs"), "a test"),
            numpy=numpy or {"error": "no NumPy"},
        )
        return replace(build, **(facts or {}))  # type: ignore[arg-type]

    return make


@pytest.fixture
def uv_host(tmp_path: Path) -> FakeHost:
    """The real machine, with a uv that installs nothing but zig, a shell and no toolchain."""
    programs = tmp_path / "programs"
    touch(programs / "uv")
    real = Host.current()
    return FakeHost(
        environ={
            "PATH": f"{programs}{os.pathsep}/bin",
            "PIP_CONFIG_FILE": os.devnull,
            "HOME": str(tmp_path),
        },
        system=real.system,
        machine=real.machine,
        executable=Path(sys.executable),
        default_cache=tmp_path / "cache",
        answers={"uv": FakeUv()},
        behind=real,
    )


@pytest.fixture
def zig_on_path(uv_host: FakeHost, tmp_path: Path) -> FakeHost:
    (tmp_path / "programs" / "zig").write_text(ZIG)
    (tmp_path / "programs" / "zig").chmod(0o755)
    return uv_host


@pytest.fixture(scope="session")
def zig_host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """The real machine with a cache of its own, but for what zig makes once for all builds."""
    cache = tmp_path_factory.mktemp("winarm-cache")
    real = Host.current()
    own = {"WINARM_CACHE_DIR": str(cache), "ZIG_GLOBAL_CACHE_DIR": str(real.cache / "zig")}
    return replace(real, environ={**real.environ, **own})


@pytest.fixture(scope="session")
def zig_program(lacking: Lacking) -> Path:
    """The zig of the ziglang wheel, at the path at which builds have it.

    Its path counts for its cache: elsewhere it would make its C library again, for a minute.
    """
    spec = find_spec("ziglang")
    if spec is None or spec.origin is None:
        lacking("ziglang package", "pip install ziglang")
    host = Host.current()
    return lasting_program(host, Path(spec.origin).with_name(f"zig{host.exe}"))


@pytest.fixture(scope="session")
def zig(zig_program: Path) -> Toolchain:
    """The ziglang wheel as a toolchain, without anything that winarm puts before it."""
    program = str(zig_program)
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True)
    target = ("-target", WIN_ARM64.zig_triple)
    bare = Toolchain(
        kind="zig",
        version=version.stdout.strip(),
        origin="the ziglang wheel",
        target=WIN_ARM64,
        cc=(program, "cc", *target),
        cxx=(program, "c++", *target),
        ar=(program, "ar"),
        rc=(program, "rc"),
        dlltool=(program, "dlltool"),
    )
    # zig has a C library for each set of flags; these are the ones of builds.
    flags = ("-O2", "-s", "-fno-sanitize=undefined")
    return replace(bare, cc=(*bare.cc, *flags), cxx=(*bare.cxx, *flags))


@pytest.fixture(scope="session")
def real_interpreter() -> RealInterpreter:
    """Return the Python of a version that this machine has, or skip."""

    def find(version: str) -> Interpreter:
        host = Host.current()
        pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        for program in (*pyenv, Path(shutil.which(f"python{version}") or f"python{version}")):
            # What pyenv puts on PATH may be a stand-in for a Python that is switched off.
            with contextlib.suppress(InterpreterError):
                interpreter = ask(host, program)
                if (interpreter.include / "Python.h").is_file():
                    return interpreter
        pytest.skip(f"no Python {version} with its headers on this machine")

    return find
