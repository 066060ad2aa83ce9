"""What the child reads: everything, as JSON has it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.config import Settings
from winarm.pipeline.child_spec import (
    Workshop,
    answers,
    child_spec,
    compile_flags,
    link_flags,
    style_flags,
)
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, PythonABI
from winarm.target_python.target_python import TargetPython

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.environment.interpreter import Interpreter
    from winarm.locate.toolchain import Toolchain

CP313 = PythonABI(13)


@pytest.fixture
def spec(
    tmp_path: Path, make_interpreter: Callable[[PythonABI], Interpreter], fake_toolchain: Toolchain
) -> Callable[..., dict[str, Any]]:
    def make(
        abi: PythonABI = CP313, toolchain: Toolchain | None = fake_toolchain, **settings: object
    ) -> dict[str, Any]:
        python = TargetPython(abi, WIN_ARM64, Path("/t/include"), Path("/t/libs"), "a test")
        workshop = toolchain and Workshop(toolchain, python, {"include": "/t/numpy"})
        return child_spec(
            project=tmp_path / "project",
            scratch=tmp_path / "scratch",
            journal=tmp_path / "journal",
            target=WIN_ARM64,
            interpreter=make_interpreter(abi),
            settings=replace(Settings(), **settings),  # type: ignore[arg-type]
            workshop=workshop or None,
            instead_of={"/h/include": "/t/include"},
            jobs=3,
        )

    return make


def test_all_of_it_is_json(spec: Callable[..., dict[str, Any]]) -> None:
    made = spec()

    assert json.loads(json.dumps(made)) == made


def test_the_build_is_private(spec: Callable[..., dict[str, Any]], tmp_path: Path) -> None:
    made = spec()

    assert made["build_base"] == str(tmp_path / "scratch" / "build")
    assert made["project"] == [str(tmp_path / "project")]
    assert made["jobs"] == 3


def test_programs_come_from_the_toolchain(
    spec: Callable[..., dict[str, Any]], fake_toolchain: Toolchain
) -> None:
    toolchain = spec()["toolchain"]

    assert toolchain["cc"] == list(fake_toolchain.cc)
    assert toolchain["ar"] == list(fake_toolchain.ar)
    assert toolchain["compiler_type"] == "mingw32"


def test_no_path_of_the_build_stays_in_the_image(
    spec: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    assert f"-ffile-prefix-map={tmp_path / 'project'}=." in spec()["toolchain"]["cflags"]


def test_what_the_user_says_comes_before_the_targets_python(
    spec: Callable[..., dict[str, Any]],
) -> None:
    after = spec(
        include_dirs=("/u/include",),
        library_dirs=("/u/libs",),
        libraries=("z",),
        defines=("A=1",),
        cflags=("-O3",),
        ldflags=("-Wl,--x",),
    )["after"]

    assert after["compile"] == ["-I/u/include", "-DA=1", "-O3", f"-I{Path('/t/include')}"]
    assert after["link"] == ["-L/u/libs", "-lz", "-Wl,--x", f"-L{Path('/t/libs')}"]


def test_without_settings_there_are_no_flags() -> None:
    assert compile_flags(Settings()) == []
    assert link_flags(Settings()) == []


@pytest.mark.parametrize(
    ("abi", "full", "stable"),
    [
        (CP313, "python313", "python3"),
        (PythonABI(14, free_threaded=True), "python314t", "python3t"),
    ],
)
def test_python_libraries(
    spec: Callable[..., dict[str, Any]], abi: PythonABI, full: str, stable: str
) -> None:
    assert spec(abi)["python_libraries"] == {"full": full, "stable": stable}


def test_an_early_hook_has_no_toolchain_and_says_so(spec: Callable[..., dict[str, Any]]) -> None:
    early = spec(toolchain=None)

    assert "no-toolchain" in early["toolchain"]["cc"][0]
    # It may ask where NumPy's headers are, as a setup.py does.
    assert early["numpy"]["include"]


def test_an_early_hook_answers_as_the_build_does(spec: Callable[..., dict[str, Any]]) -> None:
    early, late = spec(toolchain=None)["answers"], spec()["answers"]

    places = {"INCLUDEPY", "CONFINCLUDEPY", "LIBDIR"}
    for made in (early, late):
        for name in places:
            del made["variables"][name]
    assert early == late


class TestAnswers:
    @pytest.mark.parametrize(
        ("abi", "suffix", "soabi"),
        [
            (PythonABI(11), ".cp311-win_arm64.pyd", "cp311-win_arm64"),
            (CP313, ".cp313-win_arm64.pyd", "cp313-win_arm64"),
            (PythonABI(14, free_threaded=True), ".cp314t-win_arm64.pyd", "cp314t-win_arm64"),
            (PythonABI(15), ".cp315-win_arm64.pyd", "cp315-win_arm64"),
        ],
    )
    def test_suffix_and_abi(self, abi: PythonABI, suffix: str, soabi: str) -> None:
        variables = answers(abi, WIN_ARM64, Path("i"), Path("l"))["variables"]

        assert (variables["EXT_SUFFIX"], variables["SOABI"]) == (suffix, soabi)
        assert variables["Py_GIL_DISABLED"] == int(abi.free_threaded)
        assert variables["VERSION"] == f"3{abi.minor}"

    def test_the_machine(self) -> None:
        said = answers(CP313, WIN_ARM64, Path("i"), Path("l"))

        assert (said["platform"], said["machine"], said["winver"]) == (
            "win-arm64",
            "ARM64",
            "3.13-arm64",
        )
        assert "(ARM64)" in said["compiler"]
        assert said["variables"]["SIZEOF_VOID_P"] == 8

    @pytest.mark.parametrize(("target", "winver"), [(WIN_AMD64, "3.13"), (WIN32, "3.13-32")])
    def test_the_registrys_name_of_other_machines(self, target: Any, winver: str) -> None:  # noqa: ANN401
        assert CP313.winver(target) == winver


def test_each_style_has_flags_of_its_own(fake_toolchain: Toolchain) -> None:
    msvc = replace(fake_toolchain, kind="msvc", style="msvc")

    gnu_flags, _ = style_flags(fake_toolchain, Path("/p"))
    msvc_flags, msvc_link = style_flags(msvc, Path("/p"))

    assert not [flag for flag in gnu_flags if flag.startswith("/")]
    assert all(flag.startswith("/") for flag in [*msvc_flags, *msvc_link])
