"""The workflow and the actions for other projects: their shell steps, run with fake programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

GITHUB = Path(__file__).parents[1] / ".github"

#: Writes down the words that it is called with, one a line, and an empty line after each call.
RECORDER = '#!/bin/bash\nprintf "%s\\n" "${0##*/}" "$@" "" >>"$RECORD"\n'

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")


def document(path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((GITHUB / path).read_text("utf-8"))
    return loaded


def step(steps: list[dict[str, Any]], name: str) -> str:
    return str(next(each for each in steps if each.get("name") == name)["run"])


def build_step(name: str) -> str:
    return step(document("workflows/winarm-wheel.yml")["jobs"]["build"]["steps"], name)


def run_step(
    script: str, folder: Path, programs: tuple[str, ...] = (), **variables: str
) -> list[list[str]]:
    """Run a step as the runner does and return the command lines that it called."""
    bin_folder, record = folder / "bin", folder / "record"
    bin_folder.mkdir(exist_ok=True)
    for program in programs:
        (bin_folder / program).write_text(RECORDER)
        (bin_folder / program).chmod(0o755)
    environ = {
        **os.environ,
        "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
        "RECORD": str(record),
        **variables,
    }
    options = ["--noprofile", "--norc", "-eo", "pipefail", "-c"]
    subprocess.run(["bash", *options, script], cwd=folder, env=environ, check=True)
    calls = record.read_text().split("\n\n") if record.exists() else []
    return [call.splitlines() for call in calls if call]


def test_one_build_makes_the_wheels_of_all_pythons(tmp_path: Path) -> None:
    calls = run_step(
        build_step("Build and verify"),
        tmp_path,
        ("uv", "winarm"),
        SOURCE="my project",
        PYTHONS="3.12 3.13t",
        ABI3="false",
        CONFIG_SETTINGS="cmake.define.A=1 2\n\nwinarm.jobs=1\n",
        ENVIRONMENT="",
    )

    assert calls == [
        ["uv", "python", "install", "--no-bin", "3.12"],
        ["uv", "python", "install", "--no-bin", "3.13t"],
        [
            *("winarm", "build", "my project", "--python", "3.12", "--python", "3.13t"),
            *("-C", "cmake.define.A=1 2", "-C", "winarm.jobs=1", "-o", "dist"),
        ],
    ]


def test_an_abi3_wheel_is_built_once(tmp_path: Path) -> None:
    *_, build = run_step(
        build_step("Build and verify"),
        tmp_path,
        ("uv", "winarm"),
        SOURCE=".",
        PYTHONS="3.11 3.12",
        ABI3="true",
        CONFIG_SETTINGS="",
        ENVIRONMENT="",
    )

    assert build == ["winarm", "build", ".", "--python", "3.11", "-o", "dist"]


def test_variables_of_the_build_reach_it_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    winarm = tmp_path / "bin/winarm"
    winarm.write_text('#!/bin/bash\nprintf "%s" "$SPAM" >spam\n')
    winarm.chmod(0o755)

    run_step(
        build_step("Build and verify"),
        tmp_path,
        ("uv",),
        SOURCE=".",
        PYTHONS="3.13",
        ABI3="false",
        CONFIG_SETTINGS="",
        ENVIRONMENT="SPAM=$(touch x) 'a' = b",
    )

    assert (tmp_path / "spam").read_text() == "$(touch x) 'a' = b"
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("wheels", "pythons", "tests"),
    [
        (["cp313-cp313-win_arm64"], "3.13", ["3.13"]),
        # A Python that was not built for is not tested with.
        (["cp312-cp312-win_arm64"], "3.12 3.13", ["3.12"]),
        (["cp313-cp313t-win_arm64", "cp313-cp313-win_arm64"], "3.13 3.13t", ["3.13", "3.13t"]),
        (["cp312-abi3-win_arm64"], "3.11 3.12 3.15 3.14t", ["3.12", "3.15"]),
        (["cp315-abi3.abi3t-win_arm64"], "3.14 3.15", ["3.15"]),
        (["py3-none-any"], "3.11 3.13", ["3.11", "3.13"]),
    ],
)
def test_each_python_gets_the_wheel_that_it_can_import(
    tmp_path: Path, wheels: list[str], pythons: str, tests: list[str]
) -> None:
    (tmp_path / "dist").mkdir()
    for tags in wheels:
        (tmp_path / "dist" / f"spam-1.0-{tags}.whl").write_bytes(b"")
    output = tmp_path / "output"

    run_step(
        build_step("List what is to be tested with what"),
        tmp_path,
        GITHUB_OUTPUT=str(output),
        PYTHONS=pythons,
    )

    found = json.loads(output.read_text().removeprefix("tests="))
    assert sorted(each["python"] for each in found) == tests


def test_tests_run_outside_the_checkout_with_its_path(tmp_path: Path) -> None:
    steps = document("workflows/winarm-wheel.yml")["jobs"]["test"]["steps"]
    temporary = tmp_path / "temp"
    temporary.mkdir()

    run_step(
        step(steps, "Test"),
        tmp_path,
        RUNNER_TEMP=str(temporary),
        COMMAND='printf "%s" {project}/tests >where',
    )

    assert (temporary / "where").read_text() == f"{tmp_path}/project/tests"


def test_a_failing_test_fails_the_step(tmp_path: Path) -> None:
    steps = document("workflows/winarm-wheel.yml")["jobs"]["test"]["steps"]

    with pytest.raises(subprocess.CalledProcessError):
        run_step(step(steps, "Test"), tmp_path, RUNNER_TEMP=str(tmp_path), COMMAND="false; true")


def test_what_the_tests_need_is_installed_with_the_wheel(tmp_path: Path) -> None:
    steps = document("workflows/winarm-wheel.yml")["jobs"]["test"]["steps"]

    calls = run_step(
        step(steps, "Install the wheel and what its tests need"),
        tmp_path,
        ("python",),
        WHEEL="spam-1.0-cp313-cp313-win_arm64.whl",
        EXTRAS="fast,cli",
        REQUIRES="pytest>=8 trio",
    )

    wheel = "dist/spam-1.0-cp313-cp313-win_arm64.whl[fast,cli]"
    assert calls == [["python", "-m", "pip", "install", wheel, "pytest>=8", "trio"]]


def test_the_action_verifies_what_it_is_given(tmp_path: Path) -> None:
    steps = document("actions/verify/action.yml")["runs"]["steps"]

    calls = run_step(
        step(steps, "Verify"),
        tmp_path,
        ("winarm",),
        PATHS="dist\nmy wheels",
        TARGET="auto",
        OPTIONS="--fail-on\nwarning",
    )

    options = ["--format", "github", "--target", "auto", "--fail-on", "warning"]
    assert calls == [["winarm", "verify", *options, "dist", "my wheels"]]


def test_the_workflow_uses_the_actions_of_its_own_version() -> None:
    texts = [path.read_text("utf-8") for path in GITHUB.rglob("*.yml")]

    named = {name for text in texts for name in re.findall(r"winarm/winarm/\S+@v(\S+)", text)}

    assert named == {version("winarm")}


@pytest.mark.integration
@pytest.mark.builds
def test_the_setup_action_installs_the_winarm_of_its_checkout(tmp_path: Path) -> None:
    path, output = tmp_path / "path", tmp_path / "output"
    environ = {
        **os.environ,
        "PYTHON": shutil.which("python3") or "python3",
        "RUNNER_TEMP": str(tmp_path),
        "RUNNER_OS": "Linux",
        "GITHUB_PATH": str(path),
        "GITHUB_OUTPUT": str(output),
    }

    subprocess.run(["bash", GITHUB / "actions/setup/install.sh"], env=environ, check=True)

    added = path.read_text().strip()
    done = subprocess.run(
        ["winarm", "--version"],
        env={**os.environ, "PATH": f"{added}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"winarm {version('winarm')}\n"
    assert output.read_text().splitlines()[0] == f"version={version('winarm')}"


def wheelhouse_step(job: str, name: str) -> str:
    return step(document("workflows/winarm-wheelhouse.yml")["jobs"][job]["steps"], name)


@pytest.mark.parametrize(
    ("requirements", "settings", "words"),
    [
        ("requirements.txt", "", ["-r", "requirements.txt"]),
        ("uv.lock", "", ["uv.lock"]),
        ("a b.txt", "w.toml", ["-r", "a b.txt", "--settings", "w.toml"]),
    ],
)
def test_a_wheelhouse_is_planned_for_a_matrix(
    tmp_path: Path, requirements: str, settings: str, words: list[str]
) -> None:
    plan = {"fetch": ["numpy", "idna"], "build": ["annoy"]}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    output = tmp_path / "output"

    calls = run_step(
        wheelhouse_step("plan", "Compute what is to be fetched and built"),
        tmp_path,
        ("winarm",),
        REQUIREMENTS=requirements,
        PYTHON="3.13",
        SETTINGS=settings,
        GITHUB_OUTPUT=str(output),
    )

    assert calls == [["winarm", "wheelhouse", "--python", "3.13", "--plan", "plan.json", *words]]
    assert output.read_text() == 'fetch=numpy idna\nbuild=["annoy"]\n'


def test_a_part_of_a_wheelhouse_is_fetched_by_its_names(tmp_path: Path) -> None:
    calls = run_step(wheelhouse_step("fetch", "Fetch"), tmp_path, ("winarm",), NAMES="numpy idna")

    (call,) = calls
    words = "winarm wheelhouse --plan plan.json --only numpy --only idna -o part"
    assert call == words.split()


def test_a_package_of_a_wheelhouse_is_built_alone(tmp_path: Path) -> None:
    calls = run_step(
        wheelhouse_step("build", "Build"),
        tmp_path,
        ("winarm", "uv"),
        PACKAGE="annoy",
        PYTHON="3.13",
    )

    assert calls == [
        ["uv", "python", "install", "--no-bin", "3.13"],
        ["winarm", "wheelhouse", "--plan", "plan.json", "--only", "annoy", "-o", "part"],
    ]


def test_parts_of_a_wheelhouse_are_merged(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / "parts" / name).mkdir(parents=True)

    (call,) = run_step(
        wheelhouse_step("merge", "Put the parts together, and fail if one is missing"),
        tmp_path,
        ("winarm",),
    )

    words = "winarm wheelhouse --plan plan.json --merge parts/one parts/two -o wheelhouse"
    assert call == words.split()
