"""A real OpenSSH server on loopback, for the tests of the runner `ssh`."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import NoReturn

    from winarm.host import Host


class Server:
    """A running server, its keys, and the client's."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.known_hosts = folder / "known_hosts"
        self.identity = folder / "user_key"
        self.address = f"{getpass.getuser()}@127.0.0.1"

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

    def command(self, program: Path) -> None:
        """Have the server run `program` for every user, with SSH_ORIGINAL_COMMAND."""
        key = (self.folder / "user_key.pub").read_text()
        (self.folder / "authorized_keys").write_text(f'command="{program}" {key}')

    @property
    def stages(self) -> Path:
        """Return the folder for temporary files there."""
        return self.folder / "remote"


@contextlib.contextmanager
def ssh_server(folder: Path, lacking: Callable[[str, str], NoReturn]) -> Iterator[Server]:
    """Start a server that knows one key."""
    sshd = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if sshd is None or shutil.which("ssh") is None:
        lacking("OpenSSH server and client", "apt-get install openssh-server openssh-client")
    for name in ("host_key", "user_key"):
        make_key(folder / name)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(folder, port)
    made.stages.mkdir()
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder / 'host_key'}\n"
        f"AuthorizedKeysFile {folder / 'authorized_keys'}\nPidFile none\nStrictModes no\n"
        f"SetEnv TMPDIR={made.stages}\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
    )
    shutil.copy(folder / "user_key.pub", folder / "authorized_keys")
    key = (folder / "host_key.pub").read_text()
    made.known_hosts.write_text(f"[127.0.0.1]:{port} {key}")
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen(
            [sshd, "-D", "-e", "-f", folder / "sshd_config"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        _wait_for(port)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def make_key(path: Path) -> None:
    """Make a key without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the OpenSSH server did not start")
