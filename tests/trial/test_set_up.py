from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TrialError
from winarm.trial import set_up as made
from winarm.trial.bench import find_bench
from winarm.trial.debian import Packages, read_distribution
from winarm.trial.set_up import set_up

if TYPE_CHECKING:
    from winarm.host import Host


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


@pytest.mark.integration
@pytest.mark.network
@pytest.mark.skipif(not shutil.which("apt-get"), reason="it needs Debian or Ubuntu")
def test_packages_of_a_real_set_up_are_offered(host: Host, tmp_path: Path) -> None:
    packages = Packages(host, tmp_path / "apt")
    packages.update(read_distribution(), host.machine)

    size = packages.size([f"{name}:arm64" for name in made.WINE])

    assert 50e6 < size < 500e6
    assert find_bench(host).found is None
