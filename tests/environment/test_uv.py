"""uv is found where it is, and told what pip is configured for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_host import FakeHost, touch

from winarm.environment.uv import configured_uv, find_uv
from winarm.errors import IsolationError
from winarm.host import Answer
from winarm.project.pip_config import PipConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

GOOD = Answer(0, "uv 0.9.1 (abc 2026-01-01)\n", "")
SHIM = Answer(127, "", "pyenv: uv: command not found")


#: On PATH, next to the Python, and the module of that Python, below the folder of a test.
ON_PATH, BESIDE, MODULE = "bin/uv", "uv", "python -I -m uv"


def host(tmp_path: Path, answers: Mapping[str, Answer], **environ: str) -> FakeHost:
    """A machine that has uv at the places of `answers`."""
    touch(*(tmp_path / place for place in answers if place != MODULE))
    return FakeHost(
        environ={"PATH": str(tmp_path / "bin"), **environ},
        executable=tmp_path / "python",
        answers={f"{tmp_path / place}": answer for place, answer in answers.items()},
    )


def test_uv_that_winarm_was_installed_with_is_taken_first(tmp_path: Path) -> None:
    assert find_uv(host(tmp_path, {ON_PATH: GOOD, BESIDE: GOOD})) == (str(tmp_path / BESIDE),)


def test_uv_on_path_is_found(tmp_path: Path) -> None:
    assert find_uv(host(tmp_path, {ON_PATH: GOOD})) == (str(tmp_path / ON_PATH),)


def test_a_shim_that_fails_is_passed_by(tmp_path: Path) -> None:
    module = (str(tmp_path / "python"), "-I", "-m", "uv")
    assert find_uv(host(tmp_path, {ON_PATH: SHIM, MODULE: GOOD})) == module


def test_uv_as_a_module_of_winarms_python_is_found(tmp_path: Path) -> None:
    module = (str(tmp_path / "python"), "-I", "-m", "uv")
    assert find_uv(host(tmp_path, {MODULE: GOOD})) == module


@pytest.mark.parametrize("answer", [SHIM, Answer(0, "something else", "")])
def test_what_is_not_uv_is_none(tmp_path: Path, answer: Answer) -> None:
    assert find_uv(host(tmp_path, {ON_PATH: answer})) is None


def test_uv_is_told_what_pip_is_configured_for(tmp_path: Path) -> None:
    pip = PipConfiguration(
        index="https://name:secret@a/simple",
        index_is_chosen=True,
        extra_indexes=("https://b", "https://c"),
        find_links=("/d", "/e"),
        trusted_hosts=("b", "c"),
        constraints=("/f.txt",),
        certificates=tmp_path / "authorities.pem",
        client_certificate=Path("/me.pem"),
        proxy="http://proxy",
        timeout=100,
    )
    uv = configured_uv(host(tmp_path, {ON_PATH: GOOD}), pip)
    assert uv.options == ()
    assert uv.environ == {
        "UV_DEFAULT_INDEX": "https://name:secret@a/simple",
        "UV_EXTRA_INDEX_URL": "https://b https://c",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/d,/e",
        "UV_INSECURE_HOST": "b c",
        "UV_CONSTRAINT": "/f.txt",
        "UV_BUILD_CONSTRAINT": "/f.txt",
        "SSL_CERT_FILE": str(tmp_path / "authorities.pem"),
        "SSL_CLIENT_CERT": str(Path("/me.pem")),
        "HTTP_PROXY": "http://proxy",
        "HTTPS_PROXY": "http://proxy",
        "UV_HTTP_TIMEOUT": "100",
    }


def test_without_a_configuration_of_pip_uv_is_left_alone(tmp_path: Path) -> None:
    uv = configured_uv(host(tmp_path, {ON_PATH: GOOD}), PipConfiguration())
    assert (uv.options, uv.environ) == ((), {})


def test_no_index_is_handed_on(tmp_path: Path) -> None:
    pip = PipConfiguration(index=None, index_is_chosen=True)
    uv = configured_uv(host(tmp_path, {ON_PATH: GOOD}), pip)
    assert uv.options == ("--no-index",)


def test_a_folder_of_authorities_has_its_own_variable(tmp_path: Path) -> None:
    pip = PipConfiguration(certificates=tmp_path)
    uv = configured_uv(host(tmp_path, {ON_PATH: GOOD}), pip)
    assert uv.environ == {"SSL_CERT_DIR": str(tmp_path)}


@pytest.mark.parametrize("name", ["UV_INDEX_URL", "UV_DEFAULT_INDEX", "UV_OFFLINE"])
def test_who_has_told_uv_itself_is_taken_at_their_word(tmp_path: Path, name: str) -> None:
    pip = PipConfiguration(index="https://a", index_is_chosen=True)
    uv = configured_uv(host(tmp_path, {ON_PATH: GOOD}, **{name: "x"}), pip)
    assert uv.environ == {}


def test_a_variable_that_is_set_is_not_overruled(tmp_path: Path) -> None:
    pip = PipConfiguration(certificates=tmp_path / "pip.pem", proxy="http://pip")
    machine = host(tmp_path, {ON_PATH: GOOD}, SSL_CERT_FILE="/own.pem", HTTPS_PROXY="http://own")
    uv = configured_uv(machine, pip)
    assert uv.environ == {"HTTP_PROXY": "http://pip"}


def test_options_that_decide_what_is_installed_are_uvs_too(tmp_path: Path) -> None:
    selective = (("no-binary", ("a", "b")), ("uploaded-prior-to", ("2026-01-01",)))

    uv = configured_uv(host(tmp_path, {ON_PATH: GOOD}), PipConfiguration(selective=selective))

    assert uv.options == ("--no-binary", "a", "--no-binary", "b", "--exclude-newer", "2026-01-01")


def test_a_machine_without_uv_is_told_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(IsolationError, match=r"winarm\[cli\]"):
        configured_uv(host(tmp_path, {}), PipConfiguration())
