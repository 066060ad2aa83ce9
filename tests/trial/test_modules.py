from __future__ import annotations

import pytest

from winarm.target import WIN_ARM64, PythonABI
from winarm.trial.modules import modules


@pytest.mark.parametrize(
    ("members", "names"),
    [
        (["a/__init__.py", "a/b.py", "a/c/__init__.py"], ["a"]),
        (["a/_x.cp313-win_arm64.pyd", "a/__init__.py"], ["a._x", "a"]),
        (["a/_x.cp312-win_arm64.pyd", "a/_y.cp313t-win_arm64.pyd"], []),
        (["a/_x.cp313-win_amd64.pyd", "a/_z.pyd"], ["a._z"]),
        (["a/__init__.pyd"], ["a"]),
        (["x-1.data/platlib/a/_x.pyd", "x-1.data/scripts/b.py"], ["a._x"]),
        (["x-1.dist-info/licenses/a.py", "setup-x.py", "class.py", "__main__.py"], []),
        (["b.py", "a.py", "README.txt", "lib/x.dll"], ["b", "a"]),
        (["a/b/_deep.pyd", "a/_x.pyd", "_top.pyd"], ["_top", "a._x", "a.b._deep"]),
    ],
)
def test_extension_modules_and_top_level_modules_are_imported(
    members: list[str], names: list[str]
) -> None:
    assert list(modules(members, PythonABI(13), WIN_ARM64)) == names


def test_module_with_two_files_is_the_one_that_python_takes() -> None:
    members = ["a/_x.pyd", "a/_x.cp313-win_arm64.pyd"]

    assert modules(members, PythonABI(13), WIN_ARM64) == {"a._x": "a/_x.cp313-win_arm64.pyd"}
    assert modules(members, PythonABI(12), WIN_ARM64) == {"a._x": "a/_x.pyd"}
