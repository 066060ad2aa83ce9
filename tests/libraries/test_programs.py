from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from winarm.host import Host
from winarm.libraries.programs import config_programs
from winarm.libraries.view import Native
from winarm.plan import CHILD

SCRIPT = CHILD / "library_config.py"


def made(host: Host, native: Native, folder: Path, own: tuple[Path, ...] = ()) -> dict[str, str]:
    python = Path(sys.executable)
    texts = config_programs(host, native, folder, python=python, script=SCRIPT, own=own)
    return {file.name: text for file, text in texts.items()}


def with_programs(host: Host, folder: Path, *names: str) -> Host:
    folder.mkdir()
    for name in names:
        (folder / name).write_text("")
    return replace(host, environ={**host.environ, "PATH": str(folder)})


def test_the_hosts_programs_explain_themselves(tmp_path: Path) -> None:
    host = with_programs(
        Host.current(), tmp_path / "bin", "xml2-config", "pg_config", "python3-config", "cc"
    )

    texts = made(host, Native(), tmp_path)

    assert sorted(texts) == ["pg_config", "xml2-config"]
    program = tmp_path / "xml2-config"
    program.write_text(texts["xml2-config"])
    program.chmod(0o755)
    done = subprocess.run([program, "--libs"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "xml2-config of this machine describes this machine's libraries" in done.stderr
    assert "winarm.prefix=DIR" in done.stderr


def test_programs_of_the_builds_environment_stay(tmp_path: Path) -> None:
    host = with_programs(Host.current(), tmp_path / "bin", "numpy-config", "xml2-config")

    texts = made(host, Native(), tmp_path, (tmp_path / "bin",))

    assert texts == {}


def test_a_prefixs_package_answers_under_every_name(tmp_path: Path) -> None:
    native = Native(programs=tmp_path / "view", packages=("libxml-2.0", "libpng16"))
    host = replace(Host.current(), environ={"PATH": os.devnull})

    texts = made(host, native, tmp_path)
    assert "libxml-2.0" in texts["xml2-config"]
    assert texts["xml2-config.exe"] == texts["xml2-config"]
    assert "libpng16" in texts["libpng16-config"]
    on_windows = made(replace(host, system="windows"), native, tmp_path)
    assert {name.rpartition(".")[2] for name in on_windows} == {"cmd"}
    windows = on_windows["xml2-config.cmd"]
    assert windows.startswith('@"')
    assert windows.endswith(' "--" %*\r\n')
