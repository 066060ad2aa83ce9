"""winarm on a Windows host: its unit tests, and one whole build, in a Windows Python.

WINARM_TEST_X64_PYTHON is called as `COMMAND -p FOLDER script.py ARGUMENTS` and runs the script in
an x64 Windows Python with FOLDER as drive P:. Such a Python may run under Wine, which lacks some
functions of Windows; what is done about it stands here, not in winarm.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from windows_trees.sysroot import WINE, Tools, make_sysroot

from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]
    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    RunOnWindows = Callable[..., subprocess.CompletedProcess[str]]
    Machines = Callable[[Path], dict[str, int]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.windows]

X64_PYTHON = "WINARM_TEST_X64_PYTHON"

#: Seconds for one script; Wine starts slowly on a busy machine.
TIMEOUT = 1500

#: What winarm and its tests need; binaries are the target host's. Not unearth, whose httpx needs
#: an ssl that works.
PACKAGES = (
    *("filelock", "packaging", "platformdirs", "pyproject-hooks", "setuptools>=77"),
    *("hypothesis", "pytest", "colorama", "cffi", "rich", "pefile"),
    *("jinja2", "jsonschema", "pyyaml", "shtab"),
)

#: For a Python without OpenSSL and bzip2, as one that is built without their sources: modules that
#: import them do, and what calls them is left out below.
STAND_INS = {
    "ssl.py": "class SSLContext: ...\nclass SSLError(OSError): ...\n",
    "_bz2.py": (
        "class BZ2Compressor: ...\n"
        "class BZ2Decompressor:\n"
        "    def __init__(self): raise OSError('this Python has no bzip2')\n"
    ),
    # Wine 8 lacks CopyFile2, which shutil of Python 3.13 calls.
    "usercustomize.py": 'import _winapi\n\n_winapi.__dict__.pop("CopyFile2", None)\n',
}

RUN_PYTEST = """\
import os, sys
sys.dont_write_bytecode = True
sys.path[:0] = [r"p:\\site-packages"]
os.environ["PYTHONPATH"] = sys.path[0]
os.chdir("p:\\\\")
import pytest, usercustomize
# Processes that a test starts run this file, too.
if __name__ == "__main__":
    sys.exit(pytest.main(sys.argv[1:]))
