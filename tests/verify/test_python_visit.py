"""A file is visited once; what is found says where it is and what may go wrong there."""

from __future__ import annotations

import ast

import pytest

from winarm.verify.python_values import Lookup
from winarm.verify.python_visit import Call, Does, Visited, visited


def of(text: str) -> Visited:
    return visited(("pkg", "__init__.py"), text.encode(), Lookup(), "ARM64")


def loading(file: Visited) -> Call:
    """Return the one call of CDLL."""
    (found,) = (one for one in file.calls if ast.unparse(one.node.func) == "CDLL")
    return found


@pytest.mark.parametrize(
    ("text", "inside", "guarded", "sure"),
    [
        ("CDLL(x)", (), False, True),
        ("def f():\n CDLL(x)", ("f",), False, False),
        ("def f():\n def g():\n  CDLL(x)", ("f", "g"), False, False),
        ("try:\n CDLL(x)\nexcept OSError: pass", (), True, False),
        ("try:\n CDLL(x)\nexcept KeyError: pass", (), False, True),
        ("if y:\n CDLL(x)", (), False, False),
        ("with suppress(OSError):\n CDLL(x)", (), True, False),
    ],
)
def test_a_call_is_noted_with_what_is_around_it(
    text: str, inside: tuple[str, ...], *, guarded: bool, sure: bool
) -> None:
    call = loading(of(text))

    assert (call.inside, call.guarded, call.sure) == (inside, guarded, sure)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n return\n CDLL(x)",
        "raise ValueError\nCDLL(x)",
        "import platform\nif platform.machine() != 'ARM64':\n CDLL(x)",
    ],
)
def test_what_is_never_reached_is_not_there(text: str) -> None:
    assert [one for one in of(text).calls if "CDLL" in ast.dump(one.node.func)] == []


def test_what_a_function_does_keeps_its_order() -> None:
    file = of("import a\ndef f():\n import b\n add_dll_directory(x)\n CDLL(y)\n")

    assert [event.does for event in file.events["f"] if event.does] == [
        Does.IMPORT,
        Does.ADD,
        Does.LOAD,
    ]
    assert [event.modules[0] for event in file.events[""] if event.does] == [("a",)]


def test_imports_that_are_tried_can_be_done_without() -> None:
    file = of("import a.b\ntry:\n from c import d\nexcept ImportError: pass")

    assert (file.required, file.optional) == (frozenset({"b"}), frozenset({"c", "d"}))


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("import os\nmap(os.add_dll_directory, folders)", False),
        ("import os\nfor_each(os.add_dll_directory, folders)", True),
        ("import os\nadd = [os.add_dll_directory]", True),
        ("import os\nos.add_dll_directory(x)", False),
    ],
)
def test_what_adds_folders_may_be_passed_on(text: str, *, passed: bool) -> None:
    assert of(text).passes_on is passed


def test_a_change_of_the_folder_is_noted() -> None:
    assert of("import os\nos.chdir(x)").moves
    assert not of("import os\nos.getcwd()").moves


def test_statements_of_a_newer_python_are_left_out() -> None:
    assert loading(of("import newer than this\nCDLL(x)")).sure


def test_but_not_many() -> None:
    with pytest.raises(SyntaxError):
        of("import newer than this\n" * 4 + "CDLL(x)")
