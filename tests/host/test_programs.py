"""The door to the machine: environment, programs, and how they end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from winarm.host import Host, ProgramError
from winarm.host.programs import MAX_ANSWER

if TYPE_CHECKING:
    from collections.abc import Callable

#: Starts a child that outlives it, prints the child's number and, in the end, `end`.
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)'])\n"
    "print(child.pid, flush=True)\n"
)


def stream(host: Host, code: str, output: Callable[[bytes], None], **options: object) -> int:
    tick = options.pop("tick", lambda: None)
    assert callable(tick)
    return host.stream(
        [sys.executable, "-u", "-c", code],
        environ=host.environ,
        cwd=Path.cwd(),
        output=output,
        tick=tick,
    )


def ends(pid: int) -> bool:
    """Return whether a process ends within some seconds, or has ended."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        # A zombie without a parent that waits has ended, too.
        stat = Path(f"/proc/{pid}/stat")
        with contextlib.suppress(OSError):
            if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.05)
    return False


posix = pytest.mark.skipif(os.name != "posix", reason="process groups are POSIX's")


class TestRun:
    def test_says_what_the_program_said(self, host: Host) -> None:
        code = "import sys; print('out'); sys.stderr.write('err'); sys.exit(3)"

        answer = host.run([sys.executable, "-c", code])

        assert (answer.status, answer.ok) == (3, False)
        assert (answer.stdout.strip(), answer.stderr) == ("out", "err")

    def test_it_can_ask_nothing(self, host: Host) -> None:
        assert host.run([sys.executable, "-c", "print(repr(input()))"]).status == 1

    def test_in_the_environment_and_folder_that_are_named(self, host: Host, tmp_path: Path) -> None:
        code = "import os; print(os.getcwd(), os.environ.get('A'), os.environ.get('B'))"
        environ = {name: text for name, text in host.environ.items() if name == "SYSTEMROOT"}
        named = replace(host, environ={**environ, "B": "2"})

        one = named.run([sys.executable, "-c", code], environ={**environ, "A": "1"}, cwd=tmp_path)
        two = named.run([sys.executable, "-c", code], cwd=tmp_path)

        assert one.stdout.split()[1:] == ["1", "None"]
        assert two.stdout.split()[1:] == ["None", "2"]
        assert Path(one.stdout.split()[0]).samefile(tmp_path)

    def test_what_is_no_utf_8_is_replaced(self, host: Host) -> None:
        code = "import sys; sys.stdout.buffer.write(b'a\\xff')"

        assert host.run([sys.executable, "-c", code]).stdout == "a�"

    def test_a_program_that_is_not_there_is_named(self, host: Host, tmp_path: Path) -> None:
        with pytest.raises(ProgramError, match="no-such-program cannot be started"):
            host.run([tmp_path / "no-such-program"])

    def test_a_program_that_takes_too_long_is_stopped(self, host: Host) -> None:
        began = time.monotonic()

        with pytest.raises(ProgramError, match=r"did not answer within 0\.5 s"):
            host.run([sys.executable, "-c", "import time; time.sleep(30)"], timeout=0.5)

        assert time.monotonic() - began < 10

    @posix
    def test_and_so_is_all_that_it_started(self, host: Host, tmp_path: Path) -> None:
        code = PARENT.replace("print(child.pid, ", "print(child.pid, file=open('pid', 'w'), ")

        with pytest.raises(ProgramError):
            host.run([sys.executable, "-c", code + "time.sleep(30)"], timeout=1.5, cwd=tmp_path)

        assert ends(int((tmp_path / "pid").read_text()))

    def test_an_endless_answer_is_cut_off(self, host: Host) -> None:
        endless = [sys.executable, "-c", "while True: print('x' * 1000)"]

        with pytest.raises(ProgramError, match=f"says more than {MAX_ANSWER} bytes"):
            host.run(endless)

    def test_a_grandchild_that_lives_on_does_not_hold_the_answer(self, host: Host) -> None:
        began = time.monotonic()

        answer = host.run([sys.executable, "-c", PARENT], timeout=20)

        assert time.monotonic() - began < 15
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(answer.stdout), signal.SIGTERM)


