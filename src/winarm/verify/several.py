"""Several paths at once, in processes where that is worth starting them.

Inflating and hashing leave the interpreter's lock, but in pieces too short for threads to gain by
it: on two cores, threads took longer than one.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path

from winarm.verify.companions import read_companions
from winarm.verify.options import Budget, VerifyOptions
from winarm.verify.report import Report
from winarm.verify.run import DEFAULTS, verify, verify_within

#: Bytes, without the largest file, from which processes are started: starting one takes as long as
#: verifying about 10 MB of wheels.
WORTHWHILE = 16 * 2**20
#: Windows waits for no more processes at once.
_MOST_JOBS = 61


def verify_all(
    paths: Sequence[Path | str], options: VerifyOptions = DEFAULTS, *, jobs: int = 1
) -> Iterator[Report]:
    """Verify several paths, `jobs` at once, and yield their reports in order.

    More than one job may start processes, so that a script that asks for it must be importable
    (`if __name__ == "__main__"`), as for all of multiprocessing.
    """
    files = [Path(path) for path in paths]
    if len(files) > 1:
        # Whatever is verified together may bring DLLs to one another.
        options = replace(options, companions=(*options.companions, *files))
    sizes = [_size(path) for path in files]
    jobs = min(jobs, len(files), _MOST_JOBS)
    if jobs > 1 and sum(sizes) - max(sizes) > WORTHWHILE:
        yield from _in_processes(files, sizes, options, jobs)
    else:
        budget = Budget(options.limits)
        # Once, not for each of them.
        brings = read_companions(options.companions)
        yield from (verify_within(budget, path, options, brings) for path in files)


def _size(path: Path) -> int:
    """Return how much work a path is, in bytes; 0 where it cannot be read."""
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _in_processes(
    paths: Sequence[Path], sizes: Sequence[int], options: VerifyOptions, jobs: int
) -> Iterator[Report]:
    # Only for several large files, and start-up time counts.
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415
    from multiprocessing import get_context  # noqa: PLC0415

    work = [
        partial(verify, path, _with_share(options, size, sum(sizes)))
        for path, size in zip(paths, sizes, strict=True)
    ]
    # Where a machine allows no further process, or ends one, this one does the rest.
    unable = (BrokenProcessPool, OSError, ImportError, NotImplementedError)
    # The largest first, so that no core is left with it at the end.
    order = sorted(range(len(paths)), key=lambda index: -sizes[index])
    try:
        # Not fork: the caller may have threads.
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_end_at_once)
        # The pool's locks have started multiprocessing's tracker, which would let go of signals.
        with _interrupts_held():
            futures = {index: pool.submit(work[index]) for index in order}
    except unable:
        yield from (verify_one() for verify_one in work)
        return
    try:
        for index, verify_one in enumerate(work):
            try:
                report = futures[index].result()
            except unable:
                report = verify_one()
            yield report
    finally:
        pool.shutdown(cancel_futures=True)


def _with_share(options: VerifyOptions, size: int, whole: int) -> VerifyOptions:
    """Return options with the share of what a call may cost that a file of some bytes has."""
    limits = options.limits
    share = size / max(whole, 1)
    seconds, symbols = (ceil(most * share) for most in (limits.seconds, limits.symbols))
    return replace(options, limits=replace(limits, seconds=seconds, symbols=symbols))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back, here and in what is started, until that is ready to end without a word."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_at_once() -> None:
    """Let Ctrl-C end this process without a word: the one that started it speaks."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
