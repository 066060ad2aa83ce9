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
from typing import Protocol

from filelock import FileLock

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
from winarm.stack.client import IndexClient, sha256_of, wrong_content
from winarm.stack.files import IndexedFile
from winarm.stack.wheelhouse.plan import Action, PlannedPackage, WheelhousePlan
from winarm.stack.wheelhouse.result import Outcome, PackageOutcome, WheelhouseResult, write_results
from winarm.storage import deliver, replacing, scratch_folder
from winarm.target import WIN_ARM64
from winarm.verify import Severity, VerifyOptions, verify

#: The folder of records in a wheelhouse.
RECORDS = ".winarm"
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


class Builder(Protocol):
    """Builds an sdist into a folder and returns the wheel, and in a few words how it went."""

    def __call__(
        self,
        host: Host,
        sdist: Path,
        folder: Path,
        *,
        python: str,
        config_settings: Mapping[str, str | list[str]],
        listener: events.Listener,
    ) -> tuple[Path, str]:
        """Build.

        :raises WinarmError: the build failed, or the wheel failed verification.
        """


def build_by_pipeline(
    host: Host,
    sdist: Path,
    folder: Path,
    *,
    python: str,
    config_settings: Mapping[str, str | list[str]],
    listener: events.Listener,
) -> tuple[Path, str]:
    """Build as `winarm build` does."""
    built = build_wheel(
        sdist,
        folder,
        python=python,
        config_settings=config_settings,
        listener=listener,
        host=host,
    )
    return built.path, built.summary


@dataclass(frozen=True)
class WheelhouseOptions:
    """How a wheelhouse is made."""

    #: The Python that builds; of the plan's version, when not given.
    python: str | None = None
    #: Compilations at once, of all builds together; as many as the machine has cores by default.
    jobs: int | None = None
    fail_fast: bool = False
    build: Builder = build_by_pipeline


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
    work = _Work(host, plan, folder.resolve(), client, options, listener)
    with warnings.catch_warnings():
        # Those of the projects' build backends, which are not for whoever installs them.
        warnings.simplefilter("ignore")
        outcomes = work.outcomes()
    result = WheelhouseResult(plan, outcomes, time.monotonic() - began)
    try:
        write_results(result, folder)
    except OSError as error:
        raise FileSystemError(folder, error) from error
    if work.interrupted:
        raise KeyboardInterrupt
    return result


