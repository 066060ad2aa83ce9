"""Facts of the Python that builds are asked of it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from winarm.environment.interpreter import Interpreter, ask
from winarm.errors import InterpreterError
from winarm.host import Answer, Host
from winarm.target import PythonABI

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeHost = Callable[..., Host]

FACTS: dict[str, Any] = {
    "implementation": "cpython",
    "version": [3, 13, 2],
    "free_threaded": False,
    "platform": "linux-x86_64",
    "include": "/include",
    "prefix": "/env",
    "base_prefix": "/usr",
    "dll_folder": "/usr/bin",
}
PYTHON = Path("/usr/bin/python3.13")


def test_its_answer_becomes_facts(make_host: MakeHost) -> None:
    found = ask(make_host(answer=Answer(0, json.dumps(FACTS), "")), PYTHON)

    assert found == Interpreter(
        executable=PYTHON,
        abi=PythonABI(13),
        version="3.13.2",
        platform="linux-x86_64",
        include=Path("/include"),
        dll_folder=Path("/usr/bin"),
    )


def test_a_free_threaded_one_is_known() -> None:
    found = Interpreter.from_facts(PYTHON, {**FACTS, "free_threaded": 1})

    assert found.abi.tag == "cp313t"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"implementation": "pypy"}, "is pypy, not CPython"),
        ({"version": [3, 10, 1]}, "3.10"),
        ({"version": [3, 99, 0]}, "3.99"),
        ({"version": [2, 7, 18]}, "2.7"),
    ],
)
def test_one_that_winarm_does_not_build_for_is_refused(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(InterpreterError, match=said):
        Interpreter.from_facts(PYTHON, {**FACTS, **facts})


def test_what_does_not_answer_as_a_python_is_named(make_host: MakeHost) -> None:
    with pytest.raises(InterpreterError, match=r"/usr/bin/python3\.13"):
        ask(make_host(answer=Answer(0, "hello", "a shim")), PYTHON)


def test_this_python_knows_itself() -> None:
    found = ask(Host.current(), Path(sys.executable))

    assert found.version == "{}.{}.{}".format(*sys.version_info[:3])
