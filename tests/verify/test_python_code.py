"""Paths in Python code are followed as far as constants go, within bounds."""

from __future__ import annotations

import time

import pytest

from winarm.verify.python_code import UNKNOWN, Place, read_code

HERE = "import os\nhere = os.path.dirname(os.path.abspath(__file__))\n"


def added(text: str) -> tuple[Place, ...]:
    code = read_code("pkg/sub/__init__.py", text.encode())
    assert code is not None
    return code.added


def place(*parts: str | None) -> Place:
    return Place("site", parts)


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("here", place("pkg", "sub")),
        ("os.path.join(here, 'lib')", place("pkg", "sub", "lib")),
        ("os.path.join(here, os.pardir, os.pardir, 'pkg.libs')", place("pkg.libs")),
        ("os.path.join(here, '..', 'a', 'b')", place("pkg", "a", "b")),
        ("here + '/lib'", place("pkg", "sub", "lib")),
        ("here + os.sep + 'lib'", place("pkg", "sub", "lib")),
        ("f'{here}/../lib'", place("pkg", "lib")),
        ("os.path.join(here, platform.machine())", place("pkg", "sub", None)),
        ("os.path.join(here, 'x' + arch)", place("pkg", "sub", None)),
        ("Path(__file__).parent / 'lib'", place("pkg", "sub", "lib")),
        ("str(Path(__file__).resolve().parents[1] / 'lib')", place("pkg", "lib")),
        ("Path(__file__).with_name('lib')", place("pkg", "sub", "lib")),
        ("importlib.resources.files('pkg').joinpath('lib')", place("pkg", "lib")),
        ("(x := os.path.join(here, 'lib'))", place("pkg", "sub", "lib")),
        ("__path__[0]", place("pkg", "sub")),
        ("os.path.split(here)[0]", place("pkg")),
        ("os.path.join(sys.prefix, 'Library', 'bin')", Place("?", ("Library", "bin"))),
        ("os.environ['X']", UNKNOWN),
        ("compute()", UNKNOWN),
    ],
)
def test_folder_that_is_added_is_followed(argument: str, found: Place) -> None:
    assert added(f"{HERE}os.add_dll_directory({argument})") == (found,)


@pytest.mark.parametrize(
    "text",
    [
        "from os import add_dll_directory as add\nadd(here)",
        "add = os.add_dll_directory\nadd(here)",
        "add = getattr(os, 'add_dll_directory', None)\nif add: add(here)",
        "def f(folder):\n    os.add_dll_directory(folder)\nf(here)",
        "for folder in (here,):\n    os.add_dll_directory(folder)",
        "[os.add_dll_directory(folder) for folder in [here]]",
        "with os.add_dll_directory(here):\n    pass",
        "if sys.platform == 'win32':\n    os.add_dll_directory(here)",
        "if os.name == 'nt' and x:\n    os.add_dll_directory(here)",
    ],
)
def test_call_is_found_however_it_is_written(text: str) -> None:
    assert place("pkg", "sub") in added(HERE + text)


@pytest.mark.parametrize(
    "text",
    [
        "# os.add_dll_directory(here)",
        "'os.add_dll_directory(here)'",
        "hasattr(os, 'add_dll_directory')",
        "if False:\n    os.add_dll_directory(here)",
        "if TYPE_CHECKING:\n    os.add_dll_directory(here)",
        "if sys.platform != 'win32':\n    os.add_dll_directory(here)",
        "if os.name == 'posix':\n    os.add_dll_directory(here)",
        "if sys.platform.startswith('linux'):\n    os.add_dll_directory(here)",
    ],
)
def test_what_never_runs_on_windows_adds_nothing(text: str) -> None:
    assert added(HERE + text) == ()


def test_function_that_is_passed_on_may_add_anything() -> None:
    assert added(f"{HERE}list(map(os.add_dll_directory, folders))") == (UNKNOWN,)


@pytest.mark.parametrize(
    ("text", "optional"),
    [
        ("try:\n    from . import _x\nexcept ImportError:\n    _x = None", True),
        ("try:\n    from ._x import f\nexcept (OSError, ImportError):\n    pass", True),
        ("with suppress(ImportError):\n    import pkg._x", True),
        ("try:\n    from . import _x\nexcept ValueError:\n    pass", False),
        ("from . import _x", False),
        ("try:\n    pass\nexcept ImportError:\n    from . import _x", False),
    ],
)
def test_optional_imports_are_told_from_required_ones(text: str, *, optional: bool) -> None:
    code = read_code("pkg/__init__.py", text.encode())

    assert code is not None
    assert ("_x" in code.optional, "_x" in code.required) == (optional, not optional)


@pytest.mark.parametrize("text", [b"def (:", b"\0", b"x = " + b"(" * 100_000, b"\xff\xfe\xff"])
def test_what_is_not_python_is_passed_over(text: bytes) -> None:
    assert read_code("x.py", text) is None


def test_names_that_refer_to_one_another_cost_no_time() -> None:
    names = [f"a{number}" for number in range(30)]
    lines = [f"{one} = os.path.join({other}, {other})" for one in names for other in names]
    start = time.process_time()

    assert added("\n".join((*lines, "os.add_dll_directory(a0)"))) != ()
    assert time.process_time() - start < 20
