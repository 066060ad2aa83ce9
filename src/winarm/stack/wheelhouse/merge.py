"""Putting the parts of a wheelhouse together that several machines have made."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from winarm.errors import FileSystemError, UsageError
from winarm.stack.client import sha256_of
from winarm.stack.wheelhouse.make import RECORDS
from winarm.stack.wheelhouse.plan import Action, PlannedPackage, WheelhousePlan
from winarm.stack.wheelhouse.result import (
    JSON_FILE,
    Outcome,
    PackageOutcome,
    WheelhouseResult,
    write_results,
)
from winarm.storage import deliver


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
        result = WheelhouseResult(plan, packages, sum(one.seconds for one in packages))
        write_results(result, folder)
    except OSError as error:
        raise FileSystemError(error.filename or folder, error) from error
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
        return dataclasses.replace(outcome, outcome=Outcome.FAILED, detail=detail)
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
    path = part / JSON_FILE
    try:
        document: Any = json.loads(path.read_bytes())
        entries = [
            PackageOutcome(**{**entry, "outcome": Outcome(entry["outcome"])})
            for entry in document["packages"]
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{part} is not a part of a wheelhouse: {path.name} cannot be read.",
            cure="Name folders that winarm wheelhouse has made.",
        ) from error
    return {entry.name: entry for entry in entries}
