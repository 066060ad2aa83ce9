"""What meson-python is shown: no import library of a Python module goes into a wheel."""

from __future__ import annotations

import pytest

from winarm.child.winarm_child.packages import without_import_libraries


@pytest.mark.parametrize(
    ("files", "kept"),
    [
        (["p/m.cp313-win_arm64.pyd", "p/m.cp313-win_arm64.dll.a"], ["p/m.cp313-win_arm64.pyd"]),
        (["p/m.pyd", "p/m.lib", "p/m.pdb"], ["p/m.pyd"]),
        (["p/m.pyd", "q/m.lib"], ["p/m.pyd", "q/m.lib"]),
        (["p/real.dll", "p/real.lib"], ["p/real.dll", "p/real.lib"]),
        ([], []),
    ],
)
def test_only_files_beside_a_module_of_their_name_are_left_out(
    files: list[str], kept: list[str]
) -> None:
    group = {f"/build/{name}": {"destination": name, "tag": "runtime"} for name in files}

    assert [entry["destination"] for entry in without_import_libraries(group).values()] == kept
