"""The program that serves a trial over stdin and stdout; `test_ssh.py` speaks to it for real."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple, Self

START = "from winarm.trial.on_target import serve; serve.main('TOKEN')"


class Order(NamedTuple):
    """What is asked of it, with the bytes that follow."""

    what: dict[str, object]
    content: bytes = b""

    def line(self) -> bytes:
        size = {"size": len(self.content)} if self.content else {}
        return json.dumps({**self.what, **size}).encode() + b"\n" + self.content


HANG = "import time; print(1, flush=True); time.sleep(600)"


def stage(**files: str) -> Order:
    """Return the order that makes the stage of these files, in the folder `work`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        folder = tarfile.TarInfo("work")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(folder)
        for name, text in files.items():
            member = tarfile.TarInfo(f"work/{name.replace('_', '.')}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return Order({"order": "stage"}, buffer.getvalue())


class Server:
    """It, in a process of its own."""

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert self.process.stdout.read(7) == b"\nTOKEN\n"
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=30)

    def order(self, order: Order) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(order.line())
        self.process.stdin.flush()

    def answer(self) -> tuple[bytes, bytes]:
        assert self.process.stdout is not None
        head = self.process.stdout.read(5)
        kind, size = struct.unpack("<cI", head)
        return kind, self.process.stdout.read(size)

    def run(self, *arguments: str) -> tuple[bytes, dict[str, object]]:
        """Return what a process printed, and what is told of its end."""
        self.order(Order({"order": "run", "arguments": arguments}))
        printed = b""
        while (frame := self.answer())[0] == b"o":
            printed += frame[1]
        assert frame[0] == b"e"
        return printed, json.loads(frame[1])


def test_what_is_staged_runs_and_its_end_is_told() -> None:
    with Server() as server:
        server.order(stage(a_py="import sys; print('printed'); sys.exit(3)"))
        assert server.answer() == (b"k", b"")

        assert server.run("a.py") == (b"printed\n", {"status": 3, "said": ""})


def test_a_plan_may_follow_and_what_modules_said_is_told_at_the_end() -> None:
    code = "import sys; open('../said.txt', 'w').write('a' * 5000 + open('../plan.json').read())"
    with Server() as server:
        server.order(stage())
        server.answer()
        server.order(Order({"order": "run", "arguments": ["-c", code]}, b"end"))

        kind, told = server.answer()

    assert kind == b"e"
    assert json.loads(told) == {"status": 0, "said": "a" * 3997 + "end"}


def test_a_process_that_hangs_is_stopped() -> None:
    with Server() as server:
        server.order(stage())
        server.answer()
        server.order(Order({"order": "run", "arguments": ["-c", HANG]}))
        assert server.answer() == (b"o", b"1\n")
        server.order(Order({"order": "stop"}))

        kind, end = server.answer()
        assert kind == b"e"
        assert json.loads(end)["status"] != 0


def test_nothing_is_left_when_the_connection_ends() -> None:
    with Server() as server:
        server.order(stage())
        server.answer()
        place, _ = server.run("-c", "import os; print(os.getcwd())")
        assert Path(place.decode().strip()).is_dir()

    assert not Path(place.decode().strip()).parent.exists()
