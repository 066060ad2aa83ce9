"""What a build tool is given is put together and written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from winarm.backends.provision import Provision


def test_of_two_provisions_the_later_wins() -> None:
    first = Provision({"A": "1", "B": "1"}, {"x": 1}, {Path("f"): "1"})
    second = Provision({"B": "2"}, {"x": 2}, {})

    joined = first.joined(second)

    assert joined == Provision({"A": "1", "B": "2"}, {"x": 2}, {Path("f"): "1"})


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    file = tmp_path / "cmake" / "toolchain.cmake"

    Provision(files={file: "set(x \u00fc)\n"}).write()

    assert file.read_text("utf-8") == "set(x \u00fc)\n"


@pytest.mark.skipif(os.name == "nt", reason="no executable bit there")
def test_only_a_script_may_be_run(tmp_path: Path) -> None:
    script, file = tmp_path / "bin" / "cc", tmp_path / "cross.ini"

    Provision(files={script: "#!/bin/sh\n", file: "[binaries]\n"}).write()

    assert (os.access(script, os.X_OK), os.access(file, os.X_OK)) == (True, False)
