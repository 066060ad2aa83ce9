"""Fixtures that more than one room's tests use."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

#: A command that is called as `COMMAND -p FOLDER script.py` and runs the script in an ARM64
#: Windows Python with FOLDER on sys.path; split as a shell would.
ARM64_PYTHON = "WINARM_TEST_ARM64_PYTHON"

#: In the folder for temporary files; tests/corpus/run.py takes the same one.
ARM64_LOCK = "winarm-arm64-python.lock"

#: Seconds for one script there; an emulated Python is slow to start.
ARM64_TIMEOUT = 600

#: The same for an x64 Windows Python, a host that builds; FOLDER is its drive P:.
X64_PYTHON = "WINARM_TEST_X64_PYTHON"

#: Prints a Python's version as `3.13`.
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"

#: The winarm settings of whoever runs the tests must not reach a build under test.
FOREIGN_PREFIXES = ("WINARM_", "VSCMD_", "PYTEST_", "COV_")


def pytest_report_header() -> str:
    named = {"ARM64 Python": ARM64_PYTHON, "Windows host": X64_PYTHON}
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
def run_on_arm64(tmp_path_factory: pytest.TempPathFactory) -> RunOnArm64:
    """Run a script in the ARM64 Python, with a folder of unpacked wheels on its path."""
    command = shlex.split(os.environ.get(ARM64_PYTHON, ""))
    if not command:
        pytest.skip(f"no ARM64 Python: {ARM64_PYTHON} is not set")

    def run(folder: Path, script: Path) -> subprocess.CompletedProcess[str]:
        # One at a time: a bench may map FOLDER to a drive letter that all its programs share.
        # Into files: services that an emulator leaves behind would hold a pipe open.
        said = tmp_path_factory.mktemp("arm64")
        with (
            FileLock(Path(tempfile.gettempdir()) / ARM64_LOCK),
            (said / "stdout").open("wb") as stdout,
            (said / "stderr").open("wb") as stderr,
        ):
            status = subprocess.run(
                [*command, "-p", folder, script],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                timeout=ARM64_TIMEOUT,
                check=False,
            ).returncode
        return subprocess.CompletedProcess(
            command,
            status,
            (said / "stdout").read_text("utf-8", "replace"),
            (said / "stderr").read_text("utf-8", "replace"),
        )

    return run


@pytest.fixture(scope="session")
def arm64_version(run_on_arm64: RunOnArm64, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The ARM64 Python's version, as `3.13`."""
    folder = tmp_path_factory.mktemp("version")
    script = folder / "version.py"
    script.write_text(VERSION)
    answer = run_on_arm64(folder, script)
    version = answer.stdout.strip()
    assert re.fullmatch(r"3\.\d+", version), f"{ARM64_PYTHON} does not work: {answer}"
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
