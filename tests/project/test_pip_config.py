"""pip's configuration is read from where pip reads it, in pip's order."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.errors import SettingsError
from winarm.host import Host
from winarm.project.pip_config import DEFAULT_INDEX, pip_configuration, redacted

if TYPE_CHECKING:
    from winarm.host import System


def host(tmp_path: Path, system: System = "windows", **environ: str) -> Host:
    """Return a machine whose configuration files are all below `tmp_path`."""
    places = {
        "PROGRAMDATA": str(tmp_path / "machine"),
        "APPDATA": str(tmp_path / "user"),
        "USERPROFILE": str(tmp_path / "home"),
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_DIRS": str(tmp_path / "machine"),
        "XDG_CONFIG_HOME": str(tmp_path / "user"),
    }
    return Host(
        environ=places | environ,
        system=system,
        machine="x86_64",
        executable=tmp_path / "venv/bin/python",
    )


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_without_any_configuration_it_is_pypi(tmp_path: Path) -> None:
    pip = pip_configuration(host(tmp_path))
    assert pip.indexes == (DEFAULT_INDEX,)
    assert not pip.index_is_chosen


def test_every_option_is_taken_from_its_variable(tmp_path: Path) -> None:
    pip = pip_configuration(
        host(
            tmp_path,
            PIP_INDEX_URL="https://a/simple",
            PIP_EXTRA_INDEX_URL="https://b/simple https://c/simple",
            PIP_FIND_LINKS="https://d/links",
            PIP_TRUSTED_HOST="b c:8080",
            PIP_CERT="/certificates.pem",
            PIP_CLIENT_CERT="/me.pem",
            PIP_PROXY="http://proxy:3128",
            PIP_DEFAULT_TIMEOUT="60",
            PIP_CONSTRAINT="/constraints.txt",
            PIP_ONLY_BINARY=":all:",
        )
    )
    assert pip.indexes == ("https://a/simple", "https://b/simple", "https://c/simple")
    assert pip.index_is_chosen
    assert pip.find_links == ("https://d/links",)
    assert pip.trusted_hosts == ("b", "c:8080")
    assert pip.certificates == Path("/certificates.pem")
    assert pip.client_certificate == Path("/me.pem")
    assert pip.proxy == "http://proxy:3128"
    assert pip.timeout == 60
    assert pip.constraints == (str(Path("/constraints.txt").absolute()),)
    assert [name for name, _ in pip.selective] == ["only-binary"]


@pytest.mark.parametrize("system", ["windows", "linux", "macos"])
def test_the_user_is_stronger_than_the_machine_and_a_variable_stronger_than_both(
    tmp_path: Path, system: System
) -> None:
    name = "pip.ini" if system == "windows" else "pip.conf"
    write(
        tmp_path / "machine/pip" / name, "[global]\nindex-url = https://machine\nproxy = http://m"
    )
    user = tmp_path / "user/pip" / name
    write(user, "[global]\nindex-url = https://user\ntimeout = 20")
    pip = pip_configuration(host(tmp_path, system, PIP_TIMEOUT="30"))
    assert (pip.index, pip.proxy, pip.timeout) == ("https://user", "http://m", 30)


def test_the_environment_of_winarm_is_stronger_than_the_user(tmp_path: Path) -> None:
    write(tmp_path / "user/pip/pip.ini", "[global]\nindex-url = https://user")
    write(tmp_path / "venv/pip.ini", "[global]\nindex-url = https://venv")
    assert pip_configuration(host(tmp_path)).index == "https://venv"


def test_the_section_of_install_is_stronger_than_global(tmp_path: Path) -> None:
    text = "[install]\nindex-url = https://install\n[global]\nindex-url = https://global"
    write(tmp_path / "user/pip/pip.ini", text)
    assert pip_configuration(host(tmp_path)).index == "https://install"


def test_a_configuration_file_named_by_a_variable_takes_the_place_of_the_users(
    tmp_path: Path,
) -> None:
    write(tmp_path / "user/pip/pip.ini", "[global]\nproxy = http://user")
    named = write(tmp_path / "named.ini", "[global]\nindex-url = https://named")
    pip = pip_configuration(host(tmp_path, PIP_CONFIG_FILE=str(named)))
    assert (pip.index, pip.proxy) == ("https://named", None)


def test_the_null_device_switches_all_files_off(tmp_path: Path) -> None:
    write(tmp_path / "machine/pip/pip.ini", "[global]\nindex-url = https://machine")
    pip = pip_configuration(host(tmp_path, PIP_CONFIG_FILE=os.devnull))
    assert pip.index == DEFAULT_INDEX


def test_lists_may_stand_on_several_lines_and_dashes_may_be_underscores(tmp_path: Path) -> None:
    text = "[global]\nextra_index_url =\n    https://a\n    https://b\n"
    write(tmp_path / "user/pip/pip.ini", text)
    assert pip_configuration(host(tmp_path)).extra_indexes == ("https://a", "https://b")


def test_folders_and_local_indexes_that_do_not_exist_are_left_out(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    gone = tmp_path / "gone"
    pip = pip_configuration(
        host(
            tmp_path,
            PIP_EXTRA_INDEX_URL=f"{there.as_uri()} {gone.as_uri()} https://elsewhere",
            PIP_FIND_LINKS=f"{gone} {there}",
        )
    )
    assert pip.extra_indexes == (there.as_uri(), "https://elsewhere")
    assert pip.find_links == (str(there),)


def test_no_index_leaves_folders_only(tmp_path: Path) -> None:
    pip = pip_configuration(
        host(
            tmp_path,
            PIP_NO_INDEX="1",
            PIP_INDEX_URL="https://a",
            PIP_EXTRA_INDEX_URL="https://b",
            PIP_FIND_LINKS=str(tmp_path),
        )
    )
    assert pip.indexes == ()
    assert pip.index_is_chosen
    assert pip.find_links == (str(tmp_path),)


def test_an_empty_variable_is_an_unset_one(tmp_path: Path) -> None:
    write(tmp_path / "user/pip/pip.ini", "[global]\nindex-url = https://user")
    assert pip_configuration(host(tmp_path, PIP_INDEX_URL="")).index == "https://user"


def test_the_authorities_of_requests_count_when_pip_has_none(tmp_path: Path) -> None:
    machine = host(tmp_path, REQUESTS_CA_BUNDLE="/requests.pem", CURL_CA_BUNDLE="/curl.pem")
    assert pip_configuration(machine).certificates == Path("/requests.pem")


def test_a_timeout_that_is_no_number_is_the_default(tmp_path: Path) -> None:
    assert pip_configuration(host(tmp_path, PIP_TIMEOUT="soon")).timeout == 15


@pytest.mark.parametrize("content", [b"no section = 1", b"[global]\nx = \xff"])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = write(tmp_path / "user/pip/pip.ini", "")
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"pip\.ini cannot be read"):
        pip_configuration(host(tmp_path))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://name:secret@host:8080/simple", "https://***@host:8080/simple"),
        ("https://host/simple", "https://host/simple"),
        ("https://a:b@c@host", "https://***@host"),
        ("git+ssh://name@host/a@b", "git+ssh://***@host/a@b"),
        ("//name:secret@host/a", "//***@host/a"),
        ("https://host/a@b?c//d@e", "https://host/a@b?c//d@e"),
        ("https://name:secret@[host", "https://***@[host"),
        ("/a//folder@b", "/a//folder@b"),
    ],
)
def test_passwords_are_never_shown(url: str, shown: str) -> None:
    assert redacted(url) == shown
