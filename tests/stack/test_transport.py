"""How indexes are spoken to: credentials, proxies, certificates, and what is kept."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from winarm.errors import FileSystemError
from winarm.stack.client import index_client
from winarm.stack.places import configured_places

if TYPE_CHECKING:
    from pathlib import Path

    from stack_samples import LocalIndex

    from winarm.host import Host
    from winarm.stack.files import IndexedProject


def asked(host: Host, name: str, **options: bool) -> IndexedProject:
    with index_client(host, configured_places(host), **options) as client:
        return client.project(name)


def test_credentials_in_the_address_are_sent_and_not_shown(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    index.credentials = base64.b64encode(b"me:secret").decode()
    url = index.simple.replace("//", "//me:secret@", 1)
    good = replace(host, environ={**host.environ, "PIP_INDEX_URL": url})

    without = asked(host, "a")
    offline = asked(good, "a", offline=True)
    place = asked(good, "a").releases[Version("1")].files[0].place

    assert "asks for credentials (401)" in without.problems[0]
    assert "is not cached" in offline.problems[0]
    assert "secret" not in offline.problems[0]
    assert place == index.simple.replace("//", "//***@", 1)


def test_what_is_answered_to_credentials_is_kept_for_these_alone(
    index: LocalIndex, host: Host
) -> None:
    index.add("a-1-py3-none-any.whl")
    index.credentials = base64.b64encode(b"me:secret").decode()
    mine, others = (
        replace(host, environ={**host.environ, "PIP_INDEX_URL": index.simple.replace("//", user)})
        for user in ("//me:secret@", "//me:guess@")
    )

    assert asked(mine, "a").releases
    assert asked(mine, "a").releases
    assert len(index.asked) == 1
    assert asked(mine, "a", offline=True).releases
    for one in (host, others):
        assert not asked(one, "a").releases
        assert not asked(one, "a", offline=True).releases


def test_credentials_are_not_written_to_disk(index: LocalIndex, host: Host, tmp_path: Path) -> None:
    index.add("a-1-py3-none-any.whl")
    secret = base64.b64encode(b"me:secret")
    index.credentials = secret.decode()
    url = index.simple.replace("//", "//me:secret@", 1)

    assert asked(replace(host, environ={**host.environ, "PIP_INDEX_URL": url}), "a").releases

    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert any("projects" in path.name for path in files)
    assert not [
        path for path in files if secret in (text := path.read_bytes()) or b"secret" in text
    ]


@pytest.mark.parametrize("user", ["", "me@"])
def test_credentials_of_netrc_are_sent(
    index: LocalIndex, host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    url = index.simple.replace("//", f"//{user}", 1)
    host = replace(host, environ={**host.environ, "PIP_INDEX_URL": url})
    index.add("a-1-py3-none-any.whl")
    index.credentials = base64.b64encode(b"me:secret").decode()
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert asked(host, "a").releases
    assert asked(host, "a", offline=True).releases
    monkeypatch.delenv("NETRC")
    assert not asked(host, "a").releases


def test_a_proxy_is_used_as_pip_is_told(index: LocalIndex, host: Host) -> None:
    """The index is its own proxy: it is asked by the whole address."""
    environ = {**host.environ, "PIP_INDEX_URL": "http://far.example/simple", "PIP_PROXY": index.url}

    asked(replace(host, environ=environ), "a")

    assert index.asked == ["http://far.example/simple/a/"]


def test_a_cache_that_cannot_be_written_is_done_without(index: LocalIndex, host: Host) -> None:
    index.add("a-1-py3-none-any.whl")
    asked(host, "a")
    (database,) = (host.cache / "status").glob("*.db")
    database.unlink()
    # A folder in the database's place stands for a read-only file system.
    database.mkdir()

    assert asked(host, "a").releases


@pytest.mark.parametrize("variable", ["PIP_CERT", "SSL_CERT_FILE"])
def test_a_certificate_that_is_not_there_is_named(
    host: Host, tmp_path: Path, variable: str
) -> None:
    named = str(tmp_path / "nothing.pem")
    machine = replace(host, environ={**host.environ, variable: named})

    with pytest.raises(FileSystemError, match=r"nothing\.pem") as caught:
        asked(machine, "a")

    assert "SSL_CERT_FILE" in caught.value.cure


@pytest.mark.parametrize("name", ["HTTP_PROXY", "all_proxy"])
def test_a_proxy_of_the_usual_variables_is_used_but_not_for_what_is_left_out(
    index: LocalIndex, host: Host, name: str
) -> None:
    down = {**host.environ, name: "127.0.0.1:9"}

    assert not asked(replace(host, environ=down), "a").reached
    assert asked(replace(host, environ={**down, "no_proxy": "other, 127.0.0.1"}), "a").reached
