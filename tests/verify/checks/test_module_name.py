"""Modules must be there, importable and for the Pythons that the tags promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.wheel import wheel

from winarm.target import WIN32, WIN_AMD64
from winarm.verify import Severity, VerifyOptions, verify
from winarm.verify.checks.module_name import ModuleName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

AUTO = VerifyOptions(also=(WIN_AMD64, WIN32), skip_others=True)


def module(dll: str = "python313.dll", name: str = "_x", machine: int = im.ARM64) -> bytes:
    return im.module(name, imports={dll: ["PyModule_GetState"]}, machine=machine)


def errors(
    folder: Path,
    tag: str,
    files: Mapping[str, bytes],
    *,
    options: VerifyOptions = AUTO,
    metadata: str = "",
) -> list[str]:
    platform = "" if tag.count("-") == 2 else "-win_arm64"
    path = wheel(folder, files, f"pkg-1.0-{tag}{platform}.whl", metadata=metadata)
    found = verify(path, options).findings
    return sorted({one.code.name for one in found if one.severity is Severity.ERROR})


@pytest.mark.parametrize(
    ("tag", "dll", "found"),
    [
        ("cp311-abi3", "python3.dll", []),
        ("cp311-abi3", "python3t.dll", ["WA304"]),
        ("cp314-abi3", "python3t.dll", ["WA304"]),
        ("cp315-abi3", "python3t.dll", []),
        ("cp315-abi3.abi3t", "python3t.dll", []),
        ("cp315-abi3.abi3t", "python3.dll", ["WA304"]),
        ("cp315-abi3t", "python3t.dll", []),
        ("cp315-abi3t", "python3.dll", ["WA304"]),
        ("cp315-cp315", "python3t.dll", []),
        ("cp315-cp315t", "python3t.dll", []),
        ("cp314-cp314", "python3t.dll", ["WA304"]),
        ("cp314-cp314t", "python3t.dll", []),
        ("cp313-none", "python3.dll", []),
        ("cp313-none", "python313.dll", []),
        ("cp313-none", "python313t.dll", []),
        ("cp313-none", "python312.dll", ["WA301"]),
        ("cp313-cp313", "python313", []),
        ("cp313-cp313", "python312", ["WA301"]),
        ("py3-none", "python3.dll", []),
        ("py3-none", "python313.dll", ["WA209"]),
    ],
)
def test_python_that_a_plain_module_is_linked_with(
    tag: str, dll: str, found: list[str], tmp_path: Path
) -> None:
    assert errors(tmp_path, tag, {"pkg/_x.pyd": module(dll)}) == found


@pytest.mark.parametrize(
    ("tag", "suffixes", "found"),
    [
        ("cp313-none", ["cp313"], []),
        ("cp313-none", ["cp313t"], []),
        ("cp313-none", ["cp312"], ["WA202"]),
        ("cp313-none", ["cp312", "cp313"], ["WA202"]),
        ("cp312.cp313-cp312.cp313", ["cp312", "cp313"], []),
        ("cp312.cp313-cp312.cp313", ["cp312"], ["WA209"]),
        ("cp313-cp313.cp313t", ["cp313"], ["WA209"]),
        ("cp313-cp313.cp313t", ["cp313", "cp313t"], []),
        ("py3-none", ["cp313"], ["WA209"]),
        ("py3-none", ["cp312", "cp313"], []),
        ("py313-none", ["cp313"], ["WA209"]),
    ],
)
def test_modules_of_the_promised_pythons(
    tag: str, suffixes: list[str], found: list[str], tmp_path: Path
) -> None:
    files = {
        f"pkg/_x.{suffix}-win_arm64.pyd": module(f"python{suffix[2:]}.dll") for suffix in suffixes
    }

    assert errors(tmp_path, tag, files) == found


def test_wheel_for_every_python_may_require_the_one_that_its_modules_are_for(
    tmp_path: Path,
) -> None:
    files = {"pkg/_x.cp313-win_arm64.pyd": module()}

    assert errors(tmp_path, "py3-none", files, metadata="Requires-Python: ==3.13.*\n") == []


@pytest.mark.parametrize(
    ("tag", "contradicts"),
    [
        ("cp312-cp313", True),
        ("py3-cp313", True),
        ("py3-abi3", True),
        ("cp312.cp313-cp312.cp313", False),
        ("cp313-cp313.cp313t", False),
        ("cp311.cp312-abi3", False),
        ("py2.py3-none", False),
        ("cp313-none", False),
    ],
)
def test_tags_that_contradict_each_other(
    tag: str,
    contradicts: bool,  # noqa: FBT001 - a parameter
    tmp_path: Path,
) -> None:
    assert ("WA623" in errors(tmp_path, tag, {})) is contradicts


@pytest.mark.parametrize(
    ("member", "exports", "found"),
    [
        ("pkg/__init__.cp313-win_arm64.pyd", ["PyInit_pkg"], []),
        ("pkg/sub/__init__.pyd", ["PyInit_sub"], []),
        ("pkg/__init__.pyd", ["PyInit_pkg", "PyInit___init__"], []),
        ("pkg-1.0.data/platlib/pkg/__init__.pyd", ["PyInit_pkg"], []),
        ("pkg/__init__.pyd", ["PyInit___init__"], ["WA207"]),
        ("pkg/sub/__init__.pyd", ["PyInit_pkg"], ["WA207"]),
        ("pkg/_y.pyd", ["PyInit_pkg"], ["WA207"]),
    ],
)
def test_init_function_of_a_package_is_named_after_it(
    member: str, exports: list[str], found: list[str], tmp_path: Path
) -> None:
    data = im.module(exports=exports, imports={"python313.dll": ["PyModuleDef_Init"]})

    assert errors(tmp_path, "cp313-cp313", {member: data}) == found


def test_wheel_for_two_machines_is_judged_for_each(tmp_path: Path) -> None:
    arm64, x64 = module(), module(machine=im.AMD64)
    both = {"pkg/_x.cp313-win_arm64.pyd": arm64, "pkg/_x.cp313-win_amd64.pyd": x64}
    tag = "cp313-cp313-win_amd64.win_arm64"

    assert errors(tmp_path, tag, both) == []
    assert errors(tmp_path, tag, both, options=VerifyOptions()) == []
    assert errors(tmp_path, tag, both, options=VerifyOptions(target=WIN_AMD64)) == []
    swapped = {"pkg/_x.cp313-win_arm64.pyd": x64, "pkg/_x.cp313-win_amd64.pyd": arm64}
    assert errors(tmp_path, tag, swapped) == ["WA101"]


def test_dll_of_the_other_machine_does_not_serve_in_a_wheel_for_two(tmp_path: Path) -> None:
    needing = im.module(imports={"python313.dll": ["PyModuleDef_Init"], "a.dll": ["f"]})
    files = {
        "pkg/_x.cp313-win_arm64.pyd": needing,
        "pkg/_x.cp313-win_amd64.pyd": module(machine=im.AMD64),
        "pkg/a.dll": im.image(machine=im.AMD64, exports=["f"]),
    }

    assert "WA102" in errors(tmp_path, "cp313-cp313-win_amd64.win_arm64", files)


def test_module_name_is_taken_apart() -> None:
    parsed = ModuleName.parse("a/_x.cp313t-win_arm64.pyd")
    assert parsed is not None
    assert (parsed.name, parsed.abi_tag, parsed.platform) == ("_x", "cp313t", "win_arm64")
    assert ModuleName.parse("a/_x.y.pyd") is None


@pytest.mark.parametrize(
    ("tag", "dll", "found"),
    [
        ("cp315-cp315", "python315.dll", []),
        ("cp315-abi3", "python3.dll", []),
        ("cp314-cp314", "python314.dll", ["WA207"]),
        ("cp311-abi3", "python3.dll", ["WA207"]),
    ],
)
def test_export_of_a_newer_python_is_not_enough(
    tag: str, dll: str, found: list[str], tmp_path: Path
) -> None:
    data = im.module(exports=["PyModExport__x"], imports={dll: ["PyModule_GetState"]})
    both = im.module(exports=["PyModExport__x", "PyInit__x"], imports={dll: ["PyModule_GetState"]})

    assert errors(tmp_path, tag, {"pkg/_x.pyd": data}) == found
    assert errors(tmp_path, tag, {"pkg/_x.pyd": both}) == []


def test_modules_that_are_data_of_tests_need_no_init_function(tmp_path: Path) -> None:
    files = {"pkg/_x.pyd": module(), "pkg/tests/data/y.pyd": module()}

    assert errors(tmp_path, "cp313-cp313", files) == []
    assert errors(tmp_path, "cp313-cp313", {**files, "pkg/y.pyd": module()}) == ["WA207"]


@pytest.mark.parametrize("platform", ["arm64", "aarch64", "ARM64"])
def test_python_knows_one_spelling_of_the_platform(platform: str, tmp_path: Path) -> None:
    files = {f"pkg/_x.cp313-{platform}.pyd": module()}

    assert errors(tmp_path, "cp313-cp313", files) == ["WA201"]


@pytest.mark.parametrize(("export", "found"), [("PyInit_a_b", []), ("PyInit_a-b", ["WA207"])])
def test_init_function_has_no_dash(export: str, found: list[str], tmp_path: Path) -> None:
    """Python calls PyInit_a_b for `importlib.import_module("pkg.a-b")`."""
    files = {"pkg/a-b.pyd": im.module(exports=[export])}

    assert errors(tmp_path, "cp313-cp313", files) == found


SCRIPTS = "pkg-1.0.data/scripts"
ELSEWHERE = "sys.path.append(sys.prefix)\nimport _x\n"


@pytest.mark.parametrize(
    ("module_file", "others", "found"),
    [
        (f"{SCRIPTS}/_x.pyd", {}, ["WA205"]),
        (f"{SCRIPTS}/_x.cp313-win_arm64.pyd", {}, ["WA205"]),
        (f"{SCRIPTS}/_x.pyd", {"pkg/__init__.py": "import _x\n"}, ["WA205"]),
        (f"{SCRIPTS}/_x.pyd", {f"{SCRIPTS}/tool": "#!python\nimport _y\n"}, ["WA205"]),
        (f"{SCRIPTS}/_x.pyd", {f"{SCRIPTS}/tool": "#!python\nimport _x\n"}, []),
        (f"{SCRIPTS}/_x.pyd", {f"{SCRIPTS}/tool.py": "from _x import f\n"}, []),
        (f"{SCRIPTS}/_x.pyd", {"pkg/__init__.py": ELSEWHERE}, []),
        ("pkg-1.0.data/data/_x.pyd", {}, ["WA205"]),
        ("pkg-1.0.data/data/pkg/_x.pyd", {"pkg/__init__.py": "from . import _x\n"}, ["WA205"]),
        ("pkg-1.0.data/data/_x.pyd", {"pkg/__init__.py": ELSEWHERE}, []),
        ("pkg-1.0.data/headers/_x.pyd", {}, ["WA205"]),
        ("pkg-1.0.data/data/Lib/site-packages/_x.pyd", {}, []),
        ("pkg-1.0.data/data/lib/SITE-packages/pkg/_x.pyd", {}, []),
        ("pkg-1.0.data/platlib/_x.pyd", {}, []),
        ("pkg-1.0.data/purelib/pkg/_x.pyd", {}, []),
        ("pkg-1.0.data/data/tests/_x.pyd", {}, []),
    ],
)
def test_modules_are_where_python_looks_for_them(
    module_file: str, others: dict[str, str], found: list[str], tmp_path: Path
) -> None:
    files = {name: text.encode() for name, text in others.items()}

    assert errors(tmp_path, "cp313-cp313", {module_file: module(), **files}) == found


@pytest.mark.parametrize(
    ("module_file", "others", "found"),
    [
        ("my-data/_x.pyd", {}, ["WA210"]),
        ("pkg/1abc/_x.cp313-win_arm64.pyd", {}, ["WA210"]),
        ("pkg-1.0.data/platlib/pkg.libs/_x.pyd", {}, ["WA210"]),
        ("pkg/class/_x.pyd", {}, ["WA210"]),
        ("my_data/_x.pyd", {}, []),
        ("übung/_x.pyd", {}, []),
        ("my-data/_x.pyd", {"pkg/__init__.py": "import _x\n"}, ["WA210"]),
        ("my-data/_x.pyd", {"pkg/__init__.py": ELSEWHERE}, []),
        ("my-data/_x.pyd", {"pkg/__init__.py": "importlib.import_module('my-data._x')\n"}, []),
        ("my-data/_x.pyd", {"my-data/tool.py": "import _x\n"}, []),
        ("my-data/_x.pyd", {"x.pth": "# a\nMy-Data\n"}, []),
        ("my-data/_x.pyd", {"x.pth": "../my-data\n"}, ["WA210"]),
        ("lib-1/my-data/_x.pyd", {"x.pth": "./lib-1\n"}, ["WA210"]),
        ("lib-1/pkg/_x.pyd", {"x.pth": ".\\lib-1\\\n"}, []),
    ],
)
def test_folders_that_no_import_statement_names_are_a_warning(
    module_file: str, others: dict[str, str], found: list[str], tmp_path: Path
) -> None:
    files = {name: text.encode() for name, text in others.items()}
    path = wheel(tmp_path, {module_file: module(), **files}, "pkg-1.0-cp313-cp313-win_arm64.whl")
    findings = verify(path, AUTO).findings
    assert [one.code.name for one in findings if one.severity is Severity.WARNING] == found
    assert not [one for one in findings if one.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("content", "found"),
    [(module()[:100], ["WA107"]), (b"text", ["WA106"]), (im.image(exports=["f"]), [])],
)
def test_what_is_no_module_elsewhere_has_its_own_finding(
    content: bytes, found: list[str], tmp_path: Path
) -> None:
    files = {"pkg/_x.pyd": module(), f"{SCRIPTS}/_y.pyd": content}

    assert errors(tmp_path, "cp313-cp313", files) == found


@pytest.mark.parametrize(
    ("files", "code", "found"),
    [
        ({"pkg/_x.dll": module()}, "from . import _x\n", ["WA206"]),
        ({"pkg/_x.dll": module()}, "", ["WA206"]),
        ({"pkg/_x.cpython-313.dll": module()}, "", ["WA206"]),
        ({"pkg/__init__.dll": module(name="pkg")}, "", ["WA206"]),
        ({"pkg/_x.dll": module(), "pkg/_x.pyd": module()}, "", []),
        ({"pkg/_x.dll": module(), "pkg/_x.cp313-win_arm64.pyd": module()}, "", []),
        ({"pkg/x313.dll": module(name="x")}, "", []),
        ({"pkg/_x.dll": im.image(exports=["f"])}, "", []),
        ({"pkg/_x.dll": module()}, "import importlib\nload('_x.dll')\n", []),
        ({"pkg/tests/data/_x.dll": module(), "pkg/_y.pyd": module(name="_y")}, "", []),
    ],
)
def test_module_under_the_name_of_a_dll_is_found(
    files: dict[str, bytes], code: str, found: list[str], tmp_path: Path
) -> None:
    files = {"pkg/__init__.py": code.encode(), **files}

    assert errors(tmp_path, "cp313-cp313", files) == found