"""

#: Which unit tests run there. All of the rooms that ask the machine or handle its paths, except:
ROOMS = {
    "host, locate, config": (
        *("tests/host", "tests/locate", "tests/config", "tests/coff"),
        *("tests/test_target.py", "tests/test_errors.py", "tests/test_storage.py"),
        # Its validator has a DLL that Wine 8 does not load.
        "--ignore=tests/config/test_schema.py",
        # Shell scripts as programs, a zig where the Python that runs has it, and Linux's words.
        "-k=not TestInALayer and not of_the_real_zig and not no_object_is_one_line",
    ),
    "cli": (
        "tests/cli",
        # What they try fetches by unearth or httpx, which are not there, or runs a Linux program.
        *(f"--ignore=tests/cli/test_{name}.py" for name in ("build", "status", "test")),
        # pefile in a process of its own, pkgconf and delvewheel: slow or not there.
        *(f"--ignore=tests/cli/test_{name}.py" for name in ("ci", "env", "inspect", "repair")),
        "--ignore=tests/cli/test_wheelhouse.py",
    ),
    "environment, project, target_python": (
        *("tests/environment", "tests/project", "tests/target_python"),
        # Served by a local index or from a folder, and fetched by unearth.
        *(f"--ignore=tests/project/test_{name}.py" for name in ("index", "releases")),
        # tarfile tries bzip2 on everything.
        "--ignore=tests/project/test_archives.py",
        "--ignore=tests/project/test_source.py",
        "--ignore=tests/target_python/test_numpy_headers.py",
        # The paths of an environment on Linux.
        "--ignore=tests/environment/test_isolation.py",
        # A Linux machine's PATH, and what its system says of a file.
        "--ignore=tests/environment/test_find_python.py",
        "-k=not does_not_answer",
    ),
    "backends, pipeline": (
        *("tests/backends", "tests/pipeline"),
        # Two Pythons for each test, of several seconds under Wine: the whole build below is one.
        *(f"--ignore=tests/pipeline/test_{name}.py" for name in ("hooks", "isolated", "wheel")),
        # The zig of a Linux wheel is fetched.
        "-k=not TestFetchingZig",
    ),
}

#: What vswhere's stand-in calls.
KERNEL32 = "CreateFileA GetModuleFileNameA GetStdHandle ReadFile WriteFile ExitProcess"


@pytest.fixture(scope="session")
def run_on_windows(once: Once) -> RunOnWindows:
    command = shlex.split(os.environ.get(X64_PYTHON, ""))
    if not command:
        pytest.skip(f"no Windows Python: {X64_PYTHON} is not set")

    def run(folder: Path, script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        prefix = once("wineprefix", lambda _: None)
        # Into a file: services that Wine leaves behind would hold a pipe open. Of its own, since
        # tests share the folder.
        with tempfile.TemporaryFile(dir=folder) as log:
            status = subprocess.run(
                [*command, "-p", folder, script, *arguments],
                # Not CI: what that Python lacks stands above.
                env={**os.environ, "WINEPREFIX": str(prefix / "prefix"), "CI": ""},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            ).returncode
            log.seek(0)
            said = log.read().decode("utf-8", "replace")
        return subprocess.CompletedProcess(command, status, said, "")

    return run


@pytest.fixture(scope="session")
def drive(
    once: Once, run: Run, repository: Path, local_index: Path, run_on_windows: RunOnWindows
) -> Path:
    """The folder that is drive P: winarm, its tests and what both need."""

    def fill(folder: Path) -> None:
        packages = folder / "site-packages"
        (wheel,) = local_index.glob("winarm-*.whl")
        installed = run(
            *(sys.executable, "-m", "pip", "install", "--quiet", "--target", packages),
            *("--platform=win_amd64", "--python-version=3.13", "--only-binary=:all:"),
            *(*PACKAGES, ziglang(), wheel),
        )
        assert installed.returncode == 0, installed.stdout
        skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(
            repository / "tests" / "locate" / "windows_trees",
            packages / "windows_trees",
            ignore=skipped,
        )
        shutil.copy(repository / "tests" / "lib" / "fake_host.py", packages)
        for name, text in STAND_INS.items():
            (packages / name).write_text(text)
        for name in ("tests", "docs", "pyproject.toml"):
            source = repository / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=skipped)
            else:
                shutil.copyfile(source, folder / name)
        (folder / "run_pytest.py").write_text(RUN_PYTEST)
        for name in ("input", "output"):
            (folder / name).mkdir()

    return once("windows-drive", fill)


def ziglang() -> str:
    """Return the requirement of the ziglang that is installed here, for the other host."""
    from importlib.metadata import version  # noqa: PLC0415 - only here

    return f"ziglang=={version('ziglang')}"


@pytest.fixture(scope="session")
def zig(lacking: Lacking) -> Path:
    spec = find_spec("ziglang")
    if spec is None or spec.origin is None:
        lacking("ziglang package", "pip install ziglang")
    return Path(spec.origin).with_name("zig")


def make_vswhere(zig: Path, source: Path, folder: Path) -> None:
    """Compile the stand-in for vswhere.exe for x64 Windows, without any C library."""
    lines = ["LIBRARY kernel32.dll", "EXPORTS", *KERNEL32.split()]
    (folder / "kernel32.def").write_text("\n".join(lines) + "\n")
    shutil.copyfile(source, folder / "vswhere.c")
    compiler = (zig, "clang", "--driver-mode=cl", "--target=x86_64-pc-windows-msvc")
    for command in (
        (zig, "lib", "/machine:x64", "/def:kernel32.def", "/out:kernel32.lib"),
        (*compiler, "/c", "/O1", "/GS-", "/Zl", "vswhere.c"),
        (
            *(zig, "lld-link", "/entry:start", "/subsystem:console", "/nodefaultlib"),
            *("vswhere.obj", "kernel32.lib", "/out:vswhere.exe"),
        ),
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("room", ROOMS)
def test_unit_tests_pass_on_windows(room: str, drive: Path, run_on_windows: RunOnWindows) -> None:
    options = (
        *("-q", "-p", "no:cacheprovider", "-m", "not integration and not network"),
        # Without deadlines: Wine is slow, and nobody waits.
        "--hypothesis-profile=ci",
    )

    said = run_on_windows(drive, drive / "run_pytest.py", *options, *ROOMS[room])

    assert said.returncode == 0, said.stdout[-6000:]
    assert " passed" in said.stdout


@pytest.fixture(scope="session")
def built_on_windows(
    once: Once,
    drive: Path,
    zig: Path,
    repository: Path,
    run_on_windows: RunOnWindows,
    lacking: Lacking,
) -> tuple[dict[str, str], Path]:
    """What the Windows host found, and the wheel that it built."""
    if not WINE.is_dir():
        lacking("header of Windows", "apt-get install libwine-dev")

    def fill(folder: Path) -> None:
        tools = Tools((str(zig), "clang", "--driver-mode=cl"), (str(zig), "lib"))
        make_sysroot(drive / "input" / "sysroot", tools, winsysroot=True)
        source = repository / "tests" / "locate" / "windows_trees" / "vswhere.c"
        make_vswhere(zig, source, drive / "input")
        shutil.copytree(repository / "examples" / "setuptools-c", drive / "input" / "project")
        script = Path(__file__).with_name("windows_host.py")
        said = run_on_windows(drive, script, "p:\\")
        assert said.returncode == 0, said.stdout[-6000:]
        (folder / "said.txt").write_text(said.stdout, "utf-8")

    said = (once("built-on-windows", fill) / "said.txt").read_text("utf-8").strip()
    found = {**json.loads(said.splitlines()[-1]), "said": said}
    return found, drive / "output" / found["wheel"]


def test_visual_studio_is_found_on_windows(built_on_windows: tuple[dict[str, str], Path]) -> None:
    found, _ = built_on_windows

    # By vswhere.exe in its fixed place, and the registry.
    assert found["msvc"] == "14.44.35207"
    assert found["cl"].startswith("C:\\Program Files (x86)\\Microsoft Visual Studio\\")
    assert found["cl"].lower().endswith("\\bin\\hostx64\\arm64\\cl.exe")
    assert found["sdk"].lower() == "p:\\input\\sysroot\\windows kits\\10"
    assert found["machine"] == "amd64"
    assert "ziglang" in found["clang_cl"]


def test_a_windows_host_builds_for_arm64(
    built_on_windows: tuple[dict[str, str], Path],
    machines: Machines,
    winarm_command: str,
    run: Run,
) -> None:
    _, wheel = built_on_windows

    assert wheel.name == "fnv1a-1.0.0-cp313-cp313-win_arm64.whl"
    assert set(machines(wheel).values()) == {WIN_ARM64.machine}
    verified = run(winarm_command, "verify", wheel)
    assert verified.returncode == 0, verified.stdout


def test_the_hosts_own_libraries_are_not_linked_with(
    built_on_windows: tuple[dict[str, str], Path],
) -> None:
    """build_ext names them first: `libs`, `PCbuild` and the folder of the Python that builds."""
    found, _ = built_on_windows
    (link,) = (line for line in found["said"].splitlines() if "/OUT:" in line)

    assert "/LIBPATH:" in link
    assert found["python"].casefold() not in link.casefold()


@pytest.mark.arm64
def test_what_a_windows_host_built_works_on_the_target(
    built_on_windows: tuple[dict[str, str], Path],
    repository: Path,
    run_on_arm64: RunOnArm64,
    tmp_path: Path,
) -> None:
    _, wheel = built_on_windows
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = repository / "examples" / "setuptools-c" / "tests" / "test_fnv1a.py"

    said = run_on_arm64(tmp_path, script)

    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == ["fnv1a", "works"]
