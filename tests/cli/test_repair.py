"""`winarm repair`: DLLs go into wheels, and what is still not good is not delivered."""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from pathlib import Path

import pytest
from fake_host import FakeHost
from prefix_samples import dll, tree
from verify_samples.image import AMD64, module
from verify_samples.wheel import wheel as make_wheel

from winarm.cli import repair
from winarm.cli.console import Console
from winarm.errors import LibraryError, UsageError, VerificationError
from winarm.host import Host

PYD = "pkg/_x.cp313-win_arm64.pyd"


def needing(*dlls: str) -> bytes:
    imports = {"python313.dll": ["PyModuleDef_Init"], **{name: ["f"] for name in dlls}}
    return module(imports=imports)


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prefix with z.dll, in a working folder that is no project."""
    monkeypatch.chdir(tmp_path)
    return tree(tmp_path / "deps", {"bin/z.dll": dll("kernel32.dll"), "lib/z.txt": ""})


def run(tmp_path: Path, *argv: str | Path) -> tuple[int, str, str]:
    parser = argparse.ArgumentParser()
    repair.configure(parser)
    out, err = io.StringIO(), io.StringIO()
    args = parser.parse_args([*map(str, argv), "-o", "out"])
    host = FakeHost(
        executable=Path(sys.executable), default_cache=tmp_path / "cache", behind=Host.current()
    )
    return repair.run(args, host, Console(out, err)), out.getvalue(), err.getvalue()


def members(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_a_dll_of_the_prefix_is_copied_into_the_wheel(tmp_path: Path, prefix: Path) -> None:
    wheel = make_wheel(tmp_path, {"pkg/__init__.py": b"", PYD: needing("Z.dll")})

    status, out, err = run(tmp_path, wheel, "--prefix", prefix, "-v")

    assert status == 0
    assert out == f"{Path('out') / wheel.name}: copied z.dll\n"
    assert f"copied {prefix / 'bin' / 'z.dll'} for {PYD}" in err
    assert any(".libs/" in name for name in members(tmp_path / "out" / wheel.name))


def test_a_wheel_that_needs_none_is_copied_as_it_is(tmp_path: Path, prefix: Path) -> None:
    wheel = make_wheel(tmp_path, {"pkg/__init__.py": b"", PYD: module()})

    status, out, _ = run(tmp_path, wheel, "--prefix", prefix)

    assert (status, out) == (0, f"{Path('out') / wheel.name}: needs no DLL of a prefix\n")
    assert (tmp_path / "out" / wheel.name).read_bytes() == wheel.read_bytes()


def test_what_is_still_not_good_is_told_and_not_delivered(tmp_path: Path, prefix: Path) -> None:
    wheel = make_wheel(tmp_path, {"pkg/__init__.py": b"", PYD: needing("nowhere.dll")})

    with pytest.raises(VerificationError, match=r"nowhere\.dll"):
        run(tmp_path, wheel, "--prefix", prefix)

    assert not (tmp_path / "out" / wheel.name).exists()


def test_unless_something_else_brings_it(tmp_path: Path, prefix: Path) -> None:
    wheel = make_wheel(tmp_path, {"pkg/__init__.py": b"", PYD: needing("nowhere.dll")})

    status, _, _ = run(tmp_path, wheel, "--prefix", prefix, "--external", "nowhere.dll")

    assert status == 0


def test_a_prefix_for_another_machine_is_an_error(tmp_path: Path, prefix: Path) -> None:
    (prefix / "bin" / "z.dll").write_bytes(dll(machine=AMD64))
    wheel = make_wheel(tmp_path, {"pkg/__init__.py": b"", PYD: needing("z.dll")})

    with pytest.raises(LibraryError, match="AMD64"):
        run(tmp_path, wheel, "--prefix", prefix)


def test_a_wheel_that_is_not_there_is_named(tmp_path: Path, prefix: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*nothing\.whl"):
        run(tmp_path, "nothing.whl", "--prefix", prefix)
