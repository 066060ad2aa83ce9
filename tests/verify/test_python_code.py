"""What Python code does about DLLs is read from its syntax."""

from __future__ import annotations

import time

import pytest
from verify_samples.source import HERE, added, place

from winarm.verify.python_code import Code, read_code
from winarm.verify.python_places import UNKNOWN
from winarm.verify.python_visit import Does


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
        "class A:\n    def __init__(self, p):\n        os.add_dll_directory(p)\nA(here)",
        "class A:\n    def add(self, p):\n        os.add_dll_directory(p)\nA().add(here)",
        "(lambda p: os.add_dll_directory(p))(here)\np = here",
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
        "if not hasattr(os, 'add_dll_directory'):\n    os.add_dll_directory(here)",
        "mac = sys.platform == 'darwin'\nif mac:\n    os.add_dll_directory(here)",
        "while False:\n    os.add_dll_directory(here)",
        "os.add_dll_directory(here) if os.name == 'posix' else None",
        "os.name == 'posix' and os.add_dll_directory(here)",
        "match sys.platform:\n    case 'linux':\n        os.add_dll_directory(here)",
        "def f():\n    os.add_dll_directory(here)\ndel f",
        "class A:\n    def __init__(self):\n        os.add_dll_directory(here)",
        "class os:\n    def add_dll_directory(p): pass\nos.add_dll_directory(here)",
        "class A:\n    def add_dll_directory(self, p): pass\nA().add_dll_directory(here)",
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
        ("try:\n    import_module('pkg._x')\nexcept ImportError:\n    pass", True),
        ("import_module('._x', 'pkg')", False),
        ("try:\n    import _x\nexcept ImportError:\n    sys.exit(1)", False),
        ("try:\n    pass\nexcept ImportError:\n    from . import _x", False),
    ],
)
def test_optional_imports_are_told_from_required_ones(text: str, *, optional: bool) -> None:
    code = read_code(("pkg", "__init__.py"), text.encode())

    assert code is not None
    assert ("_x" in code.optional, "_x" in code.required) == (optional, not optional)


@pytest.mark.parametrize("text", [b"def (:", b"\0", b"x = " + b"(" * 100_000, b"\xff\xfe\xff"])
def test_what_is_not_python_is_passed_over(text: bytes) -> None:
    assert read_code(("x.py",), text) in (None, Code())


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("os.add_dll_directory(here)\nfrom . import _x", ["ADD!", "IMPORT!", "IMPORT!"]),
        ("from . import _x\nos.add_dll_directory(here)", ["IMPORT!", "IMPORT!", "ADD!"]),
        ("with os.add_dll_directory(here):\n    import a", ["ADD", "IMPORT!", "DROP"]),
        ("h = os.add_dll_directory(here)\nh.close()", ["ADD", "DROP"]),
        ("def f():\n    import a\nimport b\nf()", ["IMPORT!", "IMPORT"]),
        ("if x:\n    import a", ["IMPORT"]),
        ("try:\n    import a\nexcept ImportError:\n    import b", ["IMPORT", "IMPORT"]),
        ("try:\n    import a\nexcept ImportError:\n    raise", ["IMPORT!"]),
        ("importlib.import_module('pkg._y')", ["IMPORT!"]),
        ("importlib.import_module('._y', __package__)", ["IMPORT!"]),
        ("exec(text)", ["ADD!"]),
        ("ctypes.CDLL('x.dll')", ["LOAD"]),
    ],
)
def test_steps_of_an_import_are_in_order(text: str, steps: list[str]) -> None:
    code = read_code(("pkg", "__init__.py"), f"{HERE}{text}".encode())

    assert code is not None
    found = [one for one in code.steps if one.does is not Does.USE]
    # The first step is the import of os.
    assert [f"{one.does.name}{'!' * one.certain}" for one in found[1:]] == steps


def test_functions_that_others_may_call_have_steps_of_their_own() -> None:
    text = (
        f"{HERE}def add():\n    os.add_dll_directory(here)\n"
        "class Loader:\n    def __init__(self):\n        add()\ndef other():\n    pass\n"
    )
    code = read_code(("pkg", "_boot.py"), text.encode())

    assert code is not None
    assert code.functions.keys() == {"add", "Loader", "__init__"}
    assert Does.ADD in {one.does for one in code.functions["Loader"]}
    assert Does.ADD not in {one.does for one in code.steps}


def test_functions_that_use_one_another_cost_no_time() -> None:
    names = [f"f{number}" for number in range(120)]
    lines = [f"@cache\ndef {name}():\n    {', '.join(names)}" for name in names]
    start = time.process_time()

    assert read_code(("x.py",), "\n".join(lines).encode()) is not None
    assert time.process_time() - start < 20


def test_code_that_python_warns_of_says_nothing_on_stderr() -> None:
    text = b"import os\nos.add_dll_directory('\\d')\n"

    # pytest makes errors of warnings, which would be syntax errors here.
    found = read_code(("pkg", "__init__.py"), text)
    assert found is not None
    assert len(found.added) == 1
