"""What is done to NumPy, Meson and meson-python so that they speak of the target."""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.packages import patches, without_import_libraries

if TYPE_CHECKING:
    from pathlib import Path


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


def patched(name: str, spec: dict[str, Any], **attributes: object) -> Any:  # noqa: ANN401 - a module
    module = ModuleType(name)
    vars(module).update(attributes)
    patches(spec)[name](module)
    return module


@pytest.mark.parametrize("name", ["numpy", "numpy.lib._utils_impl"])
def test_numpys_headers_are_the_targets(name: str) -> None:
    module = patched(name, {"numpy": {"include": "/target"}}, get_include=lambda: "/host")

    assert module.get_include() == "/target"


def test_where_there_are_none_the_project_is_told_why() -> None:
    module = patched("numpy", {"numpy": {"error": "no NumPy for the target"}})

    with pytest.raises(RuntimeError, match="no NumPy for the target"):
        module.get_include()


def test_meson_sees_the_targets_processor_for_its_python() -> None:
    name = "mesonbuild.dependencies.python"

    assert patched(name, {"cpu": "aarch64"}, detect_cpu_family=1).detect_cpu_family({}) == "aarch64"
    # Another release of Meson that has no such function is left as it is.
    assert not hasattr(patched(name, {"cpu": "aarch64"}), "detect_cpu_family")


def test_projects_that_ask_mesons_python_are_told_of_the_target(spec: dict[str, Any]) -> None:
    class BasicPythonExternalProgram:
        def __init__(self, *, there: bool) -> None:
            self.there = there
            self.info: dict[str, Any] = {
                "variables": {"EXT_SUFFIX": ".so", "CC": "gcc"},
                "paths": {"include": "/host", "purelib": "/here"},
                "version": "3.13",
            }

        def sanity(self) -> bool:
            return self.there

    patched(
        "mesonbuild.dependencies.python",
        spec,
        BasicPythonExternalProgram=BasicPythonExternalProgram,
    )
    python = BasicPythonExternalProgram(there=True)
    gone = BasicPythonExternalProgram(there=False)
    variables = spec["answers"]["variables"]

    assert python.sanity()
    assert not gone.sanity()
    assert gone.info["variables"] == {"EXT_SUFFIX": ".so", "CC": "gcc"}
    assert python.info["variables"]["EXT_SUFFIX"] == variables["EXT_SUFFIX"]
    assert "CC" not in python.info["variables"]
    assert python.info["paths"]["include"] == variables["INCLUDEPY"]
    assert python.info["paths"]["purelib"] == "/here"


def test_meson_python_is_shown_no_import_library() -> None:
    def real(sources: dict[str, dict[str, Any]], *rest: object) -> object:
        return {key: list(group) for key, group in sources.items()}, rest

    module = patched("mesonpy", {}, _map_to_wheel=real)
    group = {name: {"destination": name} for name in ("m.pyd", "m.lib")}

    assert module._map_to_wheel({"platlib": group}, 1) == ({"platlib": ["m.pyd"]}, (1,))
    assert not hasattr(patched("mesonpy", {}), "_map_to_wheel")


@pytest.mark.parametrize(
    ("text", "again"), [("IF UNAME_SYSNAME == 'x':\n", True), ("x = 1\n", False)]
)
def test_c_code_that_depends_on_the_system_is_made_again(
    tmp_path: Path, text: str, *, again: bool
) -> None:
    class DependencyTree:
        def all_dependencies(self, source: str) -> set[str]:
            return {source, str(tmp_path / "b.pxd"), str(tmp_path / "gone.pxd")}

        def newest_dependency(self, source: str) -> tuple[float, str]:
            return 1.0, source

    module: Any = ModuleType("Cython.Build.Dependencies")
    module.DependencyTree, module.cythonize = DependencyTree, lambda modules: modules
    (tmp_path / "a.pyx").touch()
    (tmp_path / "b.pxd").write_text(text)

    patches({"numpy": {}})["Cython.Build.Dependencies"](module)

    time, source = module.DependencyTree().newest_dependency(str(tmp_path / "a.pyx"))
    assert (time > 1.0, source) == (again, str(tmp_path / "a.pyx"))


def test_hatch_cpp_links_with_the_targets_python() -> None:
    class HatchCppPlatform:
        def get_link_flags(self, library: str) -> str:
            return f"-shared {library}"

    spec = {"python_libraries": {"full": "python313"}, "answers": {"prefix": "/target"}}
    module = patched("hatch_cpp.toolchains.common", spec, HatchCppPlatform=HatchCppPlatform)

    folder = os.path.join("/target", "libs")  # noqa: PTH118
    flags = module.HatchCppPlatform().get_link_flags("x.cpp")
    assert flags == f"-shared x.cpp -L{folder} -lpython313"


def test_mypyc_compiles_the_branches_of_the_target() -> None:
    module = patched("mypyc.build", {}, mypycify=lambda paths, opt_level="3": (paths, opt_level))

    assert module.mypycify(["a.py"], opt_level="2") == (["--platform", "win32", "a.py"], "2")
