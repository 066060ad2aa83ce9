"""The hooks as a front-end calls them: each in a process of its own, around small backends."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pyproject_hooks import BuildBackendHookCaller

from winarm.backend import HOOKS
from winarm.host import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    MakeFrontEnd = Callable[..., "FrontEnd"]

#: Notes what it is called with and where it runs; returns something that tells the target.
BACKEND = """\
import json, os, sys
def note(hook, *given):
    with open("calls.json", "a") as file:
        file.write(json.dumps([hook, os.getpid() == os.getppid(), given]) + "\\n")
def get_requires_for_build_wheel(config_settings=None):
    note("get_requires_for_build_wheel", config_settings)
    return ["needed-on-" + sys.platform]
def get_requires_for_build_sdist(config_settings=None):
    note("get_requires_for_build_sdist", config_settings)
    return ["sdist-needs-" + sys.platform]
def get_requires_for_build_editable(config_settings=None):
    note("get_requires_for_build_editable", config_settings)
    return ["editable-needs"]
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    note("prepare_metadata_for_build_wheel", config_settings)
    os.mkdir(os.path.join(folder, f"sample-{os.name}.dist-info"))
    return f"sample-{os.name}.dist-info"
def prepare_metadata_for_build_editable(folder, config_settings=None):
    note("prepare_metadata_for_build_editable", config_settings)
    os.mkdir(os.path.join(folder, "sample.dist-info"))
    return "sample.dist-info"
def build_wheel(folder, config_settings=None, metadata_directory=None):
    note("build_wheel", config_settings, metadata_directory)
    return "sample.whl"
def build_sdist(folder, config_settings=None):
    note("build_sdist", config_settings)
    return "sample-" + sys.platform + ".tar.gz"
def build_editable(folder, config_settings=None, metadata_directory=None):
    note("build_editable", config_settings, metadata_directory)
    return "sample.whl"
