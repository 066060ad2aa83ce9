"""What goes wrong ends with one clear message and leaves nothing half-written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]
    Project = Callable[..., Path]
    Build = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network]

FAILURE, USAGE, INTERRUPTED = 1, 2, 130

SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
METADATA = '[project]\nname = "sample"\nversion = "1"\n'
SETUP = """\
from setuptools import Extension, setup
setup(ext_modules=[Extension("sample", ["sample.c"])])
"""
MODULE = """\
#include <Python.h>
static struct PyModuleDef sample = {PyModuleDef_HEAD_INIT, "sample"};
PyMODINIT_FUNC PyInit_sample(void) { return PyModuleDef_Init(&sample); }
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Write a small project with one extension; each file may be another, or None for none."""

    def write(**files: str | None) -> Path:
        folder = tmp_path / "project"
        folder.mkdir()
        texts = {
            "pyproject.toml": files.pop("pyproject", SETUPTOOLS + METADATA),
            "setup.py": files.pop("setup", SETUP),
            "sample.c": files.pop("module", MODULE),
        }
        assert files == {}
        for name, text in texts.items():
            if text is not None:
                (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def build(winarm_command: str, run: Run, out: Path) -> Build:
    """Call `winarm build` with a folder for the wheel that is there from the start."""

    def build(
        *arguments: str | Path, to: Path = out, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        to.mkdir(exist_ok=True)
        return run(winarm_command, "build", *arguments, "-o", to, environ=environ)

    return build


def assert_clean_end(
    done: subprocess.CompletedProcess[str], status: int, *words: str, out: Path
) -> None:
    assert done.returncode == status, done.stdout
    assert "Traceback (most recent call last)" not in done.stdout
    # The message stands at the end, where people look, and is said once.
    for word in words:
        assert word in done.stdout
    assert list(out.iterdir()) == []


def test_source_that_is_not_there(build: Build, tmp_path: Path, out: Path) -> None:
    done = build(tmp_path / "nowhere")

    assert_clean_end(done, USAGE, "nowhere", out=out)


def test_source_without_a_build_system(build: Build, tmp_path: Path, out: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = build(tmp_path / "empty")

    assert_clean_end(done, FAILURE, "pyproject.toml", "setup.py", out=out)


def test_archive_that_is_none(build: Build, tmp_path: Path, out: Path) -> None:
    archive = tmp_path / "sample-1.tar.gz"
    archive.write_bytes(b"not an archive")

    done = build(archive)

    assert_clean_end(done, FAILURE, "sample-1.tar.gz", out=out)


def test_requirement_that_the_index_does_not_have(build: Build, out: Path) -> None:
    done = build("markupsafe==0.0.0.1")

    assert_clean_end(done, FAILURE, "markupsafe", out=out)


def test_pyproject_that_is_no_toml(build: Build, project: Project, out: Path) -> None:
    done = build(project(pyproject="[build-system\nrequires = []\n"))

    assert_clean_end(done, FAILURE, "pyproject.toml", "line 1", out=out)


def test_every_wrong_setting_is_named_at_once(build: Build, project: Project, out: Path) -> None:
    text = SETUPTOOLS + METADATA + "[tool.winarm]\ntoolchian = 'zig'\nlibraries = 7\n"

    done = build(project(pyproject=text))

    assert_clean_end(done, USAGE, "toolchian", "toolchain", "libraries", out=out)


def test_unknown_toolchain(build: Build, project: Project, out: Path) -> None:
    done = build(project(), "--toolchain", "gcc-of-my-own")

    assert_clean_end(done, USAGE, "gcc-of-my-own", "zig", out=out)


def test_unknown_option(build: Build, project: Project, out: Path) -> None:
    done = build(project(), "--no-such-option")

    assert_clean_end(done, USAGE, "--no-such-option", out=out)


def test_unknown_inner_backend(build: Build, project: Project, out: Path) -> None:
    text = SETUPTOOLS.replace("setuptools.build_meta", "nonesuch.backend") + METADATA

    done = build(project(pyproject=text))

    assert_clean_end(done, FAILURE, "nonesuch", out=out)


def test_requirement_of_the_build_that_does_not_exist(
    build: Build, project: Project, out: Path
) -> None:
    text = SETUPTOOLS.replace('"setuptools"', '"setuptools", "markupsafe==0.0.0.1"') + METADATA

    done = build(project(pyproject=text))

    assert_clean_end(done, FAILURE, "markupsafe", out=out)


def test_compiler_error_is_shown_in_the_compilers_words(
    build: Build, project: Project, out: Path
) -> None:
    done = build(project(module=MODULE.replace("return", "retrun")))

    assert_clean_end(done, FAILURE, "sample.c:3", "error:", "retrun", out=out)


def test_failure_of_the_projects_own_code_is_shown(
    build: Build, project: Project, out: Path
) -> None:
    done = build(project(setup="raise SystemExit('this project wants a sacrifice')"))

    assert_clean_end(done, FAILURE, "this project wants a sacrifice", out=out)


def test_missing_toolchain_names_what_was_looked_at(
    tmp_path: Path,
    index_environ: dict[str, str],
    make_venv: Callable[..., None],
    project: Project,
    run: Run,
    out: Path,
) -> None:
    """A front-end that was told to install nothing, and nothing is there."""
    wanted = ("build", "setuptools>=77", "winarm")
    make_venv(venv := tmp_path / "venv", sys.executable, *wanted, **index_environ)
    python = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    source = project(
        pyproject=SETUPTOOLS.replace("setuptools.build_meta", "winarm.backend") + METADATA
    )
    out.mkdir()

    done = run(
        *(python, "-m", "build", "--no-isolation", "--skip-dependency-check", "--wheel"),
        *("-o", out, source),
        environ={"WINARM_TARGET": "win_arm64", "PATH": str(python.parent)},
    )

    assert done.returncode == FAILURE, done.stdout
    assert "ziglang" in done.stdout
    assert "PATH" in done.stdout
    assert list(out.glob("*.whl")) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB, which is full."""
    with mounted(tmp_path / "small", "size=64k") as folder:
        with (folder / "ballast").open("wb", buffering=0) as ballast:
            try:
                while ballast.write(bytes(4096)):
                    pass
            except OSError:
                pass
        yield folder


