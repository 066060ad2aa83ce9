"""Each event is one whole line, whoever writes beside."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from winarm.child.winarm_child.journal import Journal


def test_an_event_is_a_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    Journal(str(path)).write("declared", names=["a", "ü\n\udcff"])

    (line,) = path.read_text().splitlines()
    assert json.loads(line) == {"event": "declared", "names": ["a", "ü\n\udcff"]}


def test_events_are_appended(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    for number in range(3):
        Journal(str(path)).write("done", number=number)

    assert [json.loads(line)["number"] for line in path.read_text().splitlines()] == [0, 1, 2]


def test_threads_and_processes_write_whole_lines_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    journal = Journal(str(path))
    code = (
        "from winarm_child.journal import Journal\n"
        f"journal = Journal({str(path)!r})\n"
        "for number in range(200):\n    journal.write('x', who='child', words='y' * 5000)\n"
    )
    child = Path(__file__).parents[2] / "src" / "winarm" / "child"
    other = subprocess.Popen([sys.executable, "-c", code], env={"PYTHONPATH": str(child)})

    def write() -> None:
        for _ in range(200):
            journal.write("x", who="thread", words="z" * 5000)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert other.wait() == 0
    who = [json.loads(line)["who"] for line in path.read_text().splitlines()]
    assert (who.count("child"), who.count("thread")) == (200, 600)


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    Journal(str(path)).write("done")

    if sys.platform != "win32":
        assert path.stat().st_mode & 0o077 == 0
