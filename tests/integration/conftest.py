"""What real builds need: winarm's own wheel in a local index, front-ends, and a Python."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    MakeVenv = Callable[..., None]

#: Seconds for one build; the first one of a machine fills zig's cache.
BUILD_TIMEOUT = 900


@pytest.fixture(scope="session")
def run(clean_environ: dict[str, str]) -> Run:
    """Run a command to its end with both streams in one text."""

    def run(
        *command: str | Path,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**clean_environ, **(environ or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=BUILD_TIMEOUT,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def local_index(once: Once, repository: Path, run: Run) -> Path:
    """A folder for `--find-links` that holds winarm's own, freshly built wheel."""

    def fill(folder: Path) -> None:
        # From a copy: setuptools leaves a build folder in the tree that it builds.
        source = folder / "source"
        source.mkdir()
        for name in ("src", "toolchains"):
            skipped = shutil.ignore_patterns("*.egg-info", "__pycache__")
            shutil.copytree(repository / name, source / name, ignore=skipped)
        for name in ("LICENSE", "README.md", "pyproject.toml"):
            shutil.copy(repository / name, source)
        # A local version is newer than the same version in any other index.
        project = source / "pyproject.toml"
        text = project.read_text("utf-8")
        released = next(line for line in text.splitlines() if line.startswith("version = "))
        project.write_text(text.replace(released, f'{released[:-1]}+test"'), "utf-8")
        built = run(sys.executable, "-m", "build", "--wheel", "-o", folder, source)
        assert built.returncode == 0, built.stdout
        shutil.rmtree(source)

    return once("index", fill)


@pytest.fixture(scope="session")
def make_venv(run: Run) -> MakeVenv:
    """Make a virtual environment of a Python with requirements; uv does that in little time."""

    def make(folder: Path, python: str | Path, *requirements: str, **environ: str) -> None:
        uv = (sys.executable, "-m", "uv")
        made = run(*uv, "venv", "-q", "--python", python, folder)
        assert made.returncode == 0, made.stdout
        install = (*uv, "pip", "install", "-q", "--python", programs(folder) / "python")
        installed = run(*install, *requirements, environ=environ)
        assert installed.returncode == 0, installed.stdout

    return make


@pytest.fixture(scope="session")
def winarm_command(once: Once, local_index: Path, make_venv: MakeVenv, zig_program: Path) -> str:
    """The `winarm` of the built wheel, in an environment of its own, with the zig of the tests."""

    def fill(folder: Path) -> None:
        (wheel,) = local_index.glob("winarm-*.whl")
        wanted = (f"winarm[cli,stack] @ {wheel.as_uri()}", f"ziglang=={version('ziglang')}")
        make_venv(folder, sys.executable, *wanted)
        # Where no test run is the first one at this path, because zig's C library is made for it.
        base = {"base": str(folder), "platbase": str(folder)}
        ziglang = Path(sysconfig.get_path("platlib", "venv", vars=base)) / "ziglang"
        shutil.rmtree(ziglang)
        ziglang.symlink_to(zig_program.parent)

    return str(programs(once("installed-winarm", fill)) / "winarm")


@pytest.fixture(scope="session")
def index_environ(local_index: Path) -> dict[str, str]:
    """Variables that add the local index to pip's and uv's."""
    links = [os.environ.get("PIP_FIND_LINKS", ""), str(local_index)]
    return {"PIP_FIND_LINKS": " ".join(filter(None, links)), "UV_FIND_LINKS": str(local_index)}


@pytest.fixture(scope="session")
def fetch_for_arm64(arm64_version: str, run: Run) -> Callable[[tuple[str, ...], Path], None]:
    """Fetch published wheels that the ARM64 Python can import, and what they need."""

    def fetch(requirements: tuple[str, ...], folder: Path) -> None:
        done = run(
            *(sys.executable, "-m", "pip", "download", "--only-binary=:all:", "-d", folder),
            *("--platform=win_arm64", f"--python-version={arm64_version}", *requirements),
        )
        assert done.returncode == 0, done.stdout

    return fetch


@pytest.fixture(scope="session")
def building_python(request: pytest.FixtureRequest) -> Path:
    """The Python that builds: of the ARM64 Python's version where there is one, else ours."""
    try:
        return Path(request.getfixturevalue("matching_python"))
    except pytest.skip.Exception:
        return Path(sys.executable)


@pytest.fixture(scope="session")
def front_ends(once: Once, building_python: Path, make_venv: MakeVenv) -> Path:
    """The folder of programs of a venv with build, pip and uv, but without winarm."""
    wanted = ("build", "pip", "uv")
    return programs(once("front-ends", lambda folder: make_venv(folder, building_python, *wanted)))


def programs(venv: Path) -> Path:
    return venv / ("Scripts" if os.name == "nt" else "bin")


@pytest.fixture(scope="session")
def interpreter_tag(front_ends: Path, run: Run) -> str:
    """`cp313`, of the Python that builds."""
    code = "import sys; print('cp%d%d' % sys.version_info[:2])"
    return run(front_ends / "python", "-c", code).stdout.strip()


@pytest.fixture(scope="session")
def machines() -> Callable[[Path], dict[str, int]]:
    """Read the COFF machine number of every image in a wheel, without winarm's own reader."""

    def read(wheel: Path) -> dict[str, int]:
        with zipfile.ZipFile(wheel) as archive:
            images = [name for name in archive.namelist() if name.endswith((".pyd", ".dll"))]
            return {name: machine(archive.read(name)) for name in images}

    return read


def machine(image: bytes) -> int:
    (header,) = struct.unpack_from("<I", image, 0x3C)
    assert image[header : header + 4] == b"PE\0\0"
    (number,) = struct.unpack_from("<H", image, header + 4)
    return int(number)
