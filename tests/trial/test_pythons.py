from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from nuget_source import DLL

from winarm.errors import TargetPythonError
from winarm.search import miss
from winarm.target import WIN_AMD64, WIN_ARM64, PythonABI
from winarm.trial import TrialOptions
from winarm.trial.pythons import known_pythons, python_for, pythons_in

if TYPE_CHECKING:
    from pathlib import Path

    from nuget_source import Source

    from winarm.events import Event
    from winarm.host import Host


P313, P313T = PythonABI(13), PythonABI(13, free_threaded=True)


def image(path: Path, machine: int = WIN_ARM64.machine) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"MZ".ljust(0x3C, b"\0") + struct.pack("<I4sH18x", 64, b"PE\0\0", machine))


@pytest.mark.parametrize("below", ["", "tools"])
def test_python_is_found_in_the_layouts_of_python_org_and_of_nuget(
    below: str, tmp_path: Path
) -> None:
    image(tmp_path / below / "python313.dll")
    image(tmp_path / below / "python3.dll")
    (tmp_path / below / "python.exe").touch()

    search = pythons_in(tmp_path)

    assert search.found is not None
    (found,) = search.found
    assert (found.executable, found.abi) == (tmp_path / below / "python.exe", P313)
    assert search.misses == ()


def test_both_pythons_of_one_folder_are_found(tmp_path: Path) -> None:
    image(tmp_path / "python313.dll")
    image(tmp_path / "python313t.dll")
    for name in ("python.exe", "python3.13t.exe"):
        (tmp_path / name).touch()

    found = pythons_in(tmp_path).found or ()

    assert {(one.abi, one.executable.name) for one in found} == {
        (P313, "python.exe"),
        (P313T, "python3.13t.exe"),
    }


def test_python_for_another_machine_is_none(tmp_path: Path) -> None:
    image(tmp_path / "python313.dll", WIN_AMD64.machine)
    (tmp_path / "python.exe").touch()

    assert pythons_in(tmp_path) == miss(f"{tmp_path / 'python313.dll'} is for AMD64, not ARM64")


@pytest.mark.parametrize("content", [b"", b"MZ", b"\0" * 64, b"\xff" * 64])
def test_damaged_dll_is_none(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "python313.dll").write_bytes(content)

    assert pythons_in(tmp_path).found is None


def test_everything_that_was_looked_at_is_named(tmp_path: Path, host: Host) -> None:
    image(tmp_path / "a" / "python312.dll")
    (tmp_path / "a" / "python.exe").touch()
    options = TrialOptions(python_dirs=(tmp_path / "a", tmp_path / "gone"))

    with pytest.raises(TargetPythonError) as caught:
        python_for(host, P313, options, lambda _: None)

    assert "a holds Python 3.12" in caught.value.what
    assert "gone cannot be read: No such file" in caught.value.what
    assert "--python" in caught.value.cure


def python_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "python313.dll").write_bytes(DLL)
    (folder / "python.exe").touch()
    return folder / "python.exe"


def test_source_that_is_down_is_named_with_what_was_looked_at(host: Host) -> None:
    options = TrialOptions(python_dirs=(host.cache,), python_source="http://127.0.0.1:1/index.json")

    with pytest.raises(TargetPythonError) as caught:
        python_for(host, P313, options, lambda _: None)

    assert str(host.cache) in caught.value.what
    assert "cannot be fetched from http://127.0.0.1:1/index.json" in caught.value.why


def test_python_that_no_folder_has_is_fetched_and_said(source: Source, host: Host) -> None:
    source.offer("3.13.2")
    heard: list[Event] = []

    found = python_for(host, P313, TrialOptions(python_source=source.index), heard.append)

    assert found.abi == P313
    assert any("fetching Python 3.13" in str(event) for event in heard)


def test_package_with_another_python_is_refused(source: Source, host: Host) -> None:
    source.offer("3.13.2", dll="python312.dll")

    with pytest.raises(TargetPythonError) as caught:
        python_for(host, P313, TrialOptions(python_source=source.index), lambda _: None)

    assert "pythonarm64-3.13.2" in caught.value.why
    assert "is another Python" in caught.value.why


def test_pythons_of_uv_are_found(host: Host) -> None:
    folder = host.cache / "uv" / "cpython-3.13.9-windows-aarch64-none"
    executable = python_in(folder)
    environ = {**host.environ, "UV_PYTHON_INSTALL_DIR": str(folder.parent)}

    found = python_for(replace(host, environ=environ), P313, TrialOptions(), lambda _: None)

    assert found.executable == executable


def test_a_folder_that_is_named_comes_before_the_cache(host: Host, tmp_path: Path) -> None:
    python_in(host.cache / "trial" / "pythons" / "python")
    named = python_in(tmp_path / "named")

    known = known_pythons(host, TrialOptions(python_dirs=(named.parent,)))

    assert {abi: python.executable for abi, python in known.items()} == {P313: named}
