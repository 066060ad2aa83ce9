from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.config import read_table
from winarm.config.packages import PackageSettings
from winarm.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_each_package_has_its_settings_by_its_normalised_name(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.winarm.packages.Py_YAML]\nversion = '6.0.0'\nallow-missing = ['yaml._yaml']\n"
        "prefix = ['deps']\nconfig-settings = { k = ['v', 'w'] }\n"
        "[tool.winarm.packages.x]\nskip = true\n"
    )

    settings = read_table(tmp_path, "packages")

    assert settings is not None
    assert settings["x"] == PackageSettings(skip=True)
    assert settings["py-yaml"].version == "6.0.0"
    assert settings["py-yaml"].for_build == {
        "k": ["v", "w"],
        "winarm.allow-missing": ["yaml._yaml"],
        "winarm.prefix": [str(tmp_path / "deps")],
    }


def test_without_the_table_there_are_none(tmp_path: Path) -> None:
    assert read_table(tmp_path, "packages") is None


def test_every_mistake_is_named_with_its_package(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.winarm.packages.a]\nskipp = true\n[tool.winarm.packages.b]\nversion = 3\n"
    )

    with pytest.raises(SettingsError) as caught:
        read_table(tmp_path, "packages")

    first, second = caught.value.problems
    assert first.startswith("pyproject.toml [tool.winarm.packages.a] skipp: ")
    assert "did you mean 'skip'" in first
    assert second.startswith("pyproject.toml [tool.winarm.packages.b] version: ")
