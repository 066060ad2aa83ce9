"""NumPy's headers are those of the target, of exactly the same version, or an error."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TargetPythonError
from winarm.host import Host
from winarm.project.pip_config import pip_configuration
from winarm.target import PythonABI
from winarm.target_python.numpy_headers import numpy_include

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from winarm.environment.interpreter import Interpreter

    MakeInterpreter = Callable[[PythonABI], Interpreter]


def offer(links: Path, version: str, tag: str = "cp313-cp313-win_arm64", *extra: str) -> Path:
    core = "core" if version.startswith("1.") else "_core"
    members = [
        f"numpy/{core}/include/numpy/arrayobject.h",
        f"numpy/{core}/include/numpy/_numpyconfig.h",
        f"numpy/{core}/lib/npymath.lib",
        f"numpy/{core}/multiarray.pyd",
        "numpy/__init__.py",
        *extra,
    ]
    path = links / f"numpy-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for member in members:
            wheel.writestr(member, f"{version} {tag}")
    return path


def include_of(host: Host, interpreter: Interpreter, version: str) -> Path:
    return numpy_include(host, interpreter, version, pip_configuration(host))


@pytest.fixture
def host(offline_host: Host) -> Host:
    return offline_host


@pytest.fixture
def interpreter(make_interpreter: MakeInterpreter) -> Interpreter:
    return make_interpreter(PythonABI(13))


@pytest.mark.parametrize(
    ("version", "core"), [("2.3.5", "_core"), ("2.0.0", "_core"), ("1.26.4", "core")]
)
def test_the_headers_and_libraries_of_the_targets_wheel_are_taken_and_nothing_else(
    links: Path, host: Host, interpreter: Interpreter, version: str, core: str
) -> None:
    offer(links, version)
    include = include_of(host, interpreter, version)
    assert (include / "numpy/arrayobject.h").read_text() == f"{version} cp313-cp313-win_arm64"
    assert include.parts[-3:] == ("numpy", core, "include")
    names = {path.relative_to(include.parent).as_posix() for path in include.parent.rglob("*.*")}
    assert names == {
        "include/numpy/arrayobject.h",
        "include/numpy/_numpyconfig.h",
        "lib/npymath.lib",
    }
    assert not (include.parents[1] / "__init__.py").exists()


def test_they_are_taken_from_the_cache_the_second_time(
    links: Path, host: Host, interpreter: Interpreter
) -> None:
    wheel = offer(links, "2.3.5")
    first = include_of(host, interpreter, "2.3.5")
    wheel.unlink()
    assert include_of(host, interpreter, "2.3.5") == first


def test_each_abi_has_its_own(
    links: Path, host: Host, interpreter: Interpreter, make_interpreter: MakeInterpreter
) -> None:
    offer(links, "2.3.5")
    offer(links, "2.3.5", "cp313-cp313t-win_arm64")
    threaded = include_of(host, make_interpreter(PythonABI(13, free_threaded=True)), "2.3.5")
    assert threaded != include_of(host, interpreter, "2.3.5")
    assert (threaded / "numpy/arrayobject.h").read_text() == "2.3.5 cp313-cp313t-win_arm64"


def test_without_a_wheel_of_that_version_those_there_are_get_named(
    links: Path, host: Host, interpreter: Interpreter
) -> None:
    for version in ("2.3.0", "2.3.5", "2.4.0rc1"):
        offer(links, version)
    offer(links, "2.1.0", "cp313-cp313-win_amd64")
    offer(links, "2.2.0", "cp312-cp312-win_arm64")
    with pytest.raises(TargetPythonError, match=re.escape("have one: 2.3.0, 2.3.5.")) as caught:
        include_of(host, interpreter, "2.1.0")
    assert "numpy==2.3.0" in caught.value.cure
    assert "types" in caught.value.why


def test_without_any_wheel_the_index_is_doubted(host: Host, interpreter: Interpreter) -> None:
    with pytest.raises(TargetPythonError, match="have one: none"):
        include_of(host, interpreter, "2.1.0")


def test_an_index_that_cannot_be_reached_says_so(host: Host, interpreter: Interpreter) -> None:
    offline = replace(
        host,
        environ={"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple"},
    )
    with pytest.raises(TargetPythonError, match="cannot be looked for") as caught:
        include_of(offline, interpreter, "2.1.0")
    assert "PIP_FIND_LINKS" in caught.value.cure


def test_a_wheel_that_would_write_elsewhere_does_not(
    links: Path, host: Host, interpreter: Interpreter, tmp_path: Path
) -> None:
    offer(links, "2.3.5", "cp313-cp313-win_arm64", "../../evil.h")
    include_of(host, interpreter, "2.3.5")
    assert not list(tmp_path.rglob("evil.h"))


def test_a_damaged_wheel_is_one_message(links: Path, host: Host, interpreter: Interpreter) -> None:
    (links / "numpy-2.3.5-cp313-cp313-win_arm64.whl").write_bytes(b"half of a wheel")
    with pytest.raises(TargetPythonError, match="cannot be had"):
        include_of(host, interpreter, "2.3.5")


@pytest.mark.parametrize("version", ["", "../../x", "newest"])
def test_what_is_no_version_is_refused(host: Host, interpreter: Interpreter, version: str) -> None:
    with pytest.raises(TargetPythonError, match="not a version"):
        include_of(host, interpreter, version)


@pytest.mark.network
def test_the_real_headers_describe_the_targets_types(
    tmp_path: Path, interpreter: Interpreter
) -> None:
    host = replace(Host.current(), default_cache=tmp_path / "cache")
    include = include_of(host, interpreter, "2.3.5")
    text = (include / "numpy/_numpyconfig.h").read_text()
    assert re.search(r"NPY_SIZEOF_LONG 4\b", text)
    assert re.search(r"NPY_SIZEOF_LONGDOUBLE 8\b", text)
    assert (include.parent / "lib/npymath.lib").is_file()
