"""Making a wheelhouse: fetch and verify what is there, build the rest, and lose nothing done.

A package is done when its wheel and its record are in the folder. Both are put there whole, the
record last, so that a run that is killed at any moment leaves only what the next one can trust.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from winarm import events
from winarm.errors import (
    BuildFailedError,
    FileSystemError,
    StoppedError,
    UsageError,
    VerificationError,
    WinarmError,
)
from winarm.host import Host
from winarm.host.programs import GRACE
from winarm.pipeline.isolated import build_wheel
from winarm.pipeline.wheel import BuiltWheel
from winarm.stack.client import IndexClient, wrong_content
from winarm.stack.files import IndexedFile
from winarm.stack.wheelhouse.plan import Action, PlannedPackage, WheelhousePlan
from winarm.stack.wheelhouse.result import (
    RECORDS,
    Outcome,
    PackageOutcome,
    WheelhouseResult,
    write_results,
)
from winarm.storage import deliver, locked, scratch_folder, sha256_of, write_text
from winarm.target import WIN_ARM64
from winarm.verify import Severity, VerifyOptions, verify

#: Wheels that are fetched at once.
FETCHES_AT_ONCE = 8
#: Lines of a failed build that a report keeps.
KEPT_LINES = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """What happens to a package now; no outcome while it is worked on."""

    package: PlannedPackage
    doing: str
    outcome: PackageOutcome | None = None


@dataclass(frozen=True)
class StoppableHost(Host):
    """A machine whose programs end when `stop` is set."""

    stop: threading.Event = field(default_factory=threading.Event)

    def raise_if_stopped(self) -> None:
        """Raise StoppedError once `stop` is set."""
        if self.stop.is_set():
            raise StoppedError

    def stream(
        self,
        argv: Sequence[str | Path],
        *,
        environ: Mapping[str, str],
        cwd: Path,
        output: Callable[[bytes], None],
        tick: Callable[[], None] = lambda: None,
        grace: float = GRACE,
    ) -> int:
        """Run a program as `Host.stream` does, until it ends or is stopped.

        :raises StoppedError: it was stopped.
        """

        def check() -> None:
            self.raise_if_stopped()
            tick()

        check()
        return super().stream(
            argv, environ=environ, cwd=cwd, output=output, tick=check, grace=grace
        )


@dataclass(frozen=True)
class WheelhouseOptions:
    """How a wheelhouse is made."""

    #: The Python that builds; of the plan's version, when not given.
    python: str | None = None
    #: Compilations at once, of all builds together; as many as the machine has cores by default.
    jobs: int | None = None
    fail_fast: bool = False
    build: Callable[..., BuiltWheel] = build_wheel


def make_wheelhouse(
    host: Host,
    plan: WheelhousePlan,
    folder: Path,
    client: IndexClient,
    *,
    options: WheelhouseOptions,
    listener: Callable[[Progress], None] = lambda _: None,
) -> WheelhouseResult:
    """Fetch or build every wheel of a plan into `folder`, and write the lock and the reports.

    :raises FileSystemError: the folder cannot be written.
    """
    began = time.monotonic()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder.", cure="Choose another folder.")
    try:
        (folder / RECORDS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileSystemError(folder, error) from error
    fields = {item.name: getattr(host, item.name) for item in dataclasses.fields(Host)}
    # Work that waits for a server waits for the same event.
    stoppable = StoppableHost(**fields, stop=client.stopped)
    work = _Work(stoppable, plan, folder.resolve(), client, options, listener)
    with warnings.catch_warnings():
        # Those of the projects' build backends, which are not for whoever installs them.
        warnings.simplefilter("ignore")
        outcomes = work.outcomes()
    result = WheelhouseResult(plan, outcomes, time.monotonic() - began)
    write_results(result, folder)
    if work.interrupted:
        raise KeyboardInterrupt
    return result


@dataclass
class _Work:
    """One run: several threads, one budget of jobs, and one way to stop."""

    host: StoppableHost
    plan: WheelhousePlan
    folder: Path
    client: IndexClient
    options: WheelhouseOptions
    listener: Callable[[Progress], None]
    interrupted: bool = False

    def __post_init__(self) -> None:
        self._jobs = self.options.jobs or self.host.cpus
        self._waiting = len(self.plan.named(Action.BUILD))
        self._lock = threading.Lock()
        self._done: dict[str, PackageOutcome] = {}

    def outcomes(self) -> tuple[PackageOutcome, ...]:
        """Do all of the work, and return what became of each package."""
        for package in self.plan.packages:
            if package.action in {Action.SKIP, Action.FAIL}:
                outcome = Outcome.SKIPPED if package.action is Action.SKIP else Outcome.FAILED
                self._finish(package, _outcome(package, outcome, package.reason, package.cure))
        builders = ThreadPoolExecutor(max(1, min(self._jobs, self._waiting)))
        fetchers = ThreadPoolExecutor(FETCHES_AT_ONCE)
        try:
            with builders, fetchers:
                try:
                    pending = [
                        (builders if package.action is Action.BUILD else fetchers).submit(
                            self._do, package
                        )
                        for package in self._in_order()
                    ]
                    for future in pending:
                        future.result()
                except BaseException:
                    self.host.stop.set()
                    raise
        except KeyboardInterrupt:
            self.interrupted = True
        return tuple(
            self._done.get(package.name)
            or _outcome(package, Outcome.NOT_STARTED, "the run ended before")
            for package in self.plan.packages
        )

    def _in_order(self) -> list[PlannedPackage]:
        """Return what is fetched, then what is built: first what others wait for."""
        work = [p for p in self.plan.packages if p.action in {Action.FETCH, Action.BUILD}]
        return sorted(work, key=lambda p: (p.action is Action.BUILD, -len(p.required_by)))

    def _do(self, package: PlannedPackage) -> None:
        began = time.monotonic()
        try:
            with locked(self._record(package).with_suffix(".lock"), self.host.raise_if_stopped):
                outcome = self._kept(package) or self._made(package, began)
        except StoppedError:
            return
        except WinarmError as error:
            output = error.output if isinstance(error, BuildFailedError) else ""
            outcome = _outcome(
                package,
                Outcome.FAILED,
                "\n".join(filter(None, (error.what, error.why))),
                error.cure or package.cure,
                output="\n".join(output.splitlines()[-KEPT_LINES:]),
                seconds=round(time.monotonic() - began, 1),
            )
        except OSError as error:
            said = FileSystemError(error.filename or self.folder, error)
            outcome = _outcome(package, Outcome.FAILED, said.what, said.cure)
        finally:
            if package.action is Action.BUILD:
                with self._lock:
                    self._waiting -= 1
        self._finish(package, outcome)

    def _finish(self, package: PlannedPackage, outcome: PackageOutcome) -> None:
        with self._lock:
            self._done[package.name] = outcome
            self.listener(Progress(package, str(outcome.outcome), outcome))
        if outcome.outcome is Outcome.FAILED and self.options.fail_fast:
            self.host.stop.set()

    def _kept(self, package: PlannedPackage) -> PackageOutcome | None:
        """Return what an earlier run has made, if it is what is wanted and still whole."""
        try:
            record = json.loads(self._record(package).read_text("utf-8"))
            file = self.folder / record["file"]
            good = (
                record["key"] == _key(package, self.plan)
                and file.parent == self.folder
                and sha256_of(file) == record["sha256"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not good:
            return None
        detail, digest, size = str(record.get("detail", "")), record["sha256"], file.stat().st_size
        return _outcome(package, Outcome.KEPT, detail, file=file.name, sha256=digest, size=size)

    def _made(self, package: PlannedPackage, began: float) -> PackageOutcome:
        with scratch_folder() as scratch:
            if package.action is Action.BUILD:
                wheel, detail = self._built(package, scratch)
                outcome = Outcome.BUILT
            else:
                wheel, detail = self._fetched(package)
                outcome = Outcome.FETCHED
            file = deliver(wheel, self.folder)
            digest = sha256_of(file)
        made = _outcome(
            package,
            outcome,
            detail,
            file=file.name,
            sha256=digest,
            size=file.stat().st_size,
            seconds=round(time.monotonic() - began, 1),
        )
        key = _key(package, self.plan)
        record = {"key": key, "file": made.file, "sha256": digest, "detail": detail}
        write_text(self._record(package), json.dumps(record))
        return made

    def _fetched(self, package: PlannedPackage) -> tuple[Path, str]:
        path = self._download(package, "wheels")
        if not package.verify:
            return path, f"{package.reason}; not verified, as its settings say"
        self._say(package, "verifying")
        report = verify(path, VerifyOptions(target=WIN_ARM64))
        errors = [one.line() for one in report.findings if one.severity is Severity.ERROR]
        if errors:
            raise VerificationError(path.name, errors)
        return path, f"{package.reason}; verified"

    def _built(self, package: PlannedPackage, scratch: Path) -> tuple[Path, str]:
        sdist = self._download(package, "sdists")
        with self._lock:
            share = max(1, self._jobs // max(1, min(self._jobs, self._waiting)))
        settings = {"winarm.jobs": str(share), **package.config_settings}

        def listen(event: events.Event) -> None:
            self.host.raise_if_stopped()
            if text := events.progress(event):
                self._say(package, text)

        built = self.options.build(
            sdist,
            scratch / "wheel",
            python=self.options.python or self.plan.python,
            config_settings=settings,
            listener=listen,
            host=self.host,
        )
        return built.path, f"{built.summary} ({package.reason})"

    def _download(self, package: PlannedPackage, folder: str) -> Path:
        file = package.file
        if file is None:
            raise StoppedError
        self._say(package, f"fetching {file.name}")
        wanted = IndexedFile(file.name, package.version, file.url, file.sha256)

        def progress(size: int) -> None:
            self._say(package, f"fetching {file.name} ({size >> 20} MB)")

        path = self.client.fetch(wanted, self.host.cache / folder, progress)
        digest = sha256_of(path)
        if package.allowed_sha256 and digest not in package.allowed_sha256:
            raise wrong_content(file.name, " or ".join(package.allowed_sha256[:2]), digest)
        return path

    def _say(self, package: PlannedPackage, doing: str) -> None:
        with self._lock:
            self.listener(Progress(package, doing))

    def _record(self, package: PlannedPackage) -> Path:
        return self.folder / RECORDS / f"{package.name}.json"


def _key(package: PlannedPackage, plan: WheelhousePlan) -> str:
    """Return what a wheel depends on: another one is wanted when any of it changes."""
    parts = (
        plan.target,
        plan.python,
        package.version,
        str(package.action),
        package.file.sha256 or package.file.url if package.file else "",
        json.dumps(dict(package.config_settings), sort_keys=True),
        str(package.verify),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _outcome(
    package: PlannedPackage,
    outcome: Outcome,
    detail: str,
    cure: str = "",
    **more: Any,  # noqa: ANN401 - further fields
) -> PackageOutcome:
    return PackageOutcome(package.name, package.version, outcome, detail=detail, cure=cure, **more)