class TestStream:
    def test_both_streams_arrive_in_the_order_they_were_written(self, host: Host) -> None:
        heard: list[bytes] = []
        code = "import sys\nfor n in range(50): print(n, file=(sys.stdout, sys.stderr)[n % 2])"

        assert stream(host, code, heard.append) == 0

        assert b"".join(heard).split() == [str(number).encode() for number in range(50)]

    def test_as_they_are_written(self, host: Host) -> None:
        at: list[float] = []
        code = "import time; print(1); time.sleep(1); print(2)"

        stream(host, code, lambda _: at.append(time.monotonic()))

        assert at[-1] - at[0] > 0.5

    def test_the_exit_status_is_the_programs(self, host: Host) -> None:
        assert stream(host, "raise SystemExit(7)", lambda _: None) == 7

    def test_much_output_is_all_there(self, host: Host) -> None:
        heard = bytearray()

        stream(host, "print('x' * 20_000_000)", heard.extend)

        assert len(heard.strip()) == 20_000_000

    def test_tick_is_called_meanwhile_and_at_the_end(self, host: Host) -> None:
        ticks: list[float] = []

        stream(
            host,
            "import time; time.sleep(1)",
            lambda _: None,
            tick=lambda: ticks.append(time.monotonic()),
        )

        assert 3 <= len(ticks) <= 40

    def test_output_and_tick_come_in_the_callers_thread(self, host: Host) -> None:
        threads = set()

        def note(*_: object) -> None:
            threads.add(threading.current_thread())

        stream(host, "import time; print(1); time.sleep(0.3)", note, tick=note)

        assert threads == {threading.current_thread()}

    @posix
    @pytest.mark.parametrize("who", ["output", "tick"])
    def test_a_listener_that_fails_ends_everything(self, host: Host, who: str) -> None:
        pids: list[int] = []

        def fail() -> None:
            if pids:
                raise BrokenPipeError

        def hear(data: bytes) -> None:
            pids.extend(int(word) for word in data.split())
            if who == "output":
                fail()

        began = time.monotonic()
        with pytest.raises(BrokenPipeError):
            stream(host, PARENT + "time.sleep(30)", hear, tick=fail)

        assert time.monotonic() - began < 15
        assert ends(pids[0])

    def test_a_grandchild_that_outlives_the_program_is_not_waited_for(self, host: Host) -> None:
        heard: list[bytes] = []
        began = time.monotonic()

        assert stream(host, PARENT, heard.append) == 0

        assert time.monotonic() - began < 15
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(heard[0]), signal.SIGTERM)

    def test_a_program_that_cannot_be_started_is_named(self, host: Host, tmp_path: Path) -> None:
        with pytest.raises(ProgramError, match="nothing cannot be started"):
            host.stream([tmp_path / "nothing"], environ={}, cwd=tmp_path, output=lambda _: None)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_program_and_all_that_it_started(
    number: signal.Signals, tmp_path: Path
) -> None:
    code = (
        "import signal, sys\nfrom pathlib import Path\n"
        # Whoever runs the tests in the background has it ignored, and children inherit that.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from winarm.host import Host, terminations_as_interrupts\n"
        "terminations_as_interrupts()\n"
        "host = Host.current()\n"
        "try:\n"
        f"    host.stream([sys.executable, '-uc', {PARENT + 'time.sleep(30)'!r}],\n"
        "        environ=host.environ, cwd=Path.cwd(),\n"
        "        output=lambda data: print(data.decode(), end='', flush=True))\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    pid = int(process.stdout.readline())

    process.send_signal(number)

    assert process.communicate(timeout=30)[0].strip() == "interrupted"
    assert ends(pid)