class _Work:
    """One run: several threads, one budget of jobs, and one way to stop."""

    def __init__(  # noqa: PLR0917 - a private class, made in one place
        self,
        host: Host,
        plan: WheelhousePlan,
        folder: Path,
        client: IndexClient,
        options: WheelhouseOptions,
        listener: Callable[[Progress], None],
    ) -> None:
        fields = {item.name: getattr(host, item.name) for item in dataclasses.fields(Host)}
        # Whoever waits for a server waits for the same event.
        self._host = StoppableHost(**fields, stop=client.stopped)
        self._plan = plan
        self._folder = folder
        self._client = client
        self._options = options
        self._listener = listener
        self._jobs = options.jobs or host.cpus
        self._waiting = len(plan.named(Action.BUILD))
        self._lock = threading.Lock()
        self._done: dict[str, PackageOutcome] = {}
        self.interrupted = False

    def outcomes(self) -> tuple[PackageOutcome, ...]:
        """Do all of the work, and return what became of each package."""
        for package in self._plan.packages:
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
                    self._host.stop.set()
                    raise
        except KeyboardInterrupt:
            self.interrupted = True
        return tuple(
            self._done.get(package.name)
            or _outcome(package, Outcome.NOT_STARTED, "the run ended before")
            for package in self._plan.packages
        )

    def _in_order(self) -> list[PlannedPackage]:
        """Return what is fetched, then what is built: first what others wait for."""
        work = [p for p in self._plan.packages if p.action in {Action.FETCH, Action.BUILD}]
        return sorted(work, key=lambda p: (p.action is Action.BUILD, -len(p.required_by)))

    def _do(self, package: PlannedPackage) -> None:
        if self._host.stop.is_set():
            return
        began = time.monotonic()
        try:
            with FileLock(self._record(package).with_suffix(".lock"), timeout=-1):
                outcome = self._kept(package) or self._made(package, began)
        except StoppedError:
            return
        except WinarmError as error:
            output = error.output if isinstance(error, BuildFailedError) else ""
            outcome = dataclasses.replace(
                _outcome(package, Outcome.FAILED, _cause(error), error.cure or package.cure),
                output="\n".join(output.splitlines()[-KEPT_LINES:]),
                seconds=round(time.monotonic() - began, 1),
            )
        except OSError as error:
            said = FileSystemError(error.filename or self._folder, error)
            outcome = _outcome(package, Outcome.FAILED, said.what, said.cure)
        finally:
            if package.action is Action.BUILD:
                with self._lock:
                    self._waiting -= 1
        self._finish(package, outcome)

    def _finish(self, package: PlannedPackage, outcome: PackageOutcome) -> None:
        with self._lock:
            self._done[package.name] = outcome
            self._listener(Progress(package, str(outcome.outcome), outcome))
        if outcome.outcome is Outcome.FAILED and self._options.fail_fast:
            self._host.stop.set()

    def _kept(self, package: PlannedPackage) -> PackageOutcome | None:
        """Return what an earlier run has made, if it is what is wanted and still whole."""
        try:
            record = json.loads(self._record(package).read_text("utf-8"))
            file = self._folder / record["file"]
            good = (
                record["key"] == _key(package, self._plan)
                and file.parent == self._folder
                and sha256_of(file) == record["sha256"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not good:
            return None
        kept = _outcome(package, Outcome.KEPT, str(record.get("detail", "")))
        size = file.stat().st_size
        return dataclasses.replace(kept, file=file.name, sha256=record["sha256"], size=size)

    def _made(self, package: PlannedPackage, began: float) -> PackageOutcome:
        with scratch_folder() as scratch:
            if package.action is Action.BUILD:
                wheel, detail = self._built(package, scratch)
                outcome = Outcome.BUILT
            else:
                wheel, detail = self._fetched(package)
                outcome = Outcome.FETCHED
            file = deliver(wheel, self._folder)
            digest = sha256_of(file)
        made = dataclasses.replace(
            _outcome(package, outcome, detail),
            file=file.name,
            sha256=digest,
            size=file.stat().st_size,
            seconds=round(time.monotonic() - began, 1),
        )
        record = {
            "key": _key(package, self._plan),
            "file": made.file,
            "sha256": digest,
            "detail": detail,
        }
        with replacing(self._record(package)) as part:
            part.write_text(json.dumps(record), "utf-8")
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
        output = scratch / "wheel"

        def listen(event: events.Event) -> None:
            self._host.raise_if_stopped()
            match event:
                case events.Step(what):
                    self._say(package, what)
                case events.Working(doing, subject):
                    self._say(package, f"{doing} {subject}")
                case _:
                    pass

        wheel, summary = self._options.build(
            self._host,
            sdist,
            output,
            python=self._options.python or self._plan.python,
            config_settings=settings,
            listener=listen,
        )
        return wheel, f"{summary} ({package.reason})"

    def _download(self, package: PlannedPackage, folder: str) -> Path:
        file = package.file
        if file is None:
            raise StoppedError
        self._say(package, f"fetching {file.name}")
        wanted = IndexedFile(file.name, package.version, file.url, file.sha256)

        def progress(size: int) -> None:
            self._host.raise_if_stopped()
            self._say(package, f"fetching {file.name} ({size >> 20} MB)")

        path = self._client.fetch(wanted, self._host.cache / folder, progress)
        digest = sha256_of(path)
        if package.allowed_sha256 and digest not in package.allowed_sha256:
            raise wrong_content(file.name, " or ".join(package.allowed_sha256[:2]), digest)
        return path

    def _say(self, package: PlannedPackage, doing: str) -> None:
        with self._lock:
            self._listener(Progress(package, doing))

    def _record(self, package: PlannedPackage) -> Path:
        return self._folder / RECORDS / f"{package.name}.json"


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


def _cause(error: WinarmError) -> str:
    return "\n".join(filter(None, (error.what, error.why)))


def _outcome(
    package: PlannedPackage, outcome: Outcome, detail: str, cure: str = ""
) -> PackageOutcome:
    return PackageOutcome(package.name, package.version, outcome, detail=detail, cure=cure)
