"""What became of a wheelhouse: its reports, and putting together what several machines made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winarm.errors import FileSystemError, UsageError, printable
from winarm.stack.wheelhouse.plan import Action, PlannedPackage, WheelhousePlan
from winarm.storage import deliver, read_bounded, sha256_of, write_text

if TYPE_CHECKING:
    from winarm.trial import TrialResult
    from winarm.verify import Report

#: Version of the JSON form of a result.
RESULT_VERSION = 1
#: The lock, the reports and the folder of records in a wheelhouse.
LOCK_FILE = "requirements.txt"
JSON_FILE = "wheelhouse.json"
HTML_FILE = "wheelhouse.html"
RECORDS = ".winarm"
#: A result of more bytes is not read.
MAX_RESULT = 64 * 2**20


class Outcome(StrEnum):
    """What became of one package."""

    FETCHED = "fetched"
    BUILT = "built"
    #: It was there already, and is good.
    KEPT = "kept"
    SKIPPED = "skipped"
    FAILED = "failed"
    #: Another one failed first, or the run was interrupted.
    NOT_STARTED = "not-started"

    @property
    def good(self) -> bool:
        """Return whether the wheelhouse has what it needs of the package."""
        return self not in {Outcome.FAILED, Outcome.NOT_STARTED}


@dataclass(frozen=True, slots=True)
class PackageOutcome:
    """What became of one package."""

    name: str
    version: str
    outcome: Outcome
    file: str = ""
    sha256: str = ""
    size: int = 0
    seconds: float = 0.0
    #: How it went, or why it failed.
    detail: str = ""
    cure: str = ""
    #: The last lines of a failed build.
    output: str = ""
    #: What trying it on the target showed; empty where it was not tried.
    tried: str = ""

    @property
    def title(self) -> str:
        """Return name and version."""
        return f"{self.name} {self.version}".rstrip()


@dataclass(frozen=True)
class WheelhouseResult:
    """What became of a wheelhouse."""

    plan: WheelhousePlan
    packages: tuple[PackageOutcome, ...]
    seconds: float

    @property
    def ok(self) -> bool:
        """Return whether it is complete."""
        return all(package.outcome.good for package in self.packages)

    @property
    def lock(self) -> str:
        """Return a requirements file with the checksum of every wheel."""
        lines = [
            f"{package.name}=={package.version} \\\n    --hash=sha256:{package.sha256}\n"
            for package in self.packages
            if package.sha256
        ]
        head = (
            f"# Wheels for {self.plan.target} and Python {self.plan.python}, of "
            f"{self.plan.origin}. Install them there:\n"
            f"# pip install --no-index --find-links . --require-hashes -r {LOCK_FILE}\n"
        )
        return head + "".join(lines)


def write_results(result: WheelhouseResult, folder: Path) -> None:
    """Write the lock and the reports into the wheelhouse.

    :raises FileSystemError: the folder cannot be written.
    """
    document = {
        "version": RESULT_VERSION,
        "origin": result.plan.origin,
        "target": result.plan.target,
        "python": result.plan.python,
        "complete": result.ok,
        "seconds": round(result.seconds, 1),
        "packages": [asdict(package) for package in result.packages],
    }
    write_text(folder / LOCK_FILE, result.lock)
    write_text(folder / JSON_FILE, json.dumps(document, indent=2) + "\n")
    write_text(folder / HTML_FILE, page(result))


def table(result: WheelhouseResult) -> Iterator[str]:
    """Yield the result as lines: what is there, then the cause and cure of each failure."""
    width = max((len(package.title) for package in result.packages), default=0)
    for package in result.packages:
        what = package.file or package.detail.partition("\n")[0]
        time = f" ({package.seconds:.0f} s)" if package.outcome is Outcome.BUILT else ""
        tried = f"; {package.tried}" if package.tried else ""
        line = f"{package.title:{width}}  {package.outcome:11}  {what}{time}{tried}"
        yield printable(line.rstrip())
    failed = [package for package in result.packages if package.outcome is Outcome.FAILED]
    for package in failed:
        yield ""
        said = f"{package.title} failed: {package.detail}"
        yield from map(printable, said.expandtabs().splitlines())
        if package.cure:
            yield f"  {package.cure}"
    good = sum(package.outcome.good for package in result.packages)
    yield ""
    yield f"{good} of {len(result.packages)} packages ({result.seconds:.0f} s)"


def tried(
    result: WheelhouseResult,
    folder: Path,
    tries: Callable[[Sequence[Path], tuple[Path, ...]], TrialResult],
) -> WheelhouseResult:
    """Return the result with what came of importing every native wheel; a failure counts.

    The environment has the wheelhouse and nothing else, so what failed or was skipped is not there.

    :param tries: tries wheels, all in one environment, which has the other wheels, too.
    :raises WinarmError: nothing can be tried here.
    """
    there = [one for one in result.packages if one.sha256]
    wheels = [folder / one.file for one in there if not one.file.endswith("-any.whl")]
    if not wheels:
        return result
    others = tuple(folder / one.file for one in there if one.file.endswith("-any.whl"))
    reports = {report.path.name: report for report in tries(wheels, others).reports}
    packages = tuple(
        _judged(package, reports[package.file]) if package.file in reports else package
        for package in result.packages
    )
    return replace(result, packages=packages)


def _judged(package: PackageOutcome, report: Report) -> PackageOutcome:
    from winarm.verify import Severity  # noqa: PLC0415 - 50 ms, and few wheelhouses are tried

    errors = [one.line() for one in report.findings if one.severity is Severity.ERROR]
    if not errors:
        return replace(package, tried=report.evidence.value)
    cure = "winarm verify --explain CODE describes each."
    detail = "\n".join(errors)
    return replace(package, outcome=Outcome.FAILED, detail=detail, cure=cure, tried="")


def merge_wheelhouses(
    plan: WheelhousePlan, parts: Sequence[Path], folder: Path
) -> WheelhouseResult:
    """Copy the wheels of `parts` into `folder`; what the plan has and no part has is a failure.

    :raises UsageError: a part is not a wheelhouse.
    :raises FileSystemError: a folder cannot be read or written.
    """
    found: dict[str, tuple[Path, PackageOutcome]] = {}
    for part in parts:
        for name, outcome in _outcomes(part).items():
            known = found.get(name)
            # A good part is better than one in which the package failed.
            if known is None or (outcome.outcome.good and not known[1].outcome.good):
                found[name] = (part, outcome)
    try:
        (folder / RECORDS).mkdir(parents=True, exist_ok=True)
        packages = tuple(_merged(package, found, folder) for package in plan.packages)
    except OSError as error:
        raise FileSystemError(error.filename or folder, error) from error
    result = WheelhouseResult(plan, packages, sum(one.seconds for one in packages))
    write_results(result, folder)
    return result


def _merged(
    package: PlannedPackage, found: Mapping[str, tuple[Path, PackageOutcome]], folder: Path
) -> PackageOutcome:
    if package.action is Action.SKIP:
        return PackageOutcome(package.name, package.version, Outcome.SKIPPED, detail=package.reason)
    part, outcome = found.get(package.name, (None, None))
    if outcome is None or part is None:
        detail = package.reason if package.action is Action.FAIL else "no part has it"
        return PackageOutcome(
            package.name, package.version, Outcome.FAILED, detail=detail, cure=package.cure
        )
    if not outcome.sha256:
        return outcome
    if outcome.version != package.version:
        detail = f"{part} has version {outcome.version}"
        return replace(outcome, outcome=Outcome.FAILED, detail=detail)
    wheel = part / outcome.file
    if wheel.parent != part or not wheel.is_file() or sha256_of(wheel) != outcome.sha256:
        detail = f"{wheel} is not the wheel that its report names"
        return PackageOutcome(package.name, package.version, Outcome.FAILED, detail=detail)
    deliver(wheel, folder)
    record = part / RECORDS / f"{package.name}.json"
    if record.is_file():
        # So that a later run in the folder knows what is there.
        deliver(record, folder / RECORDS)
    return outcome


def _outcomes(part: Path) -> dict[str, PackageOutcome]:
    path, cure = part / JSON_FILE, "Name folders that winarm wheelhouse has made."
    try:
        document: Any = json.loads(read_bounded(path, MAX_RESULT, cure=cure))
        entries = [
            PackageOutcome(**{**entry, "outcome": Outcome(entry["outcome"])})
            for entry in document["packages"]
        ]
    except (FileSystemError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{part} is not a part of a wheelhouse: {path.name} cannot be read.", cure=cure
        ) from error
    return {entry.name: entry for entry in entries}


def page(result: WheelhouseResult) -> str:
    """Return the result as one page that asks nothing of the network."""
    # Not at the top: Jinja2 takes 30 ms that the lock does not need.
    from winarm.stack.formats.html import filled  # noqa: PLC0415

    template = files("winarm.stack.wheelhouse").joinpath("wheelhouse.html.jinja")
    return filled(template, result=result, lock=LOCK_FILE)
