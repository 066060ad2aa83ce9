from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch
from verify_samples.image import image

from winarm.errors import TrialError
from winarm.events import Note
from winarm.host import Answer, ProgramError
from winarm.trial import set_up as made
from winarm.trial.debian import Packages, read_distribution
from winarm.trial.set_up import set_up
from winarm.trial.wine import find_bench

if TYPE_CHECKING:
    from fake_host import Reply, Run

    from winarm.events import Event
    from winarm.host import Host

DONE = Answer(0, "", "")


@pytest.mark.parametrize(
    ("system", "machine", "words"),
    [
        ("windows", "arm64", "the runner native needs nothing"),
        ("windows", "amd64", "made on Linux"),
        ("macos", "arm64", "made on Linux"),
        ("linux", "riscv64", "linux riscv64"),
    ],
)
def test_other_machines_are_told_why(system: str, machine: str, words: str, host: Host) -> None:
    with pytest.raises(TrialError, match=words):
        set_up(replace(host, system=system, machine=machine))  # type: ignore[arg-type]


def test_failed_set_up_leaves_nothing(host: Host, tmp_path: Path) -> None:
    linux = replace(host, system="linux", machine="x86_64")

    with pytest.raises(TrialError, match="Debian and Ubuntu"):
        set_up(linux, system=tmp_path)

    assert [path.suffix for path in (host.cache / "trial").iterdir()] == [".lock"]


