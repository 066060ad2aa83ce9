"""The public API: what its names are, and that mypy knows their types in strict mode."""

from __future__ import annotations

import importlib.metadata
import inspect
import subprocess
import sys
from typing import TYPE_CHECKING, assert_type

import pytest

import winarm
from winarm.errors import WinarmError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", winarm.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(winarm, name) is not None


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'other'"):
        winarm.other  # noqa: B018


def test_the_version_is_the_distributions() -> None:
    assert winarm.__version__ == importlib.metadata.version("winarm")


@pytest.mark.parametrize("name", ["build_wheel", "find_toolchain", "verify_wheel", "stack_status"])
def test_only_what_a_function_is_about_has_no_default(name: str) -> None:
    parameters = inspect.signature(getattr(winarm, name)).parameters.values()

    required = [p.name for p in parameters if p.default is inspect.Parameter.empty]
    assert len(required) <= (0 if name == "find_toolchain" else 1)


@pytest.mark.parametrize("name", winarm.__all__)
def test_every_public_function_and_type_says_what_it_is(name: str) -> None:
    value = getattr(winarm, name)

    if inspect.isfunction(value) or inspect.isclass(value):
        assert value.__doc__


def test_every_error_that_a_build_raises_is_public() -> None:
    from winarm import errors  # noqa: PLC0415 - its names are looked through

    # That of one hook of the backend, which ends its process, and of a wheelhouse's threads.
    inner = {"CrossEditableError", "StoppedError"}
    named = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, WinarmError) and name not in inner
    }

    assert named <= set(winarm.__all__)


def test_importing_it_costs_little() -> None:
    code = "import sys, winarm; print(*{m.split('.')[0] for m in sys.modules} & {'packaging'})"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""


def uses(path: Path) -> None:
    """Everything public, as a user calls it; mypy checks it, and nothing runs it."""
    wheel = winarm.build_wheel("annoy==1.17.3", "dist")
    assert_type(wheel, winarm.BuiltWheel)
    assert_type(wheel.path, "Path")
    assert_type(wheel.report, winarm.Report)
    assert_type(winarm.verify_wheel(path), winarm.Report)
    options = winarm.VerifyOptions(fail_on=winarm.Severity.WARNING, limits=winarm.Limits())
    for found in winarm.verify_wheel("a.whl", options).findings:
        assert_type(found, winarm.Finding)
        assert_type(found.code, winarm.Code)
    for report in winarm.verify_wheels([path], options, jobs=2):
        assert_type(report, winarm.Report)
    toolchain = winarm.find_toolchain()
    assert_type(toolchain, winarm.Toolchain)
    assert_type(toolchain.target, winarm.Target)
    winarm.find_toolchain(winarm.Host.current(), winarm.WIN_ARM64, "zig", version="0.17")

    tried = winarm.test_wheel(path, winarm.TrialOptions(abi=winarm.PythonABI(13)))
    assert_type(tried, winarm.TrialResult)

    def listen(event: winarm.events.Event) -> None:
        if isinstance(event, winarm.events.Note):
            assert_type(event.text, str)

    winarm.build_wheel(path, python="3.13", config_settings={"a": ["b"]}, listener=listen)
    try:
        winarm.build_wheel(path)
    except winarm.MissingExtensionsError as error:
        assert_type(error.names, tuple[str, ...])
    except winarm.WinarmError as error:
        assert_type(error.what, str)
    assert_type(winarm.__version__, str)
