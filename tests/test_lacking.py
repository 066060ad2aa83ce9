"""What a test may lack: nothing, in CI, that the machine could install."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

    Lacking = Callable[[str, str], NoReturn]


def test_in_ci_a_test_fails_that_lacks_what_could_be_installed(
    lacking: Lacking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no spam here: pip install spam"):
        lacking("spam", "pip install spam")


def test_in_ci_it_is_skipped_where_nothing_installs_it(
    lacking: Lacking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.skip.Exception, match="no spam here"):
        lacking("spam", "no-such-installer install spam")


def test_elsewhere_it_is_skipped(lacking: Lacking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no spam here"):
        lacking("spam", "pip install spam")
