"""Markers of requirements: who evaluates them decides for which machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Bench

MARKERS = """\
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
windows = Marker("sys_platform == 'win32' and platform_machine == 'ARM64' and os_name == 'nt'")
both = Requirement("x; platform_system == 'Windows' and python_version >= '3'")
print(windows.evaluate(), both.marker.evaluate(), windows.evaluate({"os_name": "posix"}),
      default_environment()["platform_release"] == "11", Marker("extra == ''").evaluate())
"""


def test_the_projects_are_of_the_target(bench: Bench) -> None:
    bench.write(setup_py=MARKERS)

    assert bench.says("setup.py") == "True True False True True"


def test_those_of_a_build_tool_are_of_the_host(bench: Bench, tmp_path: Path) -> None:
    tool = tmp_path / "site-packages" / "tool.py"
    tool.parent.mkdir()
    tool.write_text(MARKERS)
    bench.write(setup_py="import tool")

    said = bench.says("setup.py", environ={"PYTHONPATH": str(tool.parent)})

    assert said == "False False False False True"


def test_another_module_of_the_name_is_left_as_it_is(bench: Bench, tmp_path: Path) -> None:
    module = tmp_path / "site-packages" / "packaging" / "markers.py"
    module.parent.mkdir(parents=True)
    module.with_name("__init__.py").touch()
    module.write_text("print('mine')")
    bench.write(setup_py="import packaging.markers")

    assert bench.says("setup.py", environ={"PYTHONPATH": str(module.parent.parent)}) == "mine"
