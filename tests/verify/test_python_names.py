"""What names of a file stand for is read from its syntax."""

from __future__ import annotations

import ast

import pytest

from winarm.verify.python_names import Names


def names(text: str) -> Names:
    return Names(("pkg", "sub", "_boot.py"), ast.parse(text))


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os.path", ["os.path"]),
        ("from . import _x", ["pkg.sub", "pkg.sub._x"]),
        ("from .._y import f", ["pkg._y", "pkg._y.f"]),
        ("from pkg import _x", ["pkg", "pkg._x"]),
    ],
)
def test_import_names_the_modules_that_it_may_run(text: str, found: list[str]) -> None:
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.Import | ast.ImportFrom)

    assert [".".join(one) for one in names("").modules(node)] == found


@pytest.mark.parametrize(
    ("file", "call", "own"),
    [
        ("def f(): pass", "f()", True),
        ("class A:\n    def add(self): pass", "A().add()", True),
        ("import os\ndef join(): pass", "os.path.join()", False),
        ("import os\nclass os:\n    def join(): pass", "os.join()", True),
        ("def f(): pass", "g()", False),
    ],
)
def test_own_functions_are_told_from_those_of_modules(file: str, call: str, *, own: bool) -> None:
    known = names(file)
    known.functions.update(
        {
            node.name: []
            for node in ast.walk(ast.parse(file))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
    )
    node = expression(call)
    assert isinstance(node, ast.Call)

    assert known.is_own(node) is own


def test_name_is_constant_when_it_is_assigned_once() -> None:
    known = names("a = 1\nb = 1\nb = 2\nc = 1\nc += 1\nd = 1\ndef f(d): pass")

    assert known.constant("a") is not None
    assert [known.constant(name) for name in "bcde"] == [None] * 4


def test_called_function_is_known_by_what_it_was_assigned() -> None:
    known = names("")
    known.assign(expression("add"), expression("os.add_dll_directory"))
    known.assign(expression("load"), expression("getattr(ctypes, 'WinDLL')"))

    assert known.called(expression("add")) == "add_dll_directory"
    assert known.called(expression("load")) == "WinDLL"
    assert known.called(expression("a.b.c")) == "c"


def test_arguments_are_values_of_parameters() -> None:
    known = names("")
    known.functions["f"] = ["folder"]
    node = expression("f('lib')")
    assert isinstance(node, ast.Call)

    known.pass_arguments(node)
    assert [ast.unparse(value) for value in known.values["folder"]] == ["'lib'"]
