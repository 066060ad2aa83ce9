from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.hostile import ARM64_WHEEL, PYD
from verify_samples.wheel import contents, pack, wheel

from winarm.verify import Report, VerifyOptions, verify, verify_all
from winarm.verify.options import Limits
from winarm.verify.several import WORTHWHILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def wheels(folder: Path, sizes: Sequence[int]) -> list[Path]:
    """Good wheels that hold that many bytes beside their module."""
    return [
        pack(
            folder / ARM64_WHEEL.replace("1.0", f"1.{number}"),
            contents(
                ARM64_WHEEL.replace("1.0", f"1.{number}"),
                {PYD: im.module(), "pkg/data.bin": bytes(size)},
            ),
            zipfile.ZIP_STORED,
        )
        for number, size in enumerate(sizes)
    ]


def verdicts(reports: Sequence[Report]) -> list[tuple[str, bool]]:
    return [(report.path.name, report.ok) for report in reports]


@pytest.mark.parametrize("size", [1, WORTHWHILE], ids=["in this process", "in processes"])
def test_several_are_reported_in_order(size: int, tmp_path: Path) -> None:
    paths = [*wheels(tmp_path, [1, size, size + 1]), tmp_path / "gone.whl"]

    one_by_one = list(verify_all(paths))

    assert list(verify_all(paths, jobs=3)) == one_by_one
    assert verdicts(one_by_one) == [(path.name, path.exists()) for path in paths]


def test_nothing_is_no_work() -> None:
    assert list(verify_all([], jobs=2)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="it has no groups of processes")
@pytest.mark.parametrize("delay", [0.1, 0.3], ids=["as they start", "as they work"])
def test_interrupt_ends_all_processes_without_a_word_of_theirs(
    delay: float, tmp_path: Path
) -> None:
    wheels(tmp_path, [WORTHWHILE] * 3)
    code = (
        "import sys, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from winarm.cli import main; print('ready', file=sys.stderr, flush=True);"
        f"sys.exit(main(['verify', '--jobs=2', {str(tmp_path)!r}]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "ready\n"
    time.sleep(delay)

    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert "Traceback" not in err
    # Where it was faster than the signal, it has said its word.
    assert process.returncode == (0 if out else 130)


def test_paths_of_one_call_share_what_they_may_cost(tmp_path: Path) -> None:
    """Each is read within the limit of symbols, and both together are not."""
    first = wheel(tmp_path, {"pkg/a.dll": im.image()}, "a-1.0-py3-none-win_arm64.whl")
    second = wheel(tmp_path, {"pkg/b.dll": im.image()}, "b-1.0-py3-none-win_arm64.whl")
    options = VerifyOptions(limits=Limits(symbols=200), record=False)

    assert verify(first, options).ok
    assert verify(second, options).ok
    assert [report.ok for report in verify_all([first, second], options)] == [True, False]
