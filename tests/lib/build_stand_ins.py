"""Stand-ins for uv, for zig and for a project, on a machine that is otherwise real."""

from __future__ import annotations

import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fake_host import FakeHost

from winarm import events
from winarm.host import Answer, Host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_host import Run

#: Answers as zig does, and makes the programs and import libraries that it is asked for.
ZIG = """\
#!/bin/sh
if [ "$1" = version ]; then echo 0.17.1; exit; fi
while [ $# -gt 1 ]; do
    if [ "$1" = -l ]; then echo made > "$2"; fi
    if [ "$1" = -o ]; then cp "$0" "$2"; fi
    shift
done
"""


@dataclass(frozen=True)
class FakeUv:
    """A uv that makes empty environments and installs nothing into them but a zig."""

    #: Whether it reaches a package index.
    online: bool = True

    def __call__(self, run: Run) -> Answer:
        words = run.words
        if "venv" in words:
            make_environment(Path(words[-1]))
        if "install" not in words:
            return Answer(0, "uv 0.9.1\n", "")
        python = Path(words[words.index("--python") + 1])
        if self.online and any(name.startswith("ziglang") for name in _requirements(run)):
            put_zig(modules(python.parent.parent))
        return Answer(0 if self.online else 1, "installing\n", "")


def installed(host: Host) -> list[tuple[str, ...]]:
    """Return what the uv of `host` was asked to install, one tuple for each call."""
    assert isinstance(host, FakeHost)
    return [_requirements(run) for run in host.ran if run.words[1:3] == ("pip", "install")]


def output(heard: Iterable[events.Event]) -> bytes:
    """Return what the programs of a build printed."""
    return b"".join(event.data for event in heard if isinstance(event, events.Output))


def _requirements(run: Run) -> tuple[str, ...]:
    return run.words[run.words.index("--") + 1 :]


def modules(environment: Path) -> Path:
    base = {"base": str(environment), "platbase": str(environment)}
    return Path(sysconfig.get_path("platlib", "venv", vars=base))


def make_environment(folder: Path) -> None:
    modules(folder).mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(sys.executable)


def put_zig(site_packages: Path) -> None:
    program = site_packages / "ziglang" / f"zig{Host.current().exe}"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(ZIG)
    program.chmod(0o755)
    (site_packages / "ziglang-0.17.1.dist-info").mkdir(exist_ok=True)


PYPROJECT = """\
[build-system]
requires = ["setuptools", "cython"{more}]
build-backend = "{backend}"
backend-path = ["."]
"""

#: Notes what it sees, and makes a wheel without code.
BACKEND = """\
import base64, hashlib, json, os, sys, sysconfig, zipfile
def digest(text):
    data = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(data).decode().rstrip("=")
def note(hook, settings):
    with open(os.path.join(os.environ["NOTES"], hook), "w") as file:
        json.dump({"settings": settings, "python": sys.executable, "path": os.environ["PATH"],
                   "isolated": sys.path, "sees": sys.platform,
                   "include": sysconfig.get_path("include"), "cc": os.environ.get("CC")}, file)
def get_requires_for_build_wheel(config_settings=None):
    note("requires", config_settings)
    return json.loads(os.environ.get("NEEDS", "[]"))
def build_wheel(folder, config_settings=None, metadata_directory=None):
    note("build", config_settings)
    info = "a-1.dist-info/"
    tags = "Root-Is-Purelib: true\\nTag: py3-none-any\\n"
    members = {
        "a.py": "",
        info + "METADATA": "Metadata-Version: 2.1\\nName: a\\nVersion: 1\\n",
        info + "WHEEL": "Wheel-Version: 1.0\\nGenerator: a test\\n" + tags,
    }
    rows = [f"{name},{digest(text)},{len(text)}\\n" for name, text in members.items()]
    members[info + "RECORD"] = "".join(rows) + info + "RECORD,,\\n"
    with zipfile.ZipFile(os.path.join(folder, "a-1-py3-none-any.whl"), "w") as wheel:
        for name, text in members.items():
            wheel.writestr(name, text)
    return "a-1-py3-none-any.whl"
"""


def write_project(folder: Path, backend: str = "inner", *, more: str = "", table: str = "") -> Path:
    """Write a project with an in-tree backend that notes what it sees and makes a pure wheel."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT.format(backend=backend, more=more) + table)
    (folder / "inner.py").write_text(BACKEND)
    return folder
