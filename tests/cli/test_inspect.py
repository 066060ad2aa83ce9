from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

import pytest
from verify_samples import image as im
from verify_samples.wheel import wheel

from winarm.cli import inspect
from winarm.cli.console import Console
from winarm.errors import UsageError
from winarm.host import Host

NAME = "pkg-1.0-cp313-cp313-win_arm64.whl"
PYD = "pkg/_x.cp313-win_arm64.pyd"


def run(*words: str) -> tuple[int, str]:
    """Run the verb and return its exit status and what it printed."""
    parser = argparse.ArgumentParser()
    inspect.configure(parser)
    out = io.StringIO()
    host = Host(environ={}, system="linux", machine="x", executable=Path(sys.executable))
    status = inspect.run(parser.parse_args(words), host, Console(out, io.StringIO()))
    return status, out.getvalue()


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wheel of two images and an image, and the working directory there."""
    wheel(tmp_path, {PYD: im.module(), "pkg/a.dll": im.image(machine=im.AMD64)}, NAME)
    names = [f"f{number}" for number in range(20)]
    (tmp_path / "_x.pyd").write_bytes(im.module(imports={"python313.dll": names}))
    (tmp_path / "x.txt").write_text("text")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_image_is_shown_with_what_both_readers_say(dist: Path) -> None:
    assert dist.is_dir()
    status, said = run("_x.pyd")

    assert status == 0
    lines = said.splitlines()
    assert lines[0].startswith("_x.pyd: ARM64, ")
    assert lines[0].endswith("loads on win_arm64")
    assert "  machine name          ARM64" in lines
    assert "  python313.dll: f0, f1, f2, f3, f4, f5, f6, f7 and 12 more" in lines
    assert "  PyInit__x" in lines


def test_every_symbol_is_shown_when_asked(dist: Path) -> None:
    assert dist.is_dir()

    assert "f18, f19" in run("--all", "_x.pyd")[1]


def test_wheel_shows_all_images_and_a_member_one(dist: Path) -> None:
    assert dist.is_dir()
    every = json.loads(run("--format=json", NAME)[1])
    one = json.loads(run("--format=json", f"{NAME}:pkg/a.dll")[1])

    assert every["version"] == 1
    assert [image["name"] for image in every["images"]] == [PYD, "pkg/a.dll"]
    assert [image["winarm"]["machine"] for image in one["images"]] == ["AMD64"]
    assert one["images"][0] == every["images"][1] | {"file": f"{NAME}:pkg/a.dll"}


def test_image_that_cannot_be_read_is_status_1(dist: Path) -> None:
    (dist / "bad.dll").write_bytes(im.module()[:200])

    status, said = run("bad.dll")

    assert status == 1
    assert said.startswith("bad.dll: not readable: ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.dll"], "no file gone.dll"),
        (["."], "no file ."),
        (["x.txt"], "x.txt is text"),
        ([f"{NAME}:pkg/gone.dll"], "no member pkg/gone.dll"),
        (["_x.pyd", "--timeout=0"], "above 0"),
        (["_x.pyd", "--timeout=nan"], "above 0"),
    ],
)
def test_wrong_use_is_explained(dist: Path, words: list[str], message: str) -> None:
    assert dist.is_dir()

    with pytest.raises(UsageError, match=message):
        run(*words)


def test_wheel_that_is_no_archive_is_wrong_use(dist: Path) -> None:
    (dist / "x.whl").write_bytes(b"text")

    with pytest.raises(UsageError, match="not a readable wheel"):
        run("x.whl")


def test_damaged_member_is_named(dist: Path) -> None:
    path = dist / NAME
    data = bytearray(path.read_bytes())
    at = data.index(PYD.encode()) + len(PYD) + 20
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)

    status, said = run(f"{NAME}:{PYD}")

    assert status == 1
    assert said.startswith(f"{PYD}: its data does not inflate")
