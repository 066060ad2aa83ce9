"""What became of a wheelhouse, as values, and its reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from winarm.storage import replacing

if TYPE_CHECKING:
    from winarm.stack.wheelhouse.plan import WheelhousePlan

#: Version of the JSON form of a result.
RESULT_VERSION = 1
#: The lock, the reports and the folder of records in a wheelhouse.
LOCK_FILE = "requirements.txt"
JSON_FILE = "wheelhouse.json"
HTML_FILE = "wheelhouse.html"


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

    :raises OSError: the folder cannot be written.
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
    texts = {
        LOCK_FILE: result.lock,
        JSON_FILE: json.dumps(document, indent=2) + "\n",
        HTML_FILE: page(result),
    }
    for name, text in texts.items():
        with replacing(folder / name) as part:
            part.write_text(text, "utf-8")


def table(result: WheelhouseResult) -> Iterator[str]:
    """Yield the result as lines: what is there, then the cause and cure of each failure."""
    width = max((len(package.title) for package in result.packages), default=0)
    for package in result.packages:
        what = package.file or package.detail.partition("\n")[0]
        time = f" ({package.seconds:.0f} s)" if package.outcome is Outcome.BUILT else ""
        tried = f"; {package.tried}" if package.tried else ""
        yield f"{package.title:{width}}  {package.outcome:11}  {what}{time}{tried}".rstrip()
    failed = [package for package in result.packages if package.outcome is Outcome.FAILED]
    for package in failed:
        yield ""
        yield f"{package.title} failed: {package.detail}"
        if package.cure:
            yield f"  {package.cure}"
    good = sum(package.outcome.good for package in result.packages)
    yield ""
    yield f"{good} of {len(result.packages)} packages ({result.seconds:.0f} s)"


def page(result: WheelhouseResult) -> str:
    """Return the result as one page that asks nothing of the network."""
    # Not at the top: it takes 30 ms that the lock does not need.
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    folder = files("winarm.stack.wheelhouse")
    template = folder.joinpath("wheelhouse.html.jinja").read_text("utf-8")
    return environment.from_string(template).render(result=result, lock=LOCK_FILE)
