from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from nuget_source import DLL

from winarm.errors import TargetPythonError
from winarm.target import PythonABI
from winarm.trial import TrialOptions
from winarm.trial.which_python import known_pythons, python_for

if TYPE_CHECKING:
    from pathlib import Path

    from nuget_source import Source

    from winarm.events import Event
    from winarm.host import Host

P313 = PythonABI(13)


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