def test_arm_linux_of_another_release_is_told(host: Host, tmp_path: Path) -> None:
    (tmp_path / "etc" / "apt").mkdir(parents=True)
    (tmp_path / "etc" / "os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
    (tmp_path / "etc" / "apt" / "sources.list").write_text("deb http://m bookworm main\n")

    with pytest.raises(TrialError, match="trixie does not run on bookworm itself"):
        set_up(replace(host, system="linux", machine="aarch64"), system=tmp_path)


def test_versions_are_those_of_the_packages() -> None:
    files = [Path("libwine_10.0~repack-6_arm64.deb"), Path("qemu-user_1%3a10.0.13+ds-0_amd64.deb")]

    assert made._version(files, "libwine") == "10.0"
    assert made._version(files, "qemu-user") == "10.0.13"


def test_prefix_shares_wines_files_and_keeps_changed_ones(tmp_path: Path) -> None:
    own = tmp_path / "root/usr/lib/aarch64-linux-gnu/wine/aarch64-windows"
    own.mkdir(parents=True)
    system32 = tmp_path / "prefix/drive_c/windows/system32"
    system32.mkdir(parents=True)
    for name, copy in (("same.dll", "x"), ("other.dll", "y")):
        (own / name).write_text("x")
        (system32 / name).write_text(copy)

    made._share(tmp_path / "prefix", tmp_path / "root")

    assert (system32 / "same.dll").samefile(own / "same.dll")
    assert not (system32 / "other.dll").samefile(own / "other.dll")
    assert sorted(path.name for path in system32.iterdir()) == ["other.dll", "same.dll"]


class Apt:
    """An apt-get whose packages have what a bench needs of them, and a Wine that makes prefixes."""

    NAMES = ("libwine_10.0~repack-6_arm64", "wine64_10.0_arm64", "qemu-user_1%3a10.0.13_amd64")

    def __init__(self, folder: Path) -> None:
        self.environ: dict[str, str] = {}
        answers: dict[str, Reply] = {
            "apt-config dump": Answer(0, 'Acquire::http::Proxy "http://proxy";\nDir "/";\n', ""),
            "apt-get --quiet update": DONE,
            "apt-get --quiet --print-uris": Answer(0, "'http://m/a.deb' a.deb 5000000 H\n", ""),
            "apt-get --quiet download": self.download,
            "dpkg-deb --extract": self.unpack,
            "qemu-aarch64": self.wine,
            "wineserver": DONE,
        }
        self.host = FakeHost(
            default_cache=folder / "cache",
            environ={"HOME": "/h"},
            answers=answers,
        )
        (folder / "etc" / "apt").mkdir(parents=True)
        (folder / "etc" / "os-release").write_text("ID=debian\nVERSION_CODENAME=trixie\n")
        (folder / "etc" / "apt" / "sources.list").write_text("deb http://m trixie main\n")

    def download(self, run: Run) -> Answer:
        assert run.folder is not None
        for name in self.NAMES:
            (run.folder / f"{name}.deb").touch()
        return DONE

    def unpack(self, run: Run) -> Answer:
        package, into = map(Path, run.words[-2:])
        if package.name.startswith("qemu"):
            touch(into / "usr/bin/qemu-aarch64", into / "usr/bin/qemu-arm")
        elif package.name.startswith("libwine"):
            own = into / "usr/lib/aarch64-linux-gnu/wine/aarch64-windows"
            touch(into / "usr/lib/wine/wine64", own / "kernel32.dll")
            (own / "ucrtbase.dll").write_bytes(image(exports=["f"]))
        return DONE

    def wine(self, run: Run) -> Answer:
        self.environ = dict(run.environ)
        prefix = Path(run.environ["WINEPREFIX"])
        touch(prefix / "system.reg", prefix / "drive_c/windows/system32/kernel32.dll")
        return DONE


def test_a_bench_is_made_of_packages_and_left_with_nothing_else(tmp_path: Path) -> None:
    apt = Apt(tmp_path)
    heard: list[Event] = []

    bench = set_up(apt.host, heard.append, system=tmp_path)

    assert bench.versions == "Wine 10.0 under qemu 10.0.13"
    assert {path.name for path in bench.folder.iterdir()} == {
        *("bench.json", "prefix", "qemu", "root")
    }
    assert [path.name for path in (bench.folder / "qemu/usr/bin").iterdir()] == ["qemu-aarch64"]
    # Wine starts its own programs through the emulator.
    assert "qemu-aarch64" in (bench.root / "usr/lib/wine/wineserver").read_text()
    system32 = bench.template / "drive_c/windows/system32"
    own = bench.root / "usr/lib/aarch64-linux-gnu/wine/aarch64-windows"
    assert (system32 / "kernel32.dll").samefile(own / "kernel32.dll")
    assert any("fetching 5 MB" in event.text for event in heard if isinstance(event, Note))
    assert apt.environ["HOME"] == "/h"


def test_a_bench_is_made_once(tmp_path: Path) -> None:
    apt = Apt(tmp_path)
    set_up(apt.host, system=tmp_path)
    before = len(apt.host.ran)

    assert set_up(apt.host, system=tmp_path) == find_bench(apt.host).found
    assert len(apt.host.ran) == before


@pytest.mark.parametrize(
    ("command", "reply", "said"),
    [
        ("apt-get --quiet update", Answer(100, "", "E: no route\n"), "E: no route"),
        ("apt-get --quiet download", Answer(100, "E: Hash Sum mismatch\n", ""), "Hash Sum"),
        ("dpkg-deb --extract", Answer(2, "", "dpkg-deb: error"), "dpkg-deb --extract"),
        ("apt-config dump", ProgramError("apt-config cannot be started."), "apt-config"),
        ("qemu-aarch64", Answer(1, "wine: bad\n", ""), "wine: bad"),
        ("qemu-aarch64", Answer(0, "", ""), "did not make a Windows prefix"),
        ("wineserver", ProgramError("wineserver cannot be started."), "wineserver"),
    ],
)
def test_what_fails_is_told_and_nothing_is_left(
    tmp_path: Path, command: str, reply: Reply, said: str
) -> None:
    apt = Apt(tmp_path)
    failing = replace(apt.host, answers={**apt.host.answers, command: reply})

    with pytest.raises(TrialError) as caught:
        set_up(failing, system=tmp_path)

    assert said in f"{caught.value}"
    assert [path.suffix for path in (tmp_path / "cache" / "trial").iterdir()] == [".lock"]


@pytest.mark.integration
@pytest.mark.network
@pytest.mark.skipif(not shutil.which("apt-get"), reason="it needs Debian or Ubuntu")
def test_packages_of_a_real_set_up_are_offered(host: Host, tmp_path: Path) -> None:
    packages = Packages(host, tmp_path / "apt")
    packages.update(read_distribution(), host.machine)

    size = packages.size([f"{name}:arm64" for name in made.WINE])

    assert 50e6 < size < 500e6
    assert find_bench(host).found is None
