"""Runs the toolchain's programs: as many at once as there are cores, and each shown whole."""

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from .headers import Mended
from .journal import Journal

#: How often one compilation is repeated: each time another header was found.
MOST_REPEATS = 100

#: Returns how to repeat a command that failed, from its arguments and what it said.
Mend = Callable[[Sequence[str], str], Mended | None]

#: Characters of a failed program's output that is reported.
MAX_WORDS = 100_000


class Step:
    """One run of a program: its command line, and what it does to what, for people."""

    def __init__(
        self,
        doing: str,
        subject: str,
        argv: Sequence[str],
        language: str | None = None,
        mend: Mend | None = None,
    ) -> None:
        self.argv = tuple(argv)
        self.mend = mend
        #: What is reported of it.
        self.facts = {"doing": doing, "subject": subject, "language": language or "c"}


class Pool:
    """As many steps at once as there are jobs, whoever asks for them."""

    def __init__(self, jobs: int, journal: Journal) -> None:
        self.jobs = jobs
        self._journal = journal
        self._executor = ThreadPoolExecutor(jobs, thread_name_prefix="winarm")
        self._lock = threading.Lock()

    def plan(self, files: int) -> None:
        """Tell the parent that this many files will be compiled, for its count."""
        self._journal.write("planned", files=files)

    def run(self, steps: Sequence[Step]) -> None:
        """Run all steps; after a failure those that have not begun are left out.

        :raises subprocess.CalledProcessError: a program failed; what it said has been shown.
        :raises OSError: a program could not be started.
        """
        futures = [self._executor.submit(self._run, step) for step in steps]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            begun = [future for future in futures if not future.cancel()]
            wait(begun)
        for future in begun:
            future.result()

    def refuse(self, doing: str, subject: str, why: str) -> None:
        """Report a step that fails before its program is started."""
        with self._lock:
            show(f"{subject}: {why}\n")
        self._journal.write("failed", doing=doing, subject=subject, output=why)

    def _run(self, step: Step) -> None:
        self._journal.write("start", **step.facts)
        argv = step.argv
        for _ in range(MOST_REPEATS):
            status, output = self._once(step, argv)
            mended = step.mend(argv, output) if status and step.mend else None
            if mended is None:
                break
            self._journal.write("detail", text=mended.why)
            argv = mended.argv
        event = "failed" if status else "done"
        words = output[-MAX_WORDS:] if status else ""
        self._journal.write(event, **step.facts, output=words)
        if status:
            raise subprocess.CalledProcessError(status, argv)

    def _once(self, step: Step, argv: Sequence[str]) -> tuple[int, str]:
        """Run a program; return its exit status and what it said, which has been shown."""
        try:
            done = subprocess.run(  # noqa: S603 - argument lists only, never a shell
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except OSError as error:
            self._journal.write("failed", **step.facts, output=str(error))
            raise
        output = done.stdout.decode("utf-8", "replace")
        with self._lock:
            show(f"{subprocess.list2cmdline(argv)}\n{output}")
        return done.returncode, output


def show(text: str) -> None:
    """Print what may hold anything to a stream that may not take everything."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), end="", flush=True)
