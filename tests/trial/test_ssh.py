from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

from winarm.errors import TrialError, UsageError
from winarm.trial.importing import import_all
from winarm.trial.ssh import SshRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from winarm.host import Host

    Lacking = Callable[[str, str], NoReturn]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the server is started as on POSIX")


class Server:
    """A real OpenSSH server on loopback, whose users' shell is a script."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.known_hosts = folder / "known_hosts"
        self.identity = folder / "user_key"

    def client(self, host: Host) -> Host:
        """Return a machine whose `ssh` has the keys of the test, and no others."""
        (self.folder / "ssh_config").write_text(
            f"Port {self.port}\nIdentityFile {self.identity}\nIdentitiesOnly yes\n"
            f"UserKnownHostsFile {self.known_hosts}\nGlobalKnownHostsFile /dev/null\n"
        )
        program = self.folder / "bin" / "ssh"
        program.parent.mkdir(exist_ok=True)
        real = shutil.which("ssh")
        program.write_text(f'#!/bin/sh\nexec {real} -F {self.folder}/ssh_config "$@"\n')
        program.chmod(0o755)
        path = f"{program.parent}:{host.environ['PATH']}"
        return replace(host, environ={**host.environ, "PATH": path})

    @property
    def stages(self) -> Path:
        """Return the folder for temporary files there."""
        return self.folder / "remote"

    @property
    def runner(self) -> SshRunner:
        return SshRunner(f"{getpass.getuser()}@127.0.0.1", f"{sys.executable}")


@pytest.fixture
def server(tmp_path: Path, lacking: Lacking) -> Iterator[Server]:
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if sshd is None or shutil.which("ssh") is None:
        lacking("OpenSSH server and client", "apt-get install openssh-server openssh-client")
    for name in ("host_key", "user_key"):
        make_key(tmp_path / name)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(tmp_path, port)
    made.stages.mkdir()
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {tmp_path / 'host_key'}\n"
        f"AuthorizedKeysFile {tmp_path / 'authorized_keys'}\nPidFile none\nStrictModes no\n"
        f"SetEnv TMPDIR={tmp_path}/remote\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
    )
    shutil.copy(tmp_path / "user_key.pub", tmp_path / "authorized_keys")
    key = (tmp_path / "host_key.pub").read_text()
    made.known_hosts.write_text(f"[127.0.0.1]:{port} {key}")
    with (tmp_path / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            [sshd, "-D", "-e", "-f", tmp_path / "sshd_config"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        wait_for(port)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def make_key(path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the OpenSSH server did not start")


def write(stage: Path, **sources: str) -> None:
    for name, source in sources.items():
        (stage / "site" / f"{name}.py").write_text(textwrap.dedent(source))


def test_modules_are_imported_there_and_nothing_is_left(
    server: Server, host: Host, stage: Path
) -> None:
    write(stage, good="", bad="1/0", ends="import os; os._exit(3)", last="import good")

    with server.runner.session(server.client(host), stage, None) as session:
        _, found = import_all(
            session, stage, ["good", "bad", "ends", "last"], timeout=20, activate=True
        )
        assert len(list(server.stages.iterdir())) == 1

    kinds = [(outcome.module, outcome.kind) for outcome in found]
    assert kinds == [("good", "ok"), ("bad", "exception"), ("ends", "crash"), ("last", "ok")]
    assert list(server.stages.iterdir()) == []


def test_what_a_module_said_before_it_hung_is_told(server: Server, host: Host, stage: Path) -> None:
    write(stage, hangs="print('hello')\nimport time\ntime.sleep(600)")

    with server.runner.session(server.client(host), stage, None) as session:
        _, (found,) = import_all(session, stage, ["hangs"], timeout=1, activate=True)

    assert found.kind == "hang"
    assert "hello" in found.details


def test_output_comes_as_it_is_with_the_status(server: Server, host: Host, stage: Path) -> None:
    output = bytearray()
    code = "import os, sys; os.write(1, bytes(range(256)) * 1000); sys.exit(7)"

    with server.runner.session(server.client(host), stage, None) as session:
        ended = session.run(["-c", code], output=output.extend, expired=lambda: False)

    assert (ended.status, bytes(output)) == (7, bytes(range(256)) * 1000)


def test_process_is_ended_there_when_its_time_is_over(
    server: Server, host: Host, stage: Path
) -> None:
    output = bytearray()
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"

    with server.runner.session(server.client(host), stage, None) as session:
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
        server.runner.session(server.client(host), stage, None) as session,
    ):
        session.run(["-c", code], output=output.extend, expired=interrupt)

    for _ in range(100):
        if not list(server.stages.iterdir()) and not Path(f"/proc/{int(output)}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the machine still has the trial's files or processes")


def refusal(server: Server, host: Host, stage: Path, runner: SshRunner | None = None) -> TrialError:
    runner = runner or server.runner
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
    error = refusal(server, host, stage, replace(server.runner, python="no-such-python"))

    assert "did not start Python" in error.what
    assert "Install Python for Windows ARM64" in error.cure


def test_machine_that_is_down_is_told(server: Server, host: Host, stage: Path) -> None:
    server.port = 1

    assert "Connection refused" in refusal(server, host, stage).why


def test_machine_that_talks_of_something_else_is_told(
    server: Server, host: Host, stage: Path
) -> None:
    error = refusal(server, host, stage, replace(server.runner, python="yes #"))

    assert "prints something else than Python" in error.what


@pytest.mark.parametrize(
    ("words", "machine", "python"),
    [
        ("arm", "arm", "python"),
        ("me@arm.local", "me@arm.local", "python"),
        ("arm py -3.13-arm64", "arm", "py -3.13-arm64"),
        ("[::1]", "[::1]", "python"),
    ],
)
def test_machine_and_its_python_are_named(words: str, machine: str, python: str) -> None:
    assert SshRunner.parse(words) == SshRunner(machine, python)


@pytest.mark.parametrize("words", ["", "-oProxyCommand=touch x", "a;b", "$(x)", "a\nb"])
def test_no_machine_is_an_option_or_a_command(words: str) -> None:
    with pytest.raises(UsageError, match="not the name of a machine"):
        SshRunner.parse(words)
