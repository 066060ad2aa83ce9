"""A project in a child: the spec that winarm writes, and a compiler that only takes notes."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import setuptools  # noqa: F401 - brings the distutils that the compiler is made of
from unmeasured import unmeasured

from winarm.child.winarm_child.compiler import GnuCompiler
from winarm.child.winarm_child.flags import Translator
from winarm.child.winarm_child.journal import Journal
from winarm.child.winarm_child.target_compiler import Shared
from winarm.environment.interpreter import Interpreter, ask
from winarm.host import Host
from winarm.locate.toolchain import Toolchain
from winarm.pipeline.child_environment import build_environment
from winarm.pipeline.child_spec import build_spec
from winarm.target import WIN_ARM64
from winarm.target_python.target_python import TargetPython

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from winarm.child.winarm_child.pool import Pool, Step
    from winarm.plan import EquippedBuild

    Spec = dict[str, Any]
    MakeSpec = Callable[..., Spec]

#: Called as `COMPILER LOG TOOL arguments`: notes the arguments and writes what it is asked to.
#: A source that says `#error` fails, and one that says `sleep` takes its time.
COMPILER = """\
import json, os, sys, time
log, tool, *argv = sys.argv[1:]
began = time.time()
texts = [open(a).read() for a in argv if a.endswith((".c", ".cpp")) and os.path.isfile(a)]
definitions = [open(a).read() for a in argv if a.endswith(".def")]
if any("sleep" in text for text in texts):
    time.sleep(0.5)
failed = any("#error" in text for text in texts)
for before, argument in zip(argv, argv[1:]):
    if before in ("-o", "/fo") or tool == "ar" and before == "rcs":
        if not failed:
            with open(argument, "w") as file:
                file.write(" ".join(argv))
line = {"tool": tool, "argv": argv, "definitions": definitions, "span": [began, time.time()]}
with open(log, "a") as file:
    file.write(json.dumps(line) + "\\n")
if failed:
    sys.exit("error: it says #error")
"""


@dataclass(frozen=True)
class Run:
    """One run of the compiler."""

    tool: str
    argv: list[str]
    #: The texts of `.def` files that it was given.
    definitions: list[str]
    #: When it began and ended, in seconds.
    span: tuple[float, float]

    @property
    def sources(self) -> list[str]:
        return [Path(arg).name for arg in self.argv if arg.endswith((".c", ".cpp", ".rc"))]

    @property
    def output(self) -> Path:
        return Path(self.argv[self.argv.index("-o") + 1])


@dataclass(frozen=True)
class Bench:
    """A project, and what stands ready for a child that builds it."""

    project: Path
    scratch: Path
    spec: Spec
    build: EquippedBuild

    def write(self, **files: str) -> None:
        """Write files into the project; `__` stands for `/`, the last `_` for the dot."""
        for name, text in files.items():
            folder, _, last = name.replace("__", "/").rpartition("/")
            path = self.project / folder / ".".join(last.rsplit("_", 1))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def python(
        self, *argv: str | Path, cwd: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a Python that is a child of the build."""
        # Without coverage, which leaves the child out and costs each process 0.1 s.
        base = {k: v for k, v in unmeasured().items() if not k.startswith("PYTHON")}
        (self.scratch / "spec.json").write_text(json.dumps(self.spec), encoding="utf-8")
        build = replace(self.build, environ={**base, "PYTHONUTF8": "1", **(environ or {})})
        return subprocess.run(
            [sys.executable, *argv],
            cwd=cwd or self.project,
            env=build_environment(build, self.scratch),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def says(self, *argv: str | Path, **options: Any) -> str:  # noqa: ANN401 - those of python()
        """Run a Python that must succeed, and return what it printed."""
        done = self.python(*argv, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    @property
    def runs(self) -> list[Run]:
        """What the compiler was called for, in the order in which it ended."""
        log = self.scratch / "compiler.log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [Run(**json.loads(line)) for line in lines]

    @property
    def journal(self) -> list[dict[str, Any]]:
        """What the parent was told."""
        path = Path(self.spec["journal"])
        return [json.loads(line) for line in path.read_text().splitlines()]

    def told(self, event: str) -> list[dict[str, Any]]:
        return [entry for entry in self.journal if entry["event"] == event]


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    return ask(Host.current(), Path(sys.executable))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def toolchain(scratch: Path) -> Toolchain:
    """A toolchain all of whose programs are the compiler that takes notes."""
    program = scratch / "compiler.py"
    program.write_text(COMPILER)
    # Isolated and without site-packages: it starts fast, and sees nothing of the child.
    start = (sys.executable, "-IS", str(program), str(scratch / "compiler.log"))
    return Toolchain(
        kind="llvm-mingw",
        version="1",
        origin="a test",
        target=WIN_ARM64,
        cc=(*start, "cc"),
        cxx=(*start, "c++"),
        ar=(*start, "ar"),
        rc=(*start, "rc"),
        dlltool=(*start, "dlltool"),
    )


@pytest.fixture
def build_of(
    tmp_path: Path,
    scratch: Path,
    toolchain: Toolchain,
    interpreter: Interpreter,
    make_build: Callable[..., EquippedBuild],
) -> Callable[..., EquippedBuild]:
    """Return a build of a project with a compiler that takes notes; settings as they are named."""

    def make(
        project: Path | None = None,
        *,
        numpy: Mapping[str, str] | None = None,
        **settings: Any,  # noqa: ANN401 - whatever Settings has
    ) -> EquippedBuild:
        include, libraries = scratch / "target-include", scratch / "target-libs"
        build = make_build(**{"jobs": 2, **settings})
        return replace(
            build,
            project=replace(build.project, folder=project or tmp_path / "project"),
            interpreter=interpreter,
            toolchain=toolchain,
            target_python=TargetPython(include, libraries, "a test"),
            numpy=numpy or {"error": "no NumPy for the target"},
        )

    return make


@pytest.fixture
def make_spec(scratch: Path, build_of: Callable[..., EquippedBuild]) -> MakeSpec:
    """Return what a child reads, as winarm writes it; settings as they are named."""

    def make(project: Path | None = None, **options: Any) -> Spec:  # noqa: ANN401 - as build_of
        return build_spec(build_of(project, **options), scratch)

    return make


@pytest.fixture
def spec(make_spec: MakeSpec) -> Spec:
    return make_spec()


@pytest.fixture
def make_bench(
    tmp_path: Path, scratch: Path, build_of: Callable[..., EquippedBuild]
) -> Callable[..., Bench]:
    """Make a bench for a project in a folder of tmp_path."""

    def make(name: str = "project", **settings: Any) -> Bench:  # noqa: ANN401 - as build_of has
        project = tmp_path / name
        project.mkdir(parents=True)
        build = build_of(project, **settings)
        return Bench(project, scratch, build_spec(build, scratch), build)

    return make


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()


class Notes:
    """A pool that runs nothing."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def run(self, steps: Sequence[Step]) -> None:
        self.steps += steps

    def refuse(self, doing: str, subject: str, why: str) -> None:
        """Take no note: the caller raises `why`."""

    def shared(self, translator: Translator) -> Shared:
        """Return what the compilers of a build have in common, with this pool."""
        return Shared(cast("Pool", self), translator, lambda: None)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def compiler(spec: dict[str, Any], notes: Notes) -> GnuCompiler:
    translator = Translator(spec, Journal(spec["journal"]))
    return GnuCompiler(spec, notes.shared(translator), force=True)
