"""Stand-ins for the machine that builds, and the real zig for integration tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.build.interpreter import Interpreter, ask
from winarm.errors import InterpreterError
from winarm.host import Answer, Host
from winarm.locate.toolchain import Toolchain
from winarm.target import WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]
    MakeHost = Callable[..., Host]
    MakeInterpreter = Callable[[PythonABI], Interpreter]
    RealInterpreter = Callable[[str], Interpreter]

#: The least that winarm looks at in CPython's headers.
PATCHLEVEL = "#define PY_MAJOR_VERSION 3\n#define PY_MINOR_VERSION {minor}\n"


@dataclass(frozen=True)
class RecordingHost(Host):
    """A machine on which nothing runs: programs are written down, and libraries appear."""

    calls: list[tuple[str, ...]] = field(default_factory=list)
    #: What every program answers.
    answer: Answer = field(default_factory=lambda: Answer(0, "", ""))
    #: Whether what programs are asked to make is there afterwards.
    makes: bool = True

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float = 60,
        input: str | None = None,  # noqa: A002 - Host's own name for it
    ) -> Answer:
        words = tuple(map(str, argv))
        self.calls.append(words)
        if self.answer.ok and self.makes:
            for flag, word in zip(("", *words), words, strict=False):
                if flag == "-l" or word.startswith("/out:"):
                    Path(word.removeprefix("/out:")).write_bytes(b"made")
        return self.answer


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
def calls() -> list[tuple[str, ...]]:
    """The command lines that the stand-ins for this machine were asked to run."""
    return []


@pytest.fixture
def make_host(tmp_path: Path, calls: list[tuple[str, ...]]) -> MakeHost:
    """Return a Linux machine on which nothing runs, with other properties as they are named."""

    def make(**properties: Any) -> Host:  # noqa: ANN401 - whatever RecordingHost has
        host = RecordingHost(
            environ={},
            system="linux",
            machine="x86_64",
            executable=Path("python"),
            default_cache=tmp_path / "cache",
            calls=calls,
        )
        return replace(host, **properties)

    return make


@pytest.fixture
def recording_host(make_host: MakeHost) -> Host:
    return make_host()


@pytest.fixture
def fake_toolchain() -> Toolchain:
    return Toolchain(
        kind="zig",
        version="1.2.3",
        origin="zig 1.2.3 of a test",
        target=WIN_ARM64,
        style="gnu",
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


@pytest.fixture(scope="session")
def zig_host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """The real machine with a cache of its own."""
    cache = tmp_path_factory.mktemp("winarm-cache")
    real = Host.current()
    return replace(real, environ={**real.environ, "WINARM_CACHE_DIR": str(cache)})


@pytest.fixture(scope="session")
def zig(lacking: Lacking) -> Toolchain:
    """The ziglang wheel as a toolchain, without anything that winarm puts before it."""
    spec = find_spec("ziglang")
    if spec is None or spec.origin is None:
        lacking("ziglang package", "pip install ziglang")
    program = str(Path(spec.origin).with_name("zig.exe" if sys.platform == "win32" else "zig"))
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True)
    target = ("-target", WIN_ARM64.zig_triple)
    return Toolchain(
        kind="zig",
        version=version.stdout.strip(),
        origin="the ziglang wheel",
        target=WIN_ARM64,
        style="gnu",
        cc=(program, "cc", *target),
        cxx=(program, "c++", *target),
        ar=(program, "ar"),
        rc=(program, "rc"),
        dlltool=(program, "dlltool"),
    )


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
