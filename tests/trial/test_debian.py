from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from winarm.errors import TrialError
from winarm.host import Host
from winarm.trial.debian import Distribution, Packages, read_distribution, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    System = Callable[[str, Mapping[str, str]], Path]

BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_CODENAME=bookworm\n'
PLUCKY = "ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=plucky\n"
NOBLE = "PRETTY_NAME='Ubuntu 24.04'\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n"
STANZAS = """\
# a comment
Types: deb
URIs: https://other.example/
Suites: nodistro

Enabled: no\x20
Types: deb
URIs: https://off.example/
Suites: bookworm

Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/own.gpg
"""
DEBIAN = Distribution("debian", "bookworm", "trixie", "http://mirror.example", "/k.gpg")


@pytest.fixture
def system(tmp_path: Path) -> System:
    def make(release: str, files: Mapping[str, str]) -> Path:
        apt = tmp_path / "etc" / "apt"
        (apt / "sources.list.d").mkdir(parents=True)
        if release:
            (tmp_path / "etc" / "os-release").write_text(release)
        for name, text in files.items():
            (apt / name).write_text(text)
        return tmp_path

    return make


def test_packages_come_from_the_machines_own_mirror(system: System) -> None:
    found = read_distribution(system(BOOKWORM, {"sources.list.d/debian.sources": STANZAS}))

    assert found == Distribution(
        *("debian", "bookworm", "trixie", "http://mirror.example/debian"),
        "/usr/share/keyrings/own.gpg",
    )


@pytest.mark.parametrize(
    ("line", "keyring"),
    [
        ("deb http://m.example/d bookworm main", "/usr/share/keyrings/debian-archive-keyring.gpg"),
        ("deb [arch=amd64 signed-by=/k.gpg] http://m.example/d bookworm main", "/k.gpg"),
    ],
)
def test_sources_of_one_line_are_read(line: str, keyring: str, system: System) -> None:
    text = f"# deb http://old bookworm main\ndeb-src http://src bookworm main\n{line}\n"

    found = read_distribution(system(BOOKWORM, {"sources.list": text}))

    assert (found.mirror, found.keyring) == ("http://m.example/d", keyring)


def test_release_with_a_wine_of_its_own_is_used(system: System) -> None:
    release = "ID=debian\nVERSION_CODENAME=forky\n"

    found = read_distribution(system(release, {"sources.list": "deb http://m forky main\n"}))

    assert (found.release, found.suite) == ("forky", "forky")


@pytest.mark.parametrize(
    ("release", "words"),
    [
        (NOBLE, "Wine of Ubuntu 24.04 does not run ARM64 programs"),
        ("ID=fedora\nPRETTY_NAME='Fedora 43'\n", "this machine is Fedora 43"),
        ("", "not a Linux distribution"),
        (BOOKWORM, "no package source of debian bookworm"),
    ],
)
def test_other_machines_are_told_what_else_there_is(
    release: str, words: str, system: System
) -> None:
    with pytest.raises(TrialError, match=words) as caught:
        read_distribution(system(release, {}))

    assert "--runner ssh:HOST" in caught.value.cure


def test_arm64_packages_of_debian_are_on_the_same_mirror() -> None:
    assert sources(DEBIAN, "x86_64").splitlines() == [
        "deb [arch=arm64 signed-by=/k.gpg] http://mirror.example trixie main",
        "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example trixie main",
    ]
    assert len(sources(DEBIAN, "aarch64").splitlines()) == 1


def test_arm64_packages_of_ubuntu_are_on_its_ports(system: System) -> None:
    text = "deb http://archive.example/ubuntu plucky main\n"
    ubuntu = read_distribution(system(PLUCKY, {"sources.list": text}))

    arm, own = sources(ubuntu, "x86_64").splitlines()

    assert "ports.ubuntu.com" in arm
    assert "http://archive.example/ubuntu plucky main universe" in own


@pytest.fixture
def apt(tmp_path: Path) -> Callable[[str], Packages]:
    """A private apt whose programs are a shell script of that text."""

    def make(script: str) -> Packages:
        programs = tmp_path / "bin"
        programs.mkdir()
        for name in ("apt-get", "apt-config", "dpkg-deb"):
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
        host = Host.current()
        path = f"{programs}:{host.environ['PATH']}"
        host = replace(host, environ={**host.environ, "PATH": path})
        return Packages(host, tmp_path / "apt")

    return make


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="apt's stand-ins are scripts")


def test_apt_sees_nothing_of_the_machine_but_its_way_to_the_network(
    apt: Callable[[str], Packages],
) -> None:
    dump = 'Acquire::http::Proxy "http://proxy";\\nAPT::Update::Post-Invoke "rm x";'
    packages = apt(f"""[ "$(basename $0)" != apt-config ] || printf '{dump}\\n'""")

    packages.update(DEBIAN, "x86_64")

    written = (packages.folder / "apt.conf").read_text()
    assert 'Acquire::http::Proxy "http://proxy";' in written
    assert "Post-Invoke" not in written
    assert f'Dir "{packages.folder}";' in written
    assert (packages.folder / "var/lib/dpkg/status").read_text() == ""


def test_size_is_what_apt_would_fetch(apt: Callable[[str], Packages]) -> None:
    packages = apt("""echo "'http://m/a.deb' a.deb 300 SHA256:0"; echo "'http://m/b' b 20 x:0" """)

    assert packages.size(["a", "b"]) == 320


def test_failure_of_apt_is_one_message(apt: Callable[[str], Packages]) -> None:
    packages = apt("echo noise; echo 'E: Unable to locate package wine64' >&2; exit 100")

    with pytest.raises(TrialError, match="apt-get --quiet --print-uris download failed") as caught:
        packages.size(["wine64"])

    assert caught.value.why == "E: Unable to locate package wine64"


def test_download_that_fails_is_one_message(apt: Callable[[str], Packages], tmp_path: Path) -> None:
    packages = apt("echo 'E: Hash Sum mismatch' >&2; exit 100")

    with pytest.raises(TrialError) as caught:
        packages.download(["wine64"], tmp_path / "debs")

    assert "Hash Sum mismatch" in caught.value.why


def test_machine_without_apt_is_told(tmp_path: Path) -> None:
    packages = Packages(Host.current(), tmp_path)

    with pytest.raises(TrialError, match="cannot be started"):
        packages.call("no-such-apt")
