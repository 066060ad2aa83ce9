"""What goes wrong in a CMake build ends in one clear message and in no wheel."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cmake_builds import HEAD, MODULE, Built

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]
    RunOnArm64 = Callable[[Path, Path], subprocess.CompletedProcess[str]]
    Project = Callable[..., Path]
    Lacking = Callable[[str, str], object]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.cmake]

BAD = {
    "error": (HEAD + 'message(FATAL_ERROR "this is wrong")\n', "", "CMakeLists.txt:3 (message)"),
    "platform": (HEAD, 'cmake.args = ["-A", "x64"]', "`-A x64`"),
    "generator": (HEAD, 'cmake.args = ["-GVisual Studio 17 2022"]', "Visual Studio 17 2022"),
    "try_run": (
        HEAD + "try_run(RAN MADE ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/main.c)\n",
        "",
        "-C cmake.define.RAN=VALUE",
    ),
    "runs": (
        HEAD
        + "include(CheckCSourceRuns)\n"
        + 'check_c_source_runs("int main(void) { return 0; }" RUNS)\n',
        "",
        "-C cmake.define.RUNS_EXITCODE=VALUE",
    ),
    "fetch": (
        HEAD
        + "include(FetchContent)\n"
        + "FetchContent_Declare(lib_spam GIT_REPOSITORY https://winarm.invalid/spam.git)\n"
        + "FetchContent_MakeAvailable(lib_spam)\n",
        "",
        "-C cmake.define.FETCHCONTENT_SOURCE_DIR_LIB_SPAM=DIR",
    ),
    "missing": (HEAD + "find_package(ZLIB REQUIRED)\n", "", "ZLIB is not there"),
    "refused": (
        HEAD + MODULE + "target_compile_options(spam PRIVATE /EHa)\n",
        "",
        "-C winarm.drop-flags=/EHa",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_ends_in_one_clear_message(
    case: str, project: Project, build: Callable[..., Built], tmp_path: Path
) -> None:
    if case == "generator" and sys.platform == "win32":
        pytest.skip("that generator may be here")
    cmakelists, settings, words = BAD[case]

    # The newest CMake: 3.25.1 crashes in try_run.
    settings = f'cmake.version = ">=4"\n{settings}'

    built = build(project(cmakelists, settings=settings, main__c="int main(void) { return 0; }"))

    assert built.status == 1
    assert words in built.said, built.said
    assert "Traceback" not in built.said
    assert not list((tmp_path / "wheels").glob("*"))


def test_cmakes_error_comes_first(project: Project, build: Callable[..., Built]) -> None:
    lines = "".join(f'message(STATUS "line {number}")\n' for number in range(100))
    cmakelists = f'{HEAD}message(SEND_ERROR "this is wrong")\n{lines}'

    said = build(project(cmakelists)).said

    summary = said[said.rindex("CMake Error at CMakeLists.txt:3 (message):") :]
    assert "this is wrong" in summary.splitlines()[1]
    assert summary.index("this is wrong") < summary.index("line 99")


def test_libraries_of_the_host_are_named(
    project: Project, build: Callable[..., Built], tmp_path: Path, lacking: Lacking
) -> None:
    found = sorted(Path("/usr/lib").glob("gcc/x86_64-linux-gnu/*/libgcc.a"))
    if not found:
        lacking("static library of an x86-64 Linux", "apt-get install gcc")
    source = project(
        HEAD
        + MODULE.replace("spam.c", "empty.c")
        + f"target_link_libraries(spam PRIVATE {found[0]})\n",
        empty__c="int nothing(void) { return 0; }\n",
    )

    built = build(source)

    assert built.status == 1
    assert f"{found[0]}, a library of this machine" in built.said
    assert not list((tmp_path / "wheels").glob("*"))


def test_libraries_of_another_windows_are_named(
    project: Project, build: Callable[..., Built], tmp_path: Path
) -> None:
    zig = Path(pytest.importorskip("ziglang").__file__).with_name("zig")
    (tmp_path / "deps.c").write_text("int answer(void) { return 42; }\n")
    command = ("cc", "-target", "x86_64-windows-gnu", "-c", "deps.c", "-o", "deps.obj")
    subprocess.run([zig, *command], cwd=tmp_path, check=True)
    subprocess.run([zig, "ar", "rcs", "deps.lib", "deps.obj"], cwd=tmp_path, check=True)
    source = project(
        HEAD
        + MODULE.replace("spam.c", "use.c")
        + f"target_link_libraries(spam PRIVATE {tmp_path.as_posix()}/deps.lib)\n",
        use__c="int answer(void);\nint use(void) { return answer(); }\n",
    )

    built = build(source)

    assert built.status == 1
    assert re.search(r"deps\.lib, which holds code of another machine", built.said), built.said
    assert not list((tmp_path / "wheels").glob("*"))


def test_program_that_a_build_wants_to_run_is_explained(
    project: Project, build: Callable[..., Built]
) -> None:
    source = project(
        HEAD
        + """
add_executable(table table.c)
add_custom_command(OUTPUT made.c COMMAND table > made.c DEPENDS table)
add_library(spam MODULE made.c)
install(TARGETS spam DESTINATION .)
""",
        table__c="int main(void) { return 0; }\n",
    )

    built = build(source)

    assert built.status == 1
    assert re.search("made table for the target", built.said)
