"""The module that front-ends import; its hooks are tested in tests/pipeline/test_hooks.py."""

from __future__ import annotations

import pytest

from winarm import backend
from winarm.pipeline import hooks


def test_every_hook_is_defined() -> None:
    assert {name for name in backend.HOOKS if not callable(getattr(hooks, name))} == set()


def test_every_hook_is_listed() -> None:
    assert set(backend.HOOKS) <= set(dir(backend))


def test_none_is_there_before_it_is_asked_for() -> None:
    # What a front-end asks for with hasattr must be decided for each project.
    assert set(vars(backend)).isdisjoint(backend.HOOKS)


@pytest.mark.parametrize("name", ["other", "build", "_private", "build_wheels"])
def test_another_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"no attribute '{name}'"):
        getattr(backend, name)
