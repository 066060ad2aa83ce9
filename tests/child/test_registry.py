"""A registry without keys, which nobody can write to."""

from __future__ import annotations

from typing import Any

import pytest

from winarm.child.winarm_child.registry import make

# The view of a module has any attribute.
WINREG: Any = make()


def test_predefined_keys_open_and_close() -> None:
    with WINREG.OpenKey(WINREG.HKEY_LOCAL_MACHINE, "") as key:
        assert int(key) == 0x80000002
        assert key
        assert WINREG.QueryInfoKey(key) == (0, 0, 0)

    assert not key
    assert WINREG.HKEYType(7).Detach() == 7


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("OpenKey", (1, r"SOFTWARE\Python")),
        ("OpenKeyEx", (1, "SOFTWARE", 0, 0x20019)),
        ("QueryValue", (1, "x")),
        ("QueryValueEx", (1, "x")),
    ],
)
def test_what_is_asked_for_is_missing_in_the_words_of_windows(
    name: str, arguments: tuple[object, ...]
) -> None:
    with pytest.raises(FileNotFoundError, match="system cannot find the file") as caught:
        getattr(WINREG, name)(*arguments)

    assert getattr(caught.value, "winerror", None) == 2


@pytest.mark.parametrize("name", ["EnumKey", "EnumValue"])
def test_a_list_ends_at_once(name: str) -> None:
    with pytest.raises(OSError, match="No more data") as caught:
        getattr(WINREG, name)(WINREG.HKEY_CURRENT_USER, 0)

    assert getattr(caught.value, "winerror", None) == 259


@pytest.mark.parametrize("name", ["CreateKey", "SetValueEx", "DeleteKey", "SaveKey"])
def test_what_would_change_it_is_refused(name: str) -> None:
    with pytest.raises(PermissionError, match="no registry to write to"):
        getattr(WINREG, name)(1, "x")


def test_variables_in_a_text_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLDER", "/x")
    monkeypatch.delenv("NOTHING", raising=False)

    assert WINREG.ExpandEnvironmentStrings("%FOLDER%/%NOTHING% 5%") == "/x/%NOTHING% 5%"
