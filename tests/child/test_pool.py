"""The pool runs as many programs as there are jobs, and shows each whole."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from winarm.child.winarm_child.journal import Journal
from winarm.child.winarm_child.pool import Pool, Step, show

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def pool(journal: Path, jobs: int = 2) -> Pool:
    return Pool(jobs, Journal(str(journal)))


def python(code: str, name: str = "x.c") -> Step:
    return Step("compile", name, [sys.executable, "-IS", "-c", code])


def told(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def test_steps_run_side_by_side_but_no_more_than_the_jobs(journal: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys, time; open(sys.argv[1], 'w'); time.sleep(0.4); "
        f"print(len(os.listdir({str(tmp_path / 'on')!r}))); os.remove(sys.argv[1])"
    )
    (tmp_path / "on").mkdir()
    steps = [
        Step(
            "compile", "x", [sys.executable, "-IS", "-c", code, str(tmp_path / "on" / str(number))]
        )
        for number in range(4)
    ]
    seen = io.StringIO()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", seen)
        pool(journal).run(steps)

    at_once = [int(line) for line in seen.getvalue().splitlines() if line.isdecimal()]
    assert len(at_once) == 4
    assert max(at_once) == 2


def test_the_command_and_what_it_said_are_shown_together(
    journal: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pool(journal).run([python("import sys; print('one'); sys.stderr.write('two')")])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(sys.executable)
    assert sorted(lines[1:]) == ["one", "two"] or lines[1:] == ["twoone"]


def test_the_parent_is_told_the_beginning_and_the_end(journal: Path) -> None:
    pool(journal).run([Step("link", "x.pyd", [sys.executable, "-IS", "-c", ""], "c++")])

    assert [(e["event"], e["doing"], e["subject"], e["language"]) for e in told(journal)] == [
        ("start", "link", "x.pyd", "c++"),
        ("done", "link", "x.pyd", "c++"),
    ]


def test_a_failure_is_raised_and_its_words_are_told(journal: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as caught:
        pool(journal).run([python("print('why'); raise SystemExit(3)")])

    assert caught.value.returncode == 3
    assert told(journal)[-1]["event"] == "failed"
    assert told(journal)[-1]["output"].strip() == "why"


def test_after_a_failure_what_has_not_begun_is_left_out(journal: Path) -> None:
    slow = python("import time; time.sleep(1.5)", "slow.c")
    rest = [python("", f"{number}.c") for number in range(40)]

    with pytest.raises(subprocess.CalledProcessError):
        pool(journal).run([slow, python("raise SystemExit(1)", "bad.c"), *rest])

    begun = [entry["subject"] for entry in told(journal) if entry["event"] == "start"]
    # The slow one stands before it, and hides it no longer than it takes to fail.
    assert "bad.c" in begun
    assert len(begun) < 12


def test_what_has_begun_is_waited_for(journal: Path, tmp_path: Path) -> None:
    done = tmp_path / "done"
    slow = python(f"import time; time.sleep(0.5); open({str(done)!r}, 'w')")

    with pytest.raises(subprocess.CalledProcessError):
        pool(journal).run([slow, python("raise SystemExit(1)")])

    assert done.exists()


def test_a_program_that_is_not_there_is_a_failure_that_is_told(journal: Path) -> None:
    with pytest.raises(FileNotFoundError):
        pool(journal).run([Step("compile", "x.c", ["there-is-no-such-compiler"])])

    assert [entry["event"] for entry in told(journal)] == ["start", "failed"]
    assert "there-is-no-such-compiler" in told(journal)[-1]["output"]


def test_the_pool_works_on_after_a_failure(journal: Path) -> None:
    ours = pool(journal)
    with pytest.raises(subprocess.CalledProcessError):
        ours.run([python("raise SystemExit(1)")])

    ours.run([python("", "next.c")])

    assert told(journal)[-1] == {
        "event": "done",
        "doing": "compile",
        "subject": "next.c",
        "language": "c",
        "output": "",
    }


def test_only_the_end_of_a_long_failure_is_told(journal: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        pool(journal).run([python("print('x' * 300_000 + 'end'); raise SystemExit(1)")])

    words = told(journal)[-1]["output"]
    assert len(words) == 100_000
    assert words.endswith("end\n")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_a_stream_cannot_take_is_shown_as_escapes(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, newline=""))

    show("é 中 \udcff\n")

    shown = raw.getvalue().decode(encoding)
    assert shown.endswith("\\udcff\n")
    assert ("中" in shown) == (encoding == "utf-8")


def test_a_stream_without_an_encoding_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    show("中\n")

    assert stream.getvalue() == "中\n"


def test_callers_of_several_threads_share_the_jobs(journal: Path) -> None:
    ours = pool(journal, jobs=1)
    began = time.monotonic()
    threads = [
        threading.Thread(target=ours.run, args=([python("import time; time.sleep(0.3)")],))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert time.monotonic() - began >= 0.9
    events = [entry["event"] for entry in told(journal)]
    assert events == ["start", "done"] * 3
