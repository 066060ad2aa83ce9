"""The runner `ssh`: a Windows-on-Arm machine that ssh reaches.

One connection copies the stage there, runs the machine's Python in it, and removes it when it ends,
however it ends. No password is asked for, and no host is trusted that ssh does not know.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import secrets
import struct
import tarfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from winarm.errors import TrialError, UsageError
from winarm.host import Conversation, Host, ProgramError
from winarm.trial import on_target
from winarm.trial.pythons import WindowsPython
from winarm.trial.runner import Ended, IsExpired, Runner, TakeOutput

#: `user@machine` or `ssh://user@machine:port`, as ssh has it; never an option.
_HOST = re.compile(r"(ssh://)?[A-Za-z0-9_.@\[\]:%][A-Za-z0-9_.@\[\]:%-]*")
#: cmd.exe, PowerShell and POSIX shells pass this on as it is.
_PROGRAM = '-I -c "import sys;exec(sys.stdin.buffer.readline())"'
#: Seconds until the machine's Python must have answered, and for copies of each megabyte.
_CONNECT, _PATIENCE, _PER_MEGABYTE = 20, 120.0, 10.0
_FRAME = struct.Struct("<cI")
#: Bytes of a frame, and of what a shell prints before the first one.
_MOST_FRAME, _MOST_NOISE = 2**20, 2**16
#: What ssh says, and what helps.
_CURES = {
    "Host key verification failed": "Connect once with `ssh HOST` and compare the fingerprint; "
    "winarm trusts no host that ssh does not know.",
    "REMOTE HOST IDENTIFICATION HAS CHANGED": "Find out why the machine's key has changed before "
    "you remove the old one with `ssh-keygen -R HOST`.",
    "Permission denied": "Add your public key to the machine's authorized_keys; winarm asks for "
    "no password.",
    "Could not resolve hostname": "Check the name of the machine; with a port, it is written "
    "ssh://user@machine:port.",
    "Connection refused": "Start the OpenSSH server of the machine.",
    "timed out": "Check that the machine is on and can be reached.",
    **dict.fromkeys(
        # Of cmd.exe, and of PowerShell and POSIX shells.
        ("not recognized", "not found"),
        "Install Python for Windows ARM64 there, or name it: --runner "
        "'ssh:HOST C:/path/python.exe'.",
    ),
}


@dataclass(frozen=True)
class SshRunner(Runner):
    """A machine, and the command that starts its Python."""

    machine: str
    python: str = "python"
    name = "ssh"
    brings_python = True

    @classmethod
    def parse(cls, words: str) -> SshRunner:
        """Return the runner that `HOST`, `//HOST:PORT` or `HOST PYTHON` means.

        :raises UsageError: there is no host, or it would be an option of ssh.
        """
        machine, _, python = words.strip().partition(" ")
        if machine.startswith("//"):
            machine = f"ssh:{machine}"
        if not _HOST.fullmatch(machine):
            raise UsageError(
                f"--runner ssh:{words}: {machine!r} is not the name of a machine.",
                cure="Write ssh:user@machine or ssh://user@machine:port.",
            )
        return cls(machine, python.strip() or "python")

    @property
    def place(self) -> str:
        """Return the machine."""
        return self.machine

    @contextlib.contextmanager
    def session(
        self,
        host: Host,
        stage: Path,
        python: WindowsPython | None,  # noqa: ARG002 - the machine has its own
    ) -> Iterator[SshSession]:
        """Return a session on the machine; see `Runner`."""
        command = [
            *("ssh", "-T", "-o", "BatchMode=yes", "-o", f"ConnectTimeout={_CONNECT}"),
            *("-o", "ServerAliveInterval=15", "--", self.machine, f"{self.python} {_PROGRAM}"),
        ]
        try:
            with host.converse(command) as conversation:
                session = SshSession(self, stage, conversation)
                session.begin()
                yield session
        except ProgramError as error:
            raise TrialError(error.what, cure="Install the OpenSSH client.") from error


@dataclass(slots=True)
class SshSession:
    """A stage on a machine that is reached by ssh."""

    runner: SshRunner
    stage: Path
    conversation: Conversation
    received: bytearray = field(default_factory=bytearray)

    def begin(self) -> None:
        """Start the server there and copy the stage.

        :raises TrialError: the machine cannot be reached, or has no Python that works.
        """
        token = f"winarm-{secrets.token_hex(16)}"
        self._send(_bootstrap(token))
        deadline = time.monotonic() + _PATIENCE
        mark = f"\n{token}\n".encode()
        while mark not in self.received:
            if not self._receive() or time.monotonic() > deadline:
                self._lose("did not start Python")
            if len(self.received) > _MOST_NOISE:
                self._lose("prints something else than Python")
        del self.received[: self.received.index(mark) + len(mark)]
        packed = _packed(self.stage)
        self._send(_order("stage", size=len(packed)))
        self._send(packed)
        deadline = time.monotonic() + _PATIENCE + _PER_MEGABYTE * len(packed) / 2**20
        while self._frame()[0] != b"k":
            if time.monotonic() > deadline:
                self._lose("does not answer")

    def run(self, arguments: Sequence[str], *, output: TakeOutput, expired: IsExpired) -> Ended:
        """Run the machine's Python; see `Session`."""
        plan = self.stage / "plan.json"
        content = plan.read_bytes() if plan.is_file() else b""
        self._send(_order("run", arguments=list(arguments), size=len(content)) + content)
        stopped = 0.0
        while True:
            kind, content = self._frame()
            if kind == b"o":
                output(content)
            elif kind == b"e":
                end = json.loads(content)
                return Ended(None if stopped else end["status"], said=end["said"])
            if not stopped and expired():
                stopped = time.monotonic()
                self._send(_order("stop"))
            elif stopped and time.monotonic() - stopped > _PATIENCE:
                self._lose("does not end the trial")

    def _send(self, data: bytes) -> None:
        try:
            self.conversation.send(data)
        except OSError:
            self._lose("ended the connection")

    def _receive(self) -> bool:
        """Take what has come; return False when nothing more can come."""
        piece = self.conversation.receive()
        if piece is None:
            return False
        self.received += piece
        return True

    def _frame(self) -> tuple[bytes, bytes]:
        """Return a frame; an empty one when none has come yet."""
        while True:
            if len(self.received) >= _FRAME.size:
                kind, length = _FRAME.unpack_from(self.received)
                if length > _MOST_FRAME:
                    self._lose("answers with something else than the trial")
                end = _FRAME.size + length
                if len(self.received) >= end:
                    content = bytes(self.received[_FRAME.size : end])
                    del self.received[:end]
                    return kind, content
            if not self._receive():
                self._lose("ended the connection")
            if len(self.received) < _FRAME.size:
                return b"", b""

    def _lose(self, what: str) -> NoReturn:
        said = self.conversation.errors() + bytes(self.received[:2000])
        words = said.decode("utf-8", "replace").strip()
        cure = next((cure for sign, cure in _CURES.items() if sign in words), "")
        raise TrialError(
            f"the machine {self.runner.machine} {what}.",
            why=words[-2000:],
            cure=cure.replace("HOST", self.runner.machine)
            or f"Try it: ssh {self.runner.machine} {self.runner.python} --version",
        )


def _bootstrap(token: str) -> bytes:
    """Return the line that the machine's Python executes: the server, and its start."""
    source = (Path(on_target.__file__).parent / "serve.py").read_text("utf-8")
    source += f"\n\nmain({token!r})\n"
    packed = base64.b64encode(source.encode()).decode()
    return f"import base64; exec(base64.b64decode('{packed}'))\n".encode()


def _order(order: str, **what: object) -> bytes:
    return json.dumps({"order": order, **what}).encode() + b"\n"


def _packed(stage: Path) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
        for path in sorted(stage.iterdir()):
            archive.add(path, path.name)
    return file.getvalue()
