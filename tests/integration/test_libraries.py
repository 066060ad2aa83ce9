"""Examples that link native libraries, built against the prefix of tests/libraries."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.libraries]

#: Each example with its module and the library that it needs.
EXAMPLES = {
    "setuptools-zlib": ("adler", "zlib.h"),
    "cmake-sqlite": ("minisql", "sqlite3.h"),
    "meson-pkgconfig": ("pngsize", "png.h"),
}
every_example = pytest.mark.parametrize("example", EXAMPLES)
both_kinds = pytest.mark.parametrize("linkage", ["shared", "static"])


@pytest.fixture(scope="session")
def prefix() -> Path:
    named = os.environ.get("WINARM_TEST_PREFIX")
    if not named:
        pytest.skip("WINARM_TEST_PREFIX names no prefix; nox -s libraries makes one")
    return Path(named)


@pytest.fixture(scope="session")
def build(
    prefix: Path,
    repository: Path,
    building_python: Path,
    winarm_command: str,
    run: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, str], Path]:
    """Build an example with one kind of libraries."""
    made: dict[tuple[str, str], Path] = {}

    def build(example: str, linkage: str) -> Path:
        if not (prefix / "include" / EXAMPLES[example][1]).is_file():
            pytest.skip(f"the prefix lacks what {example} needs")
        if (example, linkage) not in made:
            folder = tmp_path_factory.mktemp("libraries")
            source = shutil.copytree(repository / "examples" / example, folder / "my project (x)")
            done = run(
                *(winarm_command, "build", source, "-o", folder / "dist"),
                *("--python", building_python),
                *("-C", f"winarm.prefix={prefix}", "-C", f"winarm.linkage={linkage}"),
            )
            assert done.returncode == 0, done.stdout
            (made[example, linkage],) = (folder / "dist").iterdir()
        return made[example, linkage]

    return build


@every_example
@both_kinds
def test_a_dll_is_in_the_wheel_only_where_libraries_are_shared(
    example: str, linkage: str, build: Callable[[str, str], Path]
) -> None:
    with zipfile.ZipFile(build(example, linkage)) as archive:
        names = archive.namelist()

    assert any(name.endswith(".dll") for name in names) is (linkage == "shared")
    assert any("/licenses/bundled/" in name for name in names) is (linkage == "shared")
    assert any(name.endswith("sboms/winarm.cdx.json") for name in names) is (linkage == "shared")


@pytest.mark.arm64
@every_example
@both_kinds
def test_the_wheel_works_on_the_target(
    example: str,
    linkage: str,
    request: pytest.FixtureRequest,
    repository: Path,
    run_on_arm64: RunOnArm64,
    tmp_path: Path,
) -> None:
    module = EXAMPLES[example][0]
    foreign = os.environ.get("WINARM_TEST_WHEELS")
    if foreign:
        # What another machine has built, with the default.
        if linkage == "static":
            pytest.skip("another machine builds with shared libraries alone")
        (wheel,) = Path(foreign).glob(f"{module}-*.whl")
    else:
        wheel = request.getfixturevalue("build")(example, linkage)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    script = repository / "examples" / example / "tests" / f"test_{module}.py"

    said = run_on_arm64(tmp_path / "site", script)

    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines()[-1:] == [f"{module} works"]
