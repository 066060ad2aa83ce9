"""What an import of a wheel's package runs is read from its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from verify_samples import image as im

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.facts import Shape
from winarm.verify.python_visit import Does
from winarm.verify.subject import Subject
from winarm.verify.wheel_code import Run, WheelCode, is_test_code

X = "pkg/_x.cp313-win_arm64.pyd"
ADD = "import os\nos.add_dll_directory(os.path.dirname(__file__))\n"


def code(files: dict[str, str]) -> WheelCode:
    content = {name: text.encode() for name, text in files.items()}
    subject = Subject(
        Path("x"),
        Shape.WHEEL,
        WIN_ARM64,
        sizes={**{name: len(text) for name, text in content.items()}, X: 1},
        images={X: read_image(im.module())},
        reader=lambda member: content.get(member, b""),
    )
    return subject.code


def steps(files: dict[str, str]) -> list[str]:
    found = code(files).steps(("site", "pkg"), Run())
    return [compiled or step.does.name for step, compiled in found]


def test_import_runs_files_in_order_and_once() -> None:
    files = {
        "pkg/__init__.py": "from . import a, b, _x\n",
        "pkg/a.py": ADD,
        "pkg/b.py": "from . import a\nexec(text)\n",
    }

    assert steps(files) == [Does.ADD.name, Does.ADD.name, X]


def test_function_runs_where_another_file_uses_it() -> None:
    files = {
        "pkg/__init__.py": "from .a import f\nfrom . import _x\nf()\n",
        "pkg/a.py": "import os\ndef f():\n    os.add_dll_directory('x')\n",
    }

    assert steps(files) == [X, Does.ADD.name]


def test_modules_that_import_one_another_end() -> None:
    files = {f"pkg/a{at}.py": f"from . import a{at + 1}, a{max(0, at - 1)}\n" for at in range(100)}

    found = steps({"pkg/__init__.py": "from . import a0", **files})

    # What lies deeper may do anything.
    assert set(found) == {Does.ADD.name}


def test_pth_files_and_what_they_import_run_at_the_start() -> None:
    files = {"pkg.pth": "import _boot\n", "_boot.py": ADD, "other.py": ADD}

    assert [member for member, _ in code(files).started] == ["_boot.py"]


@pytest.mark.parametrize(
    ("text", "optional"),
    [
        ("try:\n    from . import _x\nexcept ImportError:\n    _x = None\n", True),
        ("from . import _x\n", False),
        ("", False),
    ],
)
def test_module_is_optional_where_its_import_may_fail(text: str, *, optional: bool) -> None:
    assert code({"pkg/__init__.py": text}).is_optional(X) is optional


def test_loader_is_the_file_that_loads_a_dll_by_its_path() -> None:
    text = "import ctypes, os\nctypes.CDLL(os.path.join(os.path.dirname(__file__), 'a.dll'))\n"
    found = code({"pkg/__init__.py": text})

    assert found.loader_of("pkg/a.dll") == "pkg/__init__.py"
    assert found.loader_of("pkg/b.dll") is None
    assert found.loaded_of(["pkg/a.dll", "pkg/b.dll"]) == ("pkg/a.dll",)


def test_code_of_tests_is_told_by_its_place() -> None:
    assert is_test_code("pkg/tests/a.py")
    assert is_test_code("pkg/test_a.py")
    assert not is_test_code("pkg/latest/a.py")
