"""What is done to NumPy, Meson and meson-python so that they speak of the target."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from winarm.child.winarm_child.packages import patches, without_import_libraries


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


def test_meson_python_is_shown_no_import_library() -> None:
    def real(sources: dict[str, dict[str, Any]], *rest: object) -> object:
        return {key: list(group) for key, group in sources.items()}, rest

    module = patched("mesonpy", {}, _map_to_wheel=real)
    group = {name: {"destination": name} for name in ("m.pyd", "m.lib")}

    assert module._map_to_wheel({"platlib": group}, 1) == ({"platlib": ["m.pyd"]}, (1,))
    assert not hasattr(patched("mesonpy", {}), "_map_to_wheel")
