from __future__ import annotations

import os
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from ssh_server import Server, make_key, ssh_server

from winarm.errors import TrialError, UsageError
from winarm.trial.importing import import_all
from winarm.trial.ssh import SshRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from winarm.host import Host

    Lacking = Callable[[str, str], NoReturn]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the server is started as on POSIX")


@pytest.fixture
def server(tmp_path: Path, lacking: Lacking) -> Iterator[Server]:
    (tmp_path / "server").mkdir()
    with ssh_server(tmp_path / "server", lacking) as made:
        yield made


def runner_of(server: Server) -> SshRunner:
    return SshRunner(server.address, sys.executable)


def write(stage: Path, **sources: str) -> None:
    for name, source in sources.items():
        (stage / "site" / f"{name}.py").write_text(textwrap.dedent(source))


def test_modules_are_imported_there_and_nothing_is_left(
    server: Server, host: Host, stage: Path
) -> None:
    write(stage, good="", bad="1/0", ends="import os; os._exit(3)", last="import good")

    with runner_of(server).session(server.client(host), stage, None) as session:
        _, found = import_all(session, stage, ["good", "bad", "ends", "last"], timeout=20)
        assert len(list(server.stages.iterdir())) == 1

    kinds = [(outcome.module, outcome.kind) for outcome in found]
    assert kinds == [("good", "ok"), ("bad", "exception"), ("ends", "crash"), ("last", "ok")]
    assert list(server.stages.iterdir()) == []


def test_what_a_module_said_before_it_hung_is_told(server: Server, host: Host, stage: Path) -> None:
    write(stage, hangs="print('hello')\nimport time\ntime.sleep(600)")

    with runner_of(server).session(server.client(host), stage, None) as session:
        _, (found,) = import_all(session, stage, ["hangs"], timeout=1)

    assert found.kind == "hang"
    assert "hello" in found.details


def test_output_comes_as_it_is_with_the_status(server: Server, host: Host, stage: Path) -> None:
    output = bytearray()
    code = "import os, sys; os.write(1, bytes(range(256)) * 1000); sys.exit(7)"

    with runner_of(server).session(server.client(host), stage, None) as session:
        ended = session.run(["-c", code], output=output.extend, expired=lambda: False)

    assert (ended.status, bytes(output)) == (7, bytes(range(256)) * 1000)


def test_process_is_ended_there_when_its_time_is_over(
    server: Server, host: Host, stage: Path
) -> None:
    output = bytearray()
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"

    with runner_of(server).session(server.client(host), stage, None) as session:
        ended = session.run(["-c", code], output=output.extend, expired=lambda: bool(output))

    assert ended.status is None
    assert not Path(f"/proc/{int(output)}").exists()


def test_interrupted_session_leaves_nothing_there(server: Server, host: Host, stage: Path) -> None:
    output = bytearray()
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"

    def interrupt() -> bool:
        if output:
            raise KeyboardInterrupt
        return False

    with (
        pytest.raises(KeyboardInterrupt),
        runner_of(server).session(server.client(host), stage, None) as session,
    ):
        session.run(["-c", code], output=output.extend, expired=interrupt)

    for _ in range(100):
        if not list(server.stages.iterdir()) and not Path(f"/proc/{int(output)}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the machine still has the trial's files or processes")


def refusal(server: Server, host: Host, stage: Path, runner: SshRunner | None = None) -> TrialError:
    runner = runner or runner_of(server)
    with (
        pytest.raises(TrialError) as caught,
        runner.session(server.client(host), stage, None),
    ):
        pass
    return caught.value


def test_unknown_host_is_not_trusted(server: Server, host: Host, stage: Path) -> None:
    server.known_hosts.write_text("")

    error = refusal(server, host, stage)

    assert "Host key verification failed" in error.why
    assert "compare the fingerprint" in error.cure
    assert server.known_hosts.read_text() == ""


def test_host_with_another_key_is_not_trusted(
    server: Server, host: Host, stage: Path, tmp_path: Path
) -> None:
    make_key(tmp_path / "other")
    key = (tmp_path / "other.pub").read_text()
    server.known_hosts.write_text(f"[127.0.0.1]:{server.port} {key}")

    assert "IDENTIFICATION HAS CHANGED" in refusal(server, host, stage).why


def test_without_a_key_no_password_is_asked_for(
    server: Server, host: Host, stage: Path, tmp_path: Path
) -> None:
    make_key(tmp_path / "stranger")
    server.identity = tmp_path / "stranger"

    error = refusal(server, host, stage)

    assert "Permission denied" in error.why
    assert "authorized_keys" in error.cure


def test_machine_without_python_is_told(server: Server, host: Host, stage: Path) -> None:
    error = refusal(server, host, stage, replace(runner_of(server), python="no-such-python"))

    assert "did not start Python" in error.what
    assert "Install Python for Windows ARM64" in error.cure


def test_machine_that_is_down_is_told(server: Server, host: Host, stage: Path) -> None:
    server.port = 1

    assert "Connection refused" in refusal(server, host, stage).why


def test_machine_that_talks_of_something_else_is_told(
    server: Server, host: Host, stage: Path
) -> None:
    error = refusal(server, host, stage, replace(runner_of(server), python="yes #"))

    assert "prints something else than Python" in error.what


@pytest.mark.parametrize(
    ("words", "machine", "python"),
    [
        ("arm", "arm", "python"),
        ("me@arm.local", "me@arm.local", "python"),
        ("arm py -3.13-arm64", "arm", "py -3.13-arm64"),
        ("[::1]", "[::1]", "python"),
        ("//me@machine:2222", "ssh://me@machine:2222", "python"),
    ],
)
def test_machine_and_its_python_are_named(words: str, machine: str, python: str) -> None:
    assert SshRunner.parse(words) == SshRunner(machine, python)


@pytest.mark.parametrize(
    "words", ["", "-oProxyCommand=touch x", "//-oProxyCommand=x", "a;b", "$(x)", "a\nb"]
)
def test_no_machine_is_an_option_or_a_command(words: str) -> None:
    with pytest.raises(UsageError, match="not the name of a machine"):
        SshRunner.parse(words)
