"""Every example, built as its maintainer would, with winarm's own wheel from a local index."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Once = Callable[[str, Callable[[Path], None]], Path]
    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Fetch = Callable[[tuple[str, ...], Path], None]
    Machines = Callable[[Path], dict[str, int]]

pytestmark = [pytest.mark.integration, pytest.mark.network]

ARM64 = 0xAA64

#: A folder of wheels that another machine cross-built, to be tried on this one.
FOREIGN_WHEELS = "WINARM_TEST_WHEELS"


@dataclass(frozen=True)
class Example:
    """A folder of `examples`, and what its wheel must be called and hold."""

    folder: str
    module: str
    #: With the tag of the Python that builds for `{tag}`.
    wheel: str
    image: str
    #: What it needs on the target beside itself.
    requires: tuple[str, ...] = ()

    @classmethod
    def tagged(cls, folder: str, module: str) -> Example:
        wheel = f"{module}-1.0.0-{{tag}}-{{tag}}-win_arm64.whl"
        return cls(folder, module, wheel, f"{module}/_{module}.{{tag}}-win_arm64.pyd")


EXAMPLES = (
    Example.tagged("setuptools-c", "fnv1a"),
    Example.tagged("setuptools-cpp", "wordcount"),
    Example(
        "setuptools-abi3",
        "hamming",
        "hamming-1.0.0-cp311-abi3-win_arm64.whl",
        "hamming/_hamming.pyd",
    ),
    Example.tagged("setuptools-cython", "editdistance"),
    # cffi asks for the stable ABI by itself; the wheel's tag is setuptools' own.
    Example(
        "setuptools-cffi",
        "crc16",
        "crc16-1.0.0-{tag}-{tag}-win_arm64.whl",
        "crc16/_crc16.pyd",
        ("cffi>=2",),
    ),
)
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.folder)


@pytest.fixture(scope="session")
def copied(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Example], Path]:
    """Copy an example, so that a build leaves nothing in the tree."""

    def copy(example: Example) -> Path:
        to = tmp_path_factory.mktemp("source") / example.folder
        return Path(shutil.copytree(repository / "examples" / example.folder, to))

    return copy


@pytest.fixture(scope="session")
def built(
    once: Once,
    copied: Callable[[Example], Path],
    request: pytest.FixtureRequest,
) -> Callable[[Example], Path]:
    """Build an example with `python -m build`, once; return its only wheel."""

    def build(example: Example) -> Path:
        run: Run = request.getfixturevalue("run")
        front_ends: Path = request.getfixturevalue("front_ends")
        index_environ: dict[str, str] = request.getfixturevalue("index_environ")

        def fill(folder: Path) -> None:
            # uv unpacks ziglang's 20,000 files once; with pip, see the test of `pip wheel`.
            done = run(
                *(front_ends / "python", "-m", "build", "--installer", "uv", "--wheel"),
                *("-o", folder, copied(example)),
                environ={**index_environ, "WINARM_TARGET": "win_arm64"},
            )
            assert done.returncode == 0, done.stdout

        return only_wheel(once(f"built-{example.folder}", fill))

    return build


def only_wheel(folder: Path) -> Path:
    (wheel,) = folder.iterdir()
    return wheel


@every_example
def test_build_makes_a_wheel_for_the_target(
    example: Example,
    built: Callable[[Example], Path],
    interpreter_tag: str,
    machines: Machines,
) -> None:
    wheel = built(example)

    assert wheel.name == example.wheel.format(tag=interpreter_tag)
    assert machines(wheel) == {example.image.format(tag=interpreter_tag): ARM64}


@every_example
def test_built_wheel_verifies(
    example: Example, built: Callable[[Example], Path], winarm_command: str, run: Run
) -> None:
    verified = run(winarm_command, "verify", built(example))

    assert verified.returncode == 0, verified.stdout


def test_pip_wheel_builds_for_the_target(
    copied: Callable[[Example], Path],
    front_ends: Path,
    index_environ: dict[str, str],
    interpreter_tag: str,
    machines: Machines,
    run: Run,
    tmp_path: Path,
) -> None:
    done = run(
        *(front_ends / "python", "-m", "pip", "wheel", "--no-deps", "-w", tmp_path),
        copied(EXAMPLES[0]),
        environ={**index_environ, "WINARM_TARGET": "win_arm64"},
    )

    assert done.returncode == 0, done.stdout
    wheel = only_wheel(tmp_path)
    assert wheel.name == EXAMPLES[0].wheel.format(tag=interpreter_tag)
    assert set(machines(wheel).values()) == {ARM64}


def test_uv_build_builds_for_the_target_that_a_config_setting_names(
    copied: Callable[[Example], Path],
    front_ends: Path,
    index_environ: dict[str, str],
    interpreter_tag: str,
    machines: Machines,
    run: Run,
    tmp_path: Path,
) -> None:
    done = run(
        *(front_ends / "uv", "build", "--wheel", "--no-create-gitignore"),
        *("--python", front_ends / "python", "-C", "winarm.target=win_arm64", "-o", tmp_path),
        copied(EXAMPLES[1]),
        environ=index_environ,
    )

    assert done.returncode == 0, done.stdout
    wheel = only_wheel(tmp_path)
    assert wheel.name == EXAMPLES[1].wheel.format(tag=interpreter_tag)
    assert set(machines(wheel).values()) == {ARM64}


def test_without_a_target_the_wheel_is_for_this_machine(
    copied: Callable[[Example], Path],
    front_ends: Path,
    index_environ: dict[str, str],
    run: Run,
    tmp_path: Path,
) -> None:
    done = run(
        *(front_ends / "python", "-m", "build", "--wheel", "-o", tmp_path, copied(EXAMPLES[0])),
        environ=index_environ,
    )

    assert done.returncode == 0, done.stdout
    wheel = only_wheel(tmp_path)
    installed = run(front_ends / "python", "-m", "pip", "install", "--no-deps", "--dry-run", wheel)
    assert installed.returncode == 0, installed.stdout


@pytest.mark.arm64
@every_example
def test_wheel_works_on_the_target(
    example: Example,
    repository: Path,
    request: pytest.FixtureRequest,
    trial_environ: dict[str, str],
    winarm_command: str,
    run: Run,
) -> None:
    foreign = os.environ.get(FOREIGN_WHEELS)
    if foreign:
        (wheel,) = Path(foreign).glob(f"{example.module}-*.whl")
    else:
        request.getfixturevalue("matching_python")
        wheel = request.getfixturevalue("built")(example)
    script = repository / "examples" / example.folder / "tests" / f"test_{example.module}.py"
    requires = [word for requirement in example.requires for word in ("--requires", requirement)]

    said = run(
        *(winarm_command, "test", wheel, "--copy", script, *requires),
        *("--", "python", script.name),
        environ=trial_environ,
    )

    assert said.returncode == 0, said.stdout
    assert f"{example.module} works" in said.stdout
    assert ", tested " in said.stdout