class mounted:  # noqa: N801 - read as a verb
    """A tmpfs, which only root can have."""

    def __init__(self, folder: Path, options: str) -> None:
        self.folder = folder
        self.options = options

    def __enter__(self) -> Path:
        self.folder.mkdir()
        mount = shutil.which("mount")
        if mount is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
            pytest.skip("mounting a small file system needs root and mount(8)")
        command = [mount, "-t", "tmpfs", "-o", self.options, "winarm-test", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"this machine does not let root mount: {done.stderr.strip()}")
        return self.folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


def test_full_disk_for_the_wheel(build: Build, project: Project, small_disk: Path) -> None:
    done = build(project(), to=small_disk)

    assert done.returncode == FAILURE, done.stdout
    assert "No space left" in done.stdout
    assert "Traceback (most recent call last)" not in done.stdout
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]


def test_full_disk_for_the_cache(
    build: Build, project: Project, small_disk: Path, out: Path
) -> None:
    done = build(project(), environ={"WINARM_CACHE_DIR": str(small_disk)})

    assert_clean_end(done, FAILURE, str(small_disk), "No space left", out=out)


def test_disk_that_fills_up_at_work(
    build: Build, project: Project, tmp_path: Path, out: Path
) -> None:
    # Of a disk that is full from the start Python's tempfile makes no use.
    with mounted(tmp_path / "work", "size=1m") as work:
        done = build(project(), environ={"TMPDIR": str(work)})

        assert_clean_end(done, FAILURE, "The disk is full", "TMPDIR", out=out)
        assert list(work.iterdir()) == []


def test_read_only_cache(build: Build, project: Project, tmp_path: Path, out: Path) -> None:
    with mounted(tmp_path / "cache", "ro,size=64k") as cache:
        done = build(project(), environ={"WINARM_CACHE_DIR": str(cache)})

    assert_clean_end(done, FAILURE, str(cache), "WINARM_CACHE_DIR", out=out)


def test_cache_that_is_a_file(build: Build, project: Project, tmp_path: Path, out: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("a file")

    done = build(project(), environ={"WINARM_CACHE_DIR": str(cache)})

    assert_clean_end(done, FAILURE, str(cache), out=out)


SLOW_SETUP = """\
import os, pathlib, time
pathlib.Path({started!r}).write_text(str(os.getpid()))
time.sleep(600)
"""


@pytest.fixture
def running(
    winarm_command: str,
    clean_environ: dict[str, str],
    project: Project,
    tmp_path: Path,
    out: Path,
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A build that has come to the project's own code, and the process that runs this."""
    started = tmp_path / "started"
    out.mkdir()
    source = project(setup=SLOW_SETUP.format(started=str(started)))
    with (
        (tmp_path / "said").open("wb") as said,
        subprocess.Popen(
            [winarm_command, "build", source, "-o", out],
            env=clean_environ,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # Whoever starts the tests in the background has them ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads
        ) as process,
    ):
        try:
            wait_until(lambda: started.exists() and bool(started.read_text()), 300, process)
            yield process, int(started.read_text())
        finally:
            process.kill()
            end(int(started.read_text() or 0) if started.exists() else 0)


def wait_until(
    happened: Callable[[], bool], seconds: float, process: subprocess.Popen[bytes] | None = None
) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        assert process is None or process.poll() is None
        time.sleep(0.1)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def end(pid: int) -> None:
    if pid and alive(pid):
        os.kill(pid, signal.SIGKILL)


linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@linux_only
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_interrupt_stops_everything_and_leaves_nothing(
    name: str, running: tuple[subprocess.Popen[bytes], int], tmp_path: Path, out: Path
) -> None:
    process, grandchild = running

    process.send_signal(signal.Signals[name])
    status = process.wait(timeout=30)

    said = (tmp_path / "said").read_text("utf-8", "replace")
    assert status == INTERRUPTED, said
    assert "Traceback (most recent call last)" not in said
    assert "interrupted" in said.lower()
    assert list(out.iterdir()) == []
    wait_until(lambda: not alive(grandchild), 10)


@linux_only
def test_kill_leaves_no_wheel_and_the_next_build_works(
    running: tuple[subprocess.Popen[bytes], int], build: Build, tmp_path: Path, out: Path
) -> None:
    process, grandchild = running

    process.kill()
    process.wait(timeout=30)
    end(grandchild)

    assert list(out.glob("*.whl")) == []
    source = tmp_path / "project"
    (source / "setup.py").write_text(SETUP)
    done = build(source)
    assert done.returncode == 0, done.stdout
    assert [path.suffix for path in out.iterdir()] == [".whl"]
