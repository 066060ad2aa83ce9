"""Serve a trial over stdin and stdout, on a machine that is reached by ssh.

The first line of stdin was this program; what follows are orders, a line of JSON each, with as
many bytes after it as its `size` says. Answers are frames: a letter, a length in four bytes, the
content.
At the end of stdin everything that was started is ended and everything that was copied is removed.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Bytes that are told of what modules printed.
TOLD = 4000
#: JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE and JobObjectExtendedLimitInformation (winnt.h), and where in
#: the structure of 144 bytes the flags are.
KILL_ON_JOB_CLOSE, EXTENDED_LIMITS, LIMITS_SIZE, FLAGS_AT = 0x2000, 9, 144, 16


class Server:
    """A stage on this machine, and the process that runs in it."""

    def __init__(self, token: str) -> None:
        self.out = os.fdopen(os.dup(1), "wb", 0)
        # What this program itself prints must not come between the frames.
        os.dup2(2, 1)
        self.lock = threading.Lock()
        self.stage = tempfile.mkdtemp(prefix="winarm-")
        self.process: subprocess.Popen[bytes] | None = None
        self.out.write(f"\n{token}\n".encode())

    def frame(self, kind: bytes, content: bytes) -> None:
        """Answer."""
        with self.lock:
            self.out.write(kind + struct.pack("<I", len(content)) + content)

    def obey(self, order: dict[str, Any], content: bytes) -> None:
        """Do what an order says."""
        what = order["order"]
        if what == "stage":
            with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
                if hasattr(tarfile, "data_filter"):
                    archive.extractall(self.stage, filter="data")
                else:
                    archive.extractall(self.stage)
            self.frame(b"k", b"")
        elif what == "run":
            with open(os.path.join(self.stage, "plan.json"), "wb") as file:
                file.write(content)
            self.start(order["arguments"])
        elif what == "stop":
            self.stop()

    def start(self, arguments: list[str]) -> None:
        """Start this machine's Python in the stage."""
        temporary = os.path.join(self.stage, "tmp")
        environ = {name: value for name, value in os.environ.items() if name[:6] != "PYTHON"}
        environ |= {"TEMP": temporary, "TMP": temporary}
        environ["PYTHONPATH"] = os.path.join(self.stage, "start")
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=os.path.join(self.stage, "work"),
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self.follow, args=(self.process,), daemon=True).start()

    def follow(self, process: subprocess.Popen[bytes]) -> None:
        """Answer with what the process prints, then with its exit status and what modules said."""
        forward = threading.Thread(target=self.forward, args=(process,), daemon=True)
        forward.start()
        status = process.wait()
        # A process that it left may hold the pipe open.
        forward.join(1)
        self.frame(b"e", json.dumps({"status": status & 0xFF, "said": self.said()}).encode())

    def forward(self, process: subprocess.Popen[bytes]) -> None:
        """Answer with what the process prints."""
        while process.stdout and (piece := os.read(process.stdout.fileno(), 65536)):
            self.frame(b"o", piece)

    def stop(self) -> None:
        """End the process and what it started."""
        if self.process is None or self.process.poll() is not None:
            return
        if os.name == "nt":
            taskkill = os.path.expandvars(r"%SystemRoot%\System32\taskkill.exe")
            with contextlib.suppress(OSError):
                subprocess.run(
                    [taskkill, "/F", "/T", "/PID", str(self.process.pid)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    check=False,
                )
        else:
            import signal

            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.process.kill()

    def said(self) -> str:
        """Return the end of what modules have printed."""
        path = os.path.join(self.stage, "said.txt")
        with contextlib.suppress(OSError), open(path, "rb") as file:
            file.seek(max(0, os.path.getsize(path) - TOLD))
            return file.read(TOLD).decode("utf-8", "replace")
        return ""

    def close(self) -> None:
        """End what was started, and remove what was copied."""
        self.stop()
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        shutil.rmtree(self.stage, ignore_errors=True)


def end_with_this_process() -> None:
    """Have Windows end everything that this process starts when it ends."""
    if os.name != "nt":
        return
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        kernel32 = ctypes.CDLL("kernel32")
        kernel32.CreateJobObjectW.restype = ctypes.c_void_p
        job = ctypes.c_void_p(kernel32.CreateJobObjectW(None, None))
        limits = ctypes.create_string_buffer(LIMITS_SIZE)
        struct.pack_into("<I", limits, FLAGS_AT, KILL_ON_JOB_CLOSE)
        kernel32.SetInformationJobObject(job, EXTENDED_LIMITS, limits, LIMITS_SIZE)
        # -1 is the handle of this process.
        kernel32.AssignProcessToJobObject(job, ctypes.c_void_p(-1))


def main(token: str) -> None:
    """Serve until stdin ends."""
    end_with_this_process()
    server = Server(token)
    try:
        for line in sys.stdin.buffer:
            order = json.loads(line)
            server.obey(order, sys.stdin.buffer.read(order.get("size", 0)))
    finally:
        server.close()
    os._exit(0)
