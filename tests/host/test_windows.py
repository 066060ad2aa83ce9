"""What `Host` asks of Windows alone; elsewhere, that it asks nothing."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

import pytest

from winarm.host import Host, RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator

on_windows = pytest.mark.skipif(os.name != "nt", reason="it needs Windows")

KEY = r"SOFTWARE\winarm-test"


@pytest.fixture
def registry() -> Iterator[None]:
    # By name, since a checker on another system knows no such module.
    winreg = importlib.import_module("winreg")
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, KEY) as key:
        winreg.SetValueEx(key, "text", 0, winreg.REG_SZ, "C:\\Zażółć (x86)\\")
        winreg.SetValueEx(key, "grows", 0, winreg.REG_EXPAND_SZ, "%SystemDrive%\\Kits")
        winreg.SetValueEx(key, "number", 0, winreg.REG_DWORD, 10)
        winreg.SetValueEx(key, "", 0, winreg.REG_SZ, "the key's own")
    yield
    winreg.DeleteKey(winreg.HKEY_CURRENT_USER, KEY)


@on_windows
@pytest.mark.usefixtures("registry")
class TestRegistry:
    @pytest.mark.parametrize(
        ("name", "value"),
        [("text", "C:\\Zażółć (x86)\\"), ("", "the key's own"), ("missing", None)],
    )
    def test_values_are_text(self, name: str, value: str | None) -> None:
        assert Host.current().registry("HKCU", KEY, name) == value

    def test_variables_in_a_value_are_expanded(self) -> None:
        value = Host.current().registry("HKCU", KEY, "grows")

        assert value is not None
        assert value.lower() == "c:\\kits"

    def test_a_value_that_is_no_text_is_an_error(self) -> None:
        with pytest.raises(RegistryError, match="it is not text"):
            Host.current().registry("HKCU", KEY, "number")

    def test_a_key_that_is_not_there_has_no_value(self) -> None:
        assert Host.current().registry("HKLM", rf"{KEY}\deeper", "x") is None


@on_windows
def test_the_machine_is_the_native_one() -> None:
    assert Host.current().machine in {"arm64", "amd64"}


@on_windows
def test_names_of_variables_ignore_case() -> None:
    host = Host.current()

    assert host.variable("SystemRoot") == host.variable("SYSTEMROOT") is not None


@pytest.mark.skipif(os.name == "nt", reason="it is about other systems")
def test_there_is_no_registry_elsewhere() -> None:
    assert Host.current().registry("HKLM", KEY, "text") is None
