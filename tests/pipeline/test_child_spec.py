"""What the child reads: everything, as JSON has it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.pipeline.child_spec import PREFIXES, answers, build_spec, early_spec
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, PythonABI

if TYPE_CHECKING:
    from collections.abc import Callable

    from winarm.locate.toolchain import Toolchain
    from winarm.plan import EquippedBuild

CP313 = PythonABI(13)


@pytest.fixture
def spec(make_build: Callable[..., EquippedBuild], tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def make(abi: PythonABI = CP313, **options: Any) -> dict[str, Any]:  # noqa: ANN401
        build = make_build(abi=abi, jobs=3, numpy={"include": "/t/numpy"}, **options)
        return build_spec(build, tmp_path / "scratch")

    return make


@pytest.fixture
def early(make_build: Callable[..., EquippedBuild], tmp_path: Path) -> dict[str, Any]:
    return early_spec(make_build(jobs=3), tmp_path / "scratch")


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
    assert f"-ffile-prefix-map={tmp_path / 'project'}=." in spec()["toolchain"]["compile"]["c"]


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


def test_without_settings_there_are_no_flags(make_build: Callable[..., EquippedBuild]) -> None:
    build = make_build()

    assert (build.compile_flags, build.link_flags) == ([], [])


def test_folders_of_the_host_are_replaced_by_the_targets(
    spec: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    instead = spec()["instead_of"]

    assert instead[str(tmp_path / "headers-cp313")] == str(Path("/t/include"))
    assert instead[str(tmp_path / "dlls" / "libs")] == str(Path("/t/libs"))
    numpy = tmp_path / "site-packages" / "numpy" / "_core" / "include"
    assert instead[str(numpy)] == "/t/numpy"


@pytest.mark.parametrize(
    ("abi", "libraries"),
    [
        (CP313, {"full": "python313", "stable": "python3"}),
        (PythonABI(14, free_threaded=True), {"full": "python314t", "stable": "python3t"}),
        (PythonABI(15), {"full": "python315", "stable": "python3", "abi3t": "python3t"}),
    ],
)
def test_python_libraries(
    spec: Callable[..., dict[str, Any]], abi: PythonABI, libraries: dict[str, str]
) -> None:
    assert spec(abi)["python_libraries"] == libraries


def test_an_early_hook_has_no_toolchain_and_says_so(early: dict[str, Any]) -> None:
    assert "no-toolchain" in early["toolchain"]["cc"][0]
    # It may ask where NumPy's headers are, as a setup.py does.
    assert early["numpy"]["include"]


def test_an_early_hook_answers_as_the_build_does(
    early: dict[str, Any], spec: Callable[..., dict[str, Any]]
) -> None:
    early_answers, late = early["answers"], spec()["answers"]

    places = {"INCLUDEPY", "CONFINCLUDEPY", "LIBDIR", *PREFIXES}
    for made in (early_answers, late):
        del made["prefix"]
        for name in places:
            del made["variables"][name]
    assert early_answers == late


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

    def test_python_is_where_its_libraries_are(self) -> None:
        said = answers(CP313, WIN_ARM64, Path("python/include"), Path("python/libs"))

        assert said["prefix"] == said["variables"]["installed_base"] == "python"

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
