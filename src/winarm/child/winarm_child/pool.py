"""Runs the toolchain's programs: as many at once as there are cores, and each shown whole."""

import subprocess
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from .journal import Journal


class Step:
    """One run of a program: its command line, and what it does to what, for people."""

    def __init__(
        self, doing: str, subject: str, argv: Sequence[str], language: str | None = None
    ) -> None:
        self.argv = tuple(argv)
        #: What the parent is told of it.
        self.facts = {"doing": doing, "subject": subject, "language": language or "c"}


class Pool:
    """As many steps at once as there are jobs, whoever asks for them."""

    def __init__(self, jobs: int, journal: Journal) -> None:
        self.jobs = jobs
        self._journal = journal
        self._executor = ThreadPoolExecutor(jobs, thread_name_prefix="winarm")
        self._lock = threading.Lock()

    def run(self, steps: Sequence[Step]) -> None:
        """Run all steps; after a failure those that have not begun are left out.

        :raises subprocess.CalledProcessError: a program failed; what it said has been shown.
        :raises OSError: a program could not be started.
        """
        futures = [self._executor.submit(self._run, step) for step in steps]
        try:
            for future in futures:
                future.result()
        finally:
            for future in futures:
                if not future.cancel():
                    future.exception()

    def _run(self, step: Step) -> None:
        self._journal.write("start", **step.facts)
        done = subprocess.run(  # noqa: S603 - argument lists only, never a shell
            step.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = done.stdout.decode("utf-8", "replace")
        with self._lock:
            print(subprocess.list2cmdline(step.argv), output, sep="\n", end="", flush=True)
        event = "failed" if done.returncode else "done"
        words = output[-100_000:] if done.returncode else ""
        self._journal.write(event, **step.facts, output=words)
        done.check_returncode()
