"""Verify published wheels, compare with what is true of each, and write the table of the docs.

published_wheels.toml names the wheels, and of each the codes of the errors that are true. An error
of another code is a false one; a code without an error is one that was not found.

Usage: python tools/published_wheels.py FOLDER [--fetch] [--check]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from winarm.target import NEWEST_PYTHON
from winarm.verify import Report, Severity, VerifyOptions, verify_all

HERE = Path(__file__).resolve().parent
LIST = HERE / "published_wheels.toml"
PAGE = HERE.parent / "docs" / "verify.md"
BEGIN = "<!-- Made by tools/published_wheels.py from published_wheels.toml -->\n"
END = "<!-- End of the table -->\n"


@dataclass(frozen=True)
class Published:
    """A published wheel, and what is true of it."""

    file: str
    #: Codes of the errors that it has, each with why they are true.
    true: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """What verification says of a published wheel."""

    wheel: Published
    report: Report

    @property
    def errors(self) -> Counter[str]:
        """Return how many errors there are of each code."""
        return Counter(
            found.code.name for found in self.report.findings if found.severity is Severity.ERROR
        )

    @property
    def false(self) -> list[str]:
        """Return codes of errors that are not true."""
        return sorted(self.errors.keys() - self.wheel.true.keys())

    @property
    def missed(self) -> list[str]:
        """Return codes of true errors that were not found."""
        return sorted(self.wheel.true.keys() - self.errors.keys())


def published() -> list[Published]:
    """Return the wheels of the list."""
    with LIST.open("rb") as file:
        return [Published(**wheel) for wheel in tomllib.load(file)["wheel"]]


def fetch(wheel: Published, folder: Path) -> None:
    """Download a wheel from the package index."""
    name, version, python, abi, platform = wheel.file.removesuffix(".whl").split("-")
    version_tag = max((tag[2:] for tag in python.split(".") if tag[2:].startswith("3")), key=int)
    minor = NEWEST_PYTHON.nodot if version_tag == "3" else version_tag
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
            *("--only-binary=:all:", f"--platform={platform}", f"--abi={abi.split('.')[0]}"),
            *(f"--python-version={minor}", f"--dest={folder}", f"{name}=={version}"),
        ],
        check=True,
    )


def judged(wheels: list[Published], folder: Path) -> list[Judged]:
    """Verify the wheels in one call, in which they see one another."""
    options = VerifyOptions(record=False)
    reports = verify_all([folder / wheel.file for wheel in wheels], options)
    return [Judged(wheel, report) for wheel, report in zip(wheels, reports, strict=True)]


def table(results: list[Judged]) -> str:
    """Return the table in Markdown."""
    false = sum(len(result.false) for result in results)
    missed = sum(len(result.missed) for result in results)
    true = sum(len(result.wheel.true) for result in results)
    images = sum(len(result.report.images) for result in results)
    summary = (
        f"{len(results)} wheels with {images:,} images, object files and libraries: {true} causes "
        f"of true errors, {missed} of them not found, and {false} of false ones. A finding counts "
        "once for all files that it names."
    )
    lines = [
        summary,
        "",
        "| wheel | errors | true because | false | not found | warnings, notes |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for result in results:
        errors = ", ".join(f"{count} {code}" for code, count in sorted(result.errors.items()))
        why = "; ".join(f"{code}: {words}" for code, words in result.wheel.true.items())
        more = Counter(
            found.code.name
            for found in result.report.findings
            if found.severity is not Severity.ERROR
        )
        cells = (
            result.wheel.file.removesuffix(".whl"),
            errors or "none",
            why,
            ", ".join(result.false),
            ", ".join(result.missed),
            ", ".join(f"{count} {code}" for code, count in sorted(more.items())),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the table; return 1 when an error is false or was not found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a folder with the wheels")
    parser.add_argument("--fetch", action="store_true", help="download the wheels that it lacks")
    parser.add_argument("--check", action="store_true", help="do not write the table")
    arguments = parser.parse_args()
    wheels = published()
    for wheel in wheels:
        if arguments.fetch and not (arguments.folder / wheel.file).exists():
            fetch(wheel, arguments.folder)
    results = judged(wheels, arguments.folder)
    if not arguments.check:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{table(results)}\n{END}{after}", "utf-8")
    wrong = [result for result in results if result.false or result.missed]
    for result in wrong:
        print(f"{result.wheel.file}: false {result.false}, not found {result.missed}")
        for found in result.report.findings:
            if found.code.name in result.false:
                print(f"  {found.line()}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
