"""The schema of `[tool.winarm]` and the reference say what the reader does."""

from __future__ import annotations

import runpy
import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from validate_pyproject import api, errors

from winarm.config import Settings, definitions, read_settings
from winarm.config.schema import schema
from winarm.config.sources import Source
from winarm.errors import SettingsError
from winarm.host import Host

HOST = Host({}, "linux", "x86_64", Path("python"), default_cache=Path("cache"))

GOOD = """
toolchain = "zig"
toolchain-version = "0.17"
sysroot = "sysroot"
python-dir = "python"
build-backend = "backend:object"
backend-path = ["tools"]
target-view = ["pybind11", "a.b"]
allow-missing = ["pkg._speedups"]
include-dirs = ["include"]
library-dirs = ["lib"]
libraries = ["z"]
defines = ["A", "B=1"]
cflags = ["-O2"]
ldflags = ["-s"]
generator = "Ninja"
drop-flags = ["-msse*", "/arch:*"]
prefix = ["deps/arm64"]
linkage = "static"
bundle = "off"
target-requires = ["scipy-openblas32>=0.3"]
jobs = 4
verify.target = "win_arm64"
verify.select = ["WA0", "WA1"]
verify.ignore = "WA001"
verify.per-member-ignores = {"pkg/tests/*" = ["WA106"]}
verify.allow = ["data/*.exe"]
verify.external = ["mylib.dll"]
verify.fail-on = "warning"
verify.record = false
verify.limits.members = 7
verify.limits.seconds = 20
test.command = "python -m pytest tests"
test.requires = ["pytest>=8"]
test.extras = ["fast"]
test.copy = ["tests"]
test.skip = ["pkg._optional"]
test.timeout = 600
packages.annoy = { version = "1.17.3", allow-missing = ["a._b"], config-settings = { k = "v" } }
"""

BAD = [
    'target = "win_arm64"',
    "verbose = true",
    'toolchian = "zig"',
    'toolchain = "gcc"',
    'toolchain-version = "newest"',
    "sysroot = 7",
    'python-dir = ""',
    "jobs = 0",
    "jobs = 1025",
    "jobs = true",
    'jobs = "4"',
    'cflags = "-O2"',
    'cflags = [""]',
    'cflags = ["-O2\\n-g"]',
    'defines = ["-DA"]',
    'include-dirs = ["-Ia"]',
    'libraries = ["-lz"]',
    'target-view = ["a b"]',
    'allow-missing = ["a,b"]',
    'build-backend = "winarm.backend"',
    'build-backend = "winarm.backend:hooks"',
    'backend-path = ["."]',
    "test = 1",
    "test.command = 1",
    "test.comand = []",
    "test.timeout = 0",
    "verify = 1",
    "verify.ignroe = []",
    "verify.ignore = [1]",
    'verify.fail-on = "nevr"',
    "verify.per-member-ignores = 1",
    'verify.per-member-ignores = {"*" = [1]}',
    "verify.target = 3",
    "verify.limits = 3",
    'verify.record = "no"',
    "verify.limits = []",
    "verify.limits.members = 0",
    "verify.limits.sizes = 1",
]


def document(toml: str) -> dict[str, Any]:
    return tomllib.loads(
        f"[project]\nname = 'demo'\nversion = '1'\n[tool.winarm]\n{toml}\n",
    )


@pytest.fixture(scope="module")
def validator() -> api.Validator:
    return api.Validator()


def test_it_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(schema())


def test_validate_pyproject_finds_it() -> None:
    (entry,) = entry_points(group="validate_pyproject.tool_schema", name="winarm")

    assert entry.load() is schema


def test_it_describes_what_pyproject_may_set() -> None:
    assert list(schema()["properties"]) == [
        name
        for name, definition in definitions().items()
        if Source.PYPROJECT in definition.scope.sources
    ]


def test_its_defaults_are_valid() -> None:
    defaults = {
        name: shape["default"]
        for name, shape in schema()["properties"].items()
        if "default" in shape
    }
    del defaults["backend-path"]

    jsonschema.validate(defaults, schema())


@pytest.mark.parametrize("toml", ["", *GOOD.splitlines()[1:], GOOD])
def test_validate_pyproject_passes_a_good_table(validator: api.Validator, toml: str) -> None:
    table = document("build-backend = 'b'\n" + toml if toml.startswith("backend-path") else toml)

    assert validator(table) == table


@pytest.mark.parametrize("toml", GOOD.splitlines()[1:])
def test_what_the_schema_passes_the_reader_passes(tmp_path: Path, toml: str) -> None:
    beside = "build-backend = 'b'\n" if toml.startswith("backend-path") else ""
    text = f"[tool.winarm]\n{beside}{toml}\n"
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")

    assert read_settings(tmp_path, None, HOST) != Settings()


def test_the_good_table_has_every_key() -> None:
    table = document(GOOD)["tool"]["winarm"]

    assert set(table) == set(schema()["properties"])
    assert set(table["verify"]) == set(schema()["properties"]["verify"]["properties"])


@pytest.mark.parametrize("toml", BAD)
def test_validate_pyproject_refuses_a_bad_table(validator: api.Validator, toml: str) -> None:
    with pytest.raises(errors.ValidationError):
        validator(document(toml))


@pytest.mark.parametrize("toml", BAD)
def test_what_the_schema_refuses_the_reader_refuses(tmp_path: Path, toml: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.winarm]\n{toml}\n", encoding="utf-8")

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document(toml)["tool"]["winarm"], schema())
    with pytest.raises(SettingsError):
        read_settings(tmp_path, None, HOST)


def test_the_reference_is_up_to_date(repository: Path) -> None:
    script = runpy.run_path(str(repository / "tools" / "settings_docs.py"))

    written = (repository / "docs" / "settings.md").read_text(encoding="utf-8")

    assert written == script["page"](), "run: python tools/settings_docs.py"
