from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.errors import UsageError
from winarm.target import PythonABI
from winarm.trial.wheel import TriedWheel, importable, requirements_of
from winarm.verify.wheels.filename import WheelName

if TYPE_CHECKING:
    from collections.abc import Callable


P311, P313 = PythonABI(11), PythonABI(13)
P313T, P315T = PythonABI(13, free_threaded=True), PythonABI(15, free_threaded=True)


def named(tags: str) -> TriedWheel:
    name = WheelName.parse(f"x-1-{tags}.whl")
    assert name is not None
    return TriedWheel(Path("x.whl"), name, (), ())


@pytest.mark.parametrize(
    ("tags", "suiting"),
    [
        ("cp313-cp313-win_arm64", {P313}),
        ("cp313-cp313t-win_arm64", {P313T}),
        ("cp311-abi3-win_arm64", {P311, P313}),
        ("cp312-abi3-win_arm64", {P313}),
        ("cp315-abi3t-win_arm64", {P315T}),
        ("cp313-none-any", {P313, P313T}),
        ("py312-none-any", {P313, P313T, P315T}),
        ("py2.py3-none-any", {P311, P313, P313T, P315T}),
        ("py3-none-any", {P311, P313, P313T, P315T}),
        ("py3-none-win_arm64", {P311, P313, P313T, P315T}),
    ],
)
def test_wheel_suits_the_pythons_that_its_tags_name(tags: str, suiting: set[PythonABI]) -> None:
    assert {abi for abi in (P311, P313, P313T, P315T) if named(tags).suits(abi)} == suiting


@pytest.mark.parametrize(
    ("tags", "known", "best"),
    [
        ("cp311-abi3-win_arm64", [P311, P313, P313T], P313),
        ("cp311-abi3-win_arm64", [P313T], P311),
        ("cp313-cp313t-win_arm64", [], P313T),
        ("py3-none-any", [P313T, P311], P311),
    ],
)
def test_best_python_is_the_newest_that_is_there_or_else_the_one_of_the_tags(
    tags: str, known: list[PythonABI], best: PythonABI
) -> None:
    assert named(tags).best(known) == best


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.whl", "not a valid wheel file name"),
        ("x-1-cp313-cp313-win_amd64.whl", "is for win_amd64"),
        ("x-1-cp313-cp313-manylinux_2_28_aarch64.whl", "not for Windows ARM64"),
        ("x-1-cp313-cp313-win_arm64.whl", "cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_one_sentence(
    name: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"no zip")

    with pytest.raises(UsageError, match=words):
        TriedWheel.read(tmp_path / name)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        TriedWheel.read(tmp_path / "x-1-py3-none-any.whl")


def test_markers_are_those_of_the_target(make_wheel: Callable[..., Path]) -> None:
    wheel = TriedWheel.read(
        make_wheel(
            {},
            requires=(
                "always",
                'windows; sys_platform == "win32"',
                'arm; platform_machine == "ARM64"',
                'linux; sys_platform == "linux"',
                'old; python_version < "3.12"',
                'more; extra == "more"',
            ),
        )
    )

    names = [requirement.name for requirement in requirements_of(wheel, P313)]
    assert names == ["always", "windows", "arm"]
    assert [r.name for r in requirements_of(wheel, P311, ["more"])][-2:] == ["old", "more"]


def test_requirements_that_nobody_can_read_are_refused(make_wheel: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="Requires-Dist"):
        TriedWheel.read(make_wheel({}, requires=("not a requirement",)))


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (["a/__init__.py", "a/b.py", "a/c/__init__.py"], ["a"]),
        (["a/_x.cp313-win_arm64.pyd", "a/__init__.py"], ["a._x", "a"]),
        (["a/_x.cp312-win_arm64.pyd", "a/_y.cp313t-win_arm64.pyd"], []),
        (["a/_x.cp313-win_amd64.pyd", "a/_z.pyd"], ["a._z"]),
        (["a/__init__.pyd"], ["a"]),
        (["x-1.data/platlib/a/_x.pyd", "x-1.data/scripts/b.py"], ["a._x"]),
        (["x-1.data/data/Lib/site-packages/a/_x.pyd", "x-1.data/data/b.py"], ["a._x"]),
        (["x-1.dist-info/licenses/a.py", "setup-x.py", "class.py", "__main__.py"], []),
        (["b.py", "a.py", "README.txt", "lib/x.dll"], ["b", "a"]),
        (["a/b/_deep.pyd", "a/_x.pyd", "_top.pyd"], ["_top", "a._x", "a.b._deep"]),
    ],
)
def test_extension_modules_and_top_level_modules_are_imported(
    members: list[str], names: list[str]
) -> None:
    assert list(importable(members, PythonABI(13))) == names


def test_module_with_two_files_is_the_one_that_python_takes() -> None:
    members = ["a/_x.pyd", "a/_x.cp313-win_arm64.pyd"]

    assert importable(members, PythonABI(13)) == {"a._x": "a/_x.cp313-win_arm64.pyd"}
    assert importable(members, PythonABI(12)) == {"a._x": "a/_x.pyd"}