"""

PYPROJECT = """\
[build-system]
requires = ["winarm"{requires}]
build-backend = "winarm.backend"
[tool.winarm]
build-backend = "{backend}"
{path}
"""
FOREIGN = {"WINARM_TARGET": "win_arm64"}
#: Of a version that there is not.
NO_TOOLCHAIN = {"WINARM_TOOLCHAIN": "zig", "WINARM_TOOLCHAIN_VERSION": "0.99"}


class HookFailedError(Exception):
    """The process of a hook ended badly."""


@dataclass
class FrontEnd:
    """Calls hooks as pip and build do, each in a process of its own."""

    project: Path
    environ: dict[str, str]
    status: int = 0
    output: str = ""

    def call(
        self, hook: str, *arguments: object, backend: str = "winarm.backend", **variables: str
    ) -> Any:  # noqa: ANN401 - whatever the hook returns
        path = ["tools"] if backend == "inner" else None
        caller = BuildBackendHookCaller(
            str(self.project), backend, backend_path=path, runner=self._runner(variables)
        )
        return getattr(caller, hook)(*arguments)

    def fails(self, hook: str, *arguments: object, **variables: str) -> str:
        """Call a hook that must end in winarm's own words; return them."""
        with pytest.raises(HookFailedError):
            self.call(hook, *arguments, **variables)
        assert "Traceback" not in self.output
        said = self.output.rpartition("winarm: error: ")
        assert said[1], self.output
        return said[2]

    def says(self, code: str, **variables: str) -> str:
        self._run([sys.executable, "-c", code], {**self.environ, **variables})
        assert self.status == 0, self.output
        return self.output.strip()

    @property
    def calls(self) -> list[list[Any]]:
        path = self.project / "calls.json"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _runner(self, variables: Mapping[str, str]) -> Callable[..., None]:
        def run(
            argv: Sequence[str],
            cwd: str | None = None,
            extra_environ: Mapping[str, str] | None = None,
        ) -> None:
            self._run(argv, {**self.environ, **variables, **(extra_environ or {})})
            if self.status:
                raise HookFailedError(self.output)

        return run

    def _run(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        done = subprocess.run(
            argv,
            cwd=self.project,
            env=dict(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.status, self.output = done.returncode, done.stdout


@pytest.fixture
def front_end(tmp_path: Path, shared_folder: Path, clean_environ: dict[str, str]) -> MakeFrontEnd:
    """Make a project around a backend of its own; hooks may be left out of it, or others named."""

    def make(
        *without: str, backend: str = "inner", requires: str = "", code: str = BACKEND
    ) -> FrontEnd:
        project = tmp_path / "project"
        (project / "tools").mkdir(parents=True)
        removed = "".join(f"del {name}\n" for name in without)
        (project / "tools" / "inner.py").write_text(code + removed)
        path = 'backend-path = ["tools"]' if backend == "inner" else ""
        (project / "pyproject.toml").write_text(
            PYPROJECT.format(backend=backend, path=path, requires=requires)
        )
        # One for all, since the first build with zig makes its tools.
        environ = {**clean_environ, "WINARM_CACHE_DIR": str(shared_folder / "cache-of-hooks")}
        return FrontEnd(project, environ)

    return make


@pytest.fixture
def passed(front_end: MakeFrontEnd) -> FrontEnd:
    return front_end()


WITH_FOLDER = [hook for hook in HOOKS if not hook.startswith("get_requires")]


class TestPassThrough:
    @pytest.mark.parametrize("hook", HOOKS)
    def test_the_result_is_the_inner_backends(
        self, passed: FrontEnd, tmp_path: Path, hook: str
    ) -> None:
        folders = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            folders.append([str(tmp_path / name)] if hook in WITH_FOLDER else [])
        settings = {"a": "b", "c": ["d", "e"]}

        through = passed.call(hook, *folders[0], settings)
        straight = passed.call(hook, *folders[1], settings, backend="inner")

        assert through == straight
        one, two = passed.calls
        assert one == two

    def test_the_inner_backend_runs_in_the_process_of_the_hook(
        self, front_end: MakeFrontEnd
    ) -> None:
        code = BACKEND + "import atexit\natexit.register(lambda: print('the same process'))\n"
        front = front_end(code=code)

        said = front.says("from winarm import backend; backend.build_sdist('.'); print('after')")

        assert said.splitlines() == ["after", "the same process"]

    @pytest.mark.parametrize(
        ("given", "got"),
        [
            (None, None),
            ({}, {}),
            ({"a": "b", "winarm.verbose": "1"}, {"a": "b"}),
            ({"winarm.jobs": "2"}, {}),
            (
                {"winarmed": "x", "--global-option": ["y"]},
                {"winarmed": "x", "--global-option": ["y"]},
            ),
        ],
    )
    def test_it_gets_the_settings_that_are_not_winarms(
        self, passed: FrontEnd, given: object, got: object
    ) -> None:
        passed.says(f"from winarm import backend; backend.build_sdist('.', {given!r})")

        assert passed.calls[0][2] == [got]

    def test_its_errors_are_its_own(self, front_end: MakeFrontEnd) -> None:
        front = front_end(code=BACKEND + "def build_sdist(*_): raise ValueError('my own words')\n")

        with pytest.raises(HookFailedError):
            front.call("build_sdist", ".")

        assert "ValueError: my own words" in front.output
        assert "winarm: error" not in front.output

    def test_metadata_that_was_made_reaches_it(self, passed: FrontEnd, tmp_path: Path) -> None:
        made = tmp_path / "made"
        made.mkdir()

        passed.call("build_wheel", str(tmp_path), None, str(made))

        assert passed.calls[0][2] == [None, str(made)]

    def test_a_wheel_of_setuptools_is_the_same_to_the_byte(
        self, front_end: MakeFrontEnd, tmp_path: Path
    ) -> None:
        front = front_end(backend="setuptools.build_meta", requires=', "setuptools"')
        (front.project / "sample.py").write_text("x = 1\n")
        with (front.project / "pyproject.toml").open("a") as file:
            file.write("[project]\nname='sample'\nversion='1'\n[tool.setuptools]\n")
            file.write("py-modules = ['sample']\n")
        front.environ["SOURCE_DATE_EPOCH"] = "1700000000"
        wheels = []
        for backend in ("winarm.backend", "setuptools.build_meta"):
            folder = tmp_path / backend
            folder.mkdir()
            name = front.call("build_wheel", str(folder), backend=backend)
            wheels.append((folder / name).read_bytes())

        assert wheels[0] == wheels[1]

    def test_on_windows_a_wheel_is_delivered_whatever_is_found_in_it(
        self, front_end: MakeFrontEnd, tmp_path: Path
    ) -> None:
        code = BACKEND + (
            "import zipfile\n"
            "def build_wheel(folder, config_settings=None, metadata_directory=None):\n"
            "    name = 'sample-1-cp313-cp313-win_arm64.whl'\n"
            "    with zipfile.ZipFile(os.path.join(folder, name), 'w') as wheel:\n"
            "        wheel.writestr('sample.cp313-win_arm64.pyd', 'no image')\n"
            "    return name\n"
        )
        front = front_end(code=code)

        name = front.call("build_wheel", str(tmp_path), _PYTHON_HOST_PLATFORM="win-arm64")

        assert name == "sample-1-cp313-cp313-win_arm64.whl"
        assert zipfile.is_zipfile(tmp_path / name)
        assert f"winarm: {name}: WA" in front.output

    @pytest.mark.parametrize(
        "variables",
        [{"WINARM_TARGET": ""}, {"VSCMD_ARG_TGT_ARCH": ""}, {"VSCMD_ARG_TGT_ARCH": "x64"}],
        ids=str,
    )
    def test_an_empty_or_another_target_is_none(
        self, passed: FrontEnd, variables: dict[str, str]
    ) -> None:
        assert passed.call("get_requires_for_build_wheel", **variables) == [
            f"needed-on-{sys.platform}"
        ]


class TestWhichHooksThereAre:
    ASK = (
        "from winarm import backend\n"
        "print(*[hook for hook in backend.HOOKS if hasattr(backend, hook)])"
    )

    @pytest.mark.parametrize(
        "without",
        [
            (),
            ("prepare_metadata_for_build_wheel", "build_editable"),
            tuple(hook for hook in HOOKS if hook not in {"build_wheel", "build_sdist"}),
        ],
        ids=["all", "some", "mandatory"],
    )
    @pytest.mark.parametrize("variables", [{}, FOREIGN], ids=["host", "foreign"])
    def test_exactly_the_inner_backends(
        self, front_end: MakeFrontEnd, without: tuple[str, ...], variables: dict[str, str]
    ) -> None:
        front = front_end(*without)

        there = set(front.says(self.ASK, **variables).split())

        # winarm itself may need something for a wheel.
        assert there == {*HOOKS, "get_requires_for_build_wheel"} - {
            hook for hook in without if hook != "get_requires_for_build_wheel"
        }

    def test_without_its_own_the_requirements_are_none(self, front_end: MakeFrontEnd) -> None:
        front = front_end("get_requires_for_build_wheel")

        assert front.call("get_requires_for_build_wheel") == []

    def test_what_is_no_hook_is_not_there(self, passed: FrontEnd) -> None:
        said = passed.says(
            "from winarm import backend\n"
            "print(hasattr(backend, 'other'), 'build_wheel' in dir(backend))"
        )

        assert said == "False True"


class TestForeignTarget:
    @pytest.mark.parametrize(
        ("variables", "settings"),
        [
            (FOREIGN, None),
            ({"VSCMD_ARG_TGT_ARCH": "arm64"}, None),
            ({}, {"winarm.target": "win-arm64"}),
            ({"WINARM_TARGET": "win_arm64", "VSCMD_ARG_TGT_ARCH": "x64"}, None),
        ],
        ids=["variable", "prompt", "config setting", "variable over prompt"],
    )
    def test_requirements_are_asked_in_its_view(
        self, passed: FrontEnd, variables: dict[str, str], settings: dict[str, str] | None
    ) -> None:
        needed = passed.call("get_requires_for_build_wheel", settings, **variables)

        assert needed[-1] == "needed-on-win32"
        assert passed.calls[0][2][0] in (None, {})

    def test_metadata_is_made_in_its_view_and_needs_no_toolchain(
        self, passed: FrontEnd, tmp_path: Path
    ) -> None:
        name = passed.call(
            "prepare_metadata_for_build_wheel", str(tmp_path), {"a": "b"}, **FOREIGN, **NO_TOOLCHAIN
        )

        assert name == "sample-nt.dist-info"
        assert (tmp_path / name).is_dir()
        assert passed.calls[0][2] == [{"a": "b"}]

    @pytest.mark.parametrize(
        ("variables", "answer"), [({}, "with CC"), (NO_TOOLCHAIN, "without CC")]
    )
    def test_a_project_that_configures_in_every_hook_finds_the_toolchain_that_there_is(
        self, front_end: MakeFrontEnd, variables: dict[str, str], answer: str
    ) -> None:
        asks = '"with CC" if "CC" in os.environ else "without CC"'
        front = front_end(code=BACKEND.replace('"needed-on-" + sys.platform', asks))

        assert front.call("get_requires_for_build_wheel", **FOREIGN, **variables)[-1] == answer

    def test_a_project_that_requires_numpy_gets_what_fetches_its_headers(
        self, front_end: MakeFrontEnd
    ) -> None:
        front = front_end(requires=', "NumPy>=2"')

        assert "unearth" in front.call("get_requires_for_build_wheel", **FOREIGN)

    def test_an_sdist_has_no_target(self, passed: FrontEnd, tmp_path: Path) -> None:
        settings = {"winarm.target": "win_arm64", "a": "b"}

        name = passed.call("build_sdist", str(tmp_path), settings, **FOREIGN)
        needed = passed.call("get_requires_for_build_sdist", settings, **FOREIGN)

        assert name == f"sample-{sys.platform}.tar.gz"
        assert needed == [f"sdist-needs-{sys.platform}"]
        assert [call[2] for call in passed.calls] == [[{"a": "b"}]] * 2

    @pytest.mark.parametrize("hook", [hook for hook in HOOKS if hook.endswith("editable")])
    def test_an_editable_build_is_a_clear_error(
        self, passed: FrontEnd, tmp_path: Path, hook: str
    ) -> None:
        said = passed.fails(hook, *([str(tmp_path)] if hook in WITH_FOLDER else []), **FOREIGN)

        assert "an editable install cannot be made for win_arm64" in said
        assert passed.status == 1

    def test_a_hook_that_fails_in_the_child_shows_its_words(self, front_end: MakeFrontEnd) -> None:
        code = BACKEND + "def get_requires_for_build_wheel(c): raise ValueError('my own words')\n"
        front = front_end(code=code)

        with pytest.raises(HookFailedError):
            front.call("get_requires_for_build_wheel", **FOREIGN)

        assert "ValueError: my own words" in front.output
        assert front.output.count("Traceback") == 1
        *_, before, last = front.output.rstrip().splitlines()
        assert before == (
            "winarm: error: the build backend inner failed in get_requires_for_build_wheel:"
        )
        assert last == "ValueError: my own words"

    def test_a_pure_wheel_is_built_as_ever_and_says_so(
        self, front_end: MakeFrontEnd, tmp_path: Path
    ) -> None:
        front = front_end(backend="setuptools.build_meta", requires=', "setuptools"')
        (front.project / "sample.py").write_text("x = 1\n")
        (front.project / "setup.py").write_text(
            "from setuptools import setup\nsetup(name='sample', version='1', py_modules=['sample'])"
        )

        name = front.call("build_wheel", str(tmp_path), **FOREIGN)

        assert name == "sample-1-py3-none-any.whl"
        assert zipfile.is_zipfile(tmp_path / name)
        assert "sample-1-py3-none-any.whl: pure Python" in front.output

    def test_the_inner_backend_is_never_imported_in_our_process(
        self, front_end: MakeFrontEnd, tmp_path: Path
    ) -> None:
        code = BACKEND + "open('imported', 'a').write(f'{sys.platform} ')\n"
        front = front_end(code=code)

        hooks = [hook for hook in HOOKS if not hook.endswith("sdist")]
        front.says(f"from winarm import backend; [hasattr(backend, h) for h in {hooks}]", **FOREIGN)
        front.call("get_requires_for_build_wheel", **FOREIGN)
        front.call("prepare_metadata_for_build_wheel", str(tmp_path), **FOREIGN)

        assert set((front.project / "imported").read_text().split()) == {"win32"}

    def test_another_target_than_arm64_is_refused_in_one_sentence(
        self, passed: FrontEnd, tmp_path: Path
    ) -> None:
        said = passed.fails("build_wheel", str(tmp_path), WINARM_TARGET="win_amd64")

        assert said.startswith("winarm builds for win_arm64, not for win_amd64")
        assert len(said.strip().splitlines()) == 1
        assert passed.status == 2


class TestABackendThatIsNotThere:
    @pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
    def test_is_asked_for_where_winarm_knows_what_it_is_called(
        self, front_end: MakeFrontEnd, kind: str
    ) -> None:
        front = front_end(backend="flit_core.not_there")
        front.environ["PYTHONPATH"] = str(hiding(front.project, "flit_core"))

        assert front.call(f"get_requires_for_build_{kind}") == ["flit-core"]

    @pytest.mark.parametrize("hook", ["build_wheel", "build_sdist"])
    def test_is_a_clear_error_when_it_is_to_build(
        self, front_end: MakeFrontEnd, tmp_path: Path, hook: str
    ) -> None:
        front = front_end(backend="flit_core.not_there")
        front.environ["PYTHONPATH"] = str(hiding(front.project, "flit_core"))

        said = front.fails(hook, str(tmp_path))

        assert "the build backend flit_core.not_there cannot be imported" in said
        assert front.status == 1

    @pytest.mark.parametrize("variables", [{}, FOREIGN], ids=["host", "foreign"])
    def test_one_that_nobody_knows_is_a_clear_error(
        self, front_end: MakeFrontEnd, tmp_path: Path, variables: dict[str, str]
    ) -> None:
        front = front_end(backend="nobody.knows")

        said = front.fails("get_requires_for_build_wheel", **variables)

        assert "the build backend nobody.knows cannot be imported" in said
        assert "[build-system] requires" in said


def hiding(folder: Path, name: str) -> Path:
    """Return a folder whose sitecustomize hides an installed package."""
    place = folder / "hiding"
    place.mkdir()
    (place / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "real = PathFinder.find_spec\n"
        "def find_spec(name, path=None, target=None):\n"
        f"    return None if name.partition('.')[0] == {name!r} else real(name, path, target)\n"
        "PathFinder.find_spec = find_spec\n"
    )
    return place


class TestMistakes:
    def test_a_wrong_setting_ends_with_status_2(self, passed: FrontEnd, tmp_path: Path) -> None:
        said = passed.fails("build_wheel", str(tmp_path), {"winarm.jobs": "x", "winarm.joobs": "1"})

        assert "winarm.jobs" in said
        assert "did you mean 'winarm.jobs'" in said
        assert passed.status == 2

    def test_a_broken_pyproject_ends_in_one_message(self, passed: FrontEnd) -> None:
        (passed.project / "pyproject.toml").write_text("[build-system\n")

        said = passed.fails("build_wheel", ".")

        assert "pyproject.toml" in said
        assert passed.status == 1

    def test_an_unknown_target_is_named(self, passed: FrontEnd) -> None:
        said = passed.fails("get_requires_for_build_wheel", WINARM_TARGET="win_arm65")

        assert "WINARM_TARGET" in said
        assert passed.status == 2


def test_importing_the_backend_costs_little() -> None:
    code = (
        "import sys, winarm.backend\n"
        "heavy = {'rich', 'pefile', 'packaging', 'winarm.pipeline.wheel', "
        "'winarm.host', 'subprocess'}\n"
        "print(*sorted(heavy & {*sys.modules}))"
    )
    environ = dict(Host.current().environ)

    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == ""
