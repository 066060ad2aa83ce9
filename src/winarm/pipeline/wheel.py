"""The way from a project to a verified wheel for the target."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winarm import events
from winarm.errors import (
    BuildFailedError,
    MissingExtensionsError,
    SettingsError,
    VerificationError,
)
from winarm.libraries.bundle import bundle, epoch
from winarm.libraries.target_packages import cpp_runtime
from winarm.pipeline.child_layout import build_child, early_child
from winarm.pipeline.child_process import Child
from winarm.pipeline.failures import complaints
from winarm.pipeline.first_use import Announcer
from winarm.plan import Build, EquippedBuild
from winarm.storage import deliver
from winarm.target import parse_target
from winarm.verify import Evidence, Report, Severity, VerifyOptions, verify

#: Takes a wheel that passed verification and its report; returns the report to deliver it with.
Approve = Callable[["Build", Path, Report], Report]

#: How many images are named to people.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class BuiltWheel:
    """A wheel that was built and verified."""

    path: Path
    report: Report
    #: Whether it passed; one that did not is delivered only where the user allows that.
    verified: bool = True

    @property
    def pure(self) -> bool:
        """Return whether there is no native code in it."""
        return self.report.pure

    @property
    def summary(self) -> str:
        """Return what was verified, in words for people."""
        if not self.verified:
            return "NOT VERIFIED: it failed, and is delivered because of allow-unverified"
        if self.pure and not self.path.stem.endswith("-any"):
            return "no native code is in it, and its tag says one platform"
        if self.pure:
            return "pure Python: it runs everywhere and has no native code to verify"
        target = parse_target(self.report.target)
        machine = target.processor if target else self.report.target
        # A warning tells of those for other machines.
        images = [i for i in self.report.images if not i.is_library and machine in i.machine]
        names = ", ".join(Path(image.member).name for image in images[:_NAMED])
        more = f" and {len(images) - _NAMED} more" if len(images) > _NAMED else ""
        plural = "s" * (len(images) != 1)
        tried = "" if self.report.evidence is Evidence.INSPECTED else self.report.evidence.value
        verified = f"verified {len(images)} {machine} image{plural}: {names}{more}"
        return "; ".join(filter(None, (verified, tried)))


def call_early(build: Build, hook: str, *arguments: object) -> Any:  # noqa: ANN401
    """Call a hook that comes before the build where no toolchain may be: it sees the target.

    :raises WinarmError: the hook failed, or there is none.
    """
    with early_child(build) as child:
        return child.call(hook, *arguments)


def call(build: EquippedBuild, hook: str, *arguments: object) -> Any:  # noqa: ANN401
    """Call a hook that comes before the build, with the toolchain that will build.

    :raises WinarmError: the hook failed, or there is none.
    """
    with build_child(build) as child:
        return child.call(hook, *arguments)


def has_early(build: Build, hook: str) -> bool:
    """Return whether the inner backend has a hook, asked in a child that sees the target.

    :raises WinarmError: there is no such backend.
    """
    with early_child(build) as child:
        return child.has(hook)


def build_and_verify(
    build: EquippedBuild,
    folder: Path,
    *,
    metadata: Path | None = None,
    approve: Approve | None = None,
) -> BuiltWheel:
    """Build the project's wheel, verify it, and only then put it into `folder`.

    :param metadata: what `prepare_metadata_for_build_wheel` has made.
    :param approve: is asked for the report of a wheel that passed, and raises to withhold it.
    :raises WinarmError: the build failed, or the wheel failed verification.
    """
    announcer = Announcer(build)
    build = dataclasses.replace(build, listener=announcer)
    with build_child(build) as child:
        build.step("building")
        private = child.scratch / "wheel"
        private.mkdir()
        name = child.call("build_wheel", str(private), metadata_directory=metadata)
        wheel = _checked(private, name)
        _require_extensions(wheel, child, build.settings.allow_missing)
        wheel = _bundled(build, wheel, child.scratch / "bundle")
        build.step("verifying")
        report, passed = _verified(build, wheel)
        if not report.pure:
            announcer.made("c")
        if approve is not None:
            report = approve(build, wheel, report)
        return BuiltWheel(deliver(wheel, folder), report, passed)


def _bundled(build: EquippedBuild, wheel: Path, folder: Path) -> Path:
    """Return the wheel with the DLLs in it that only the prefixes have."""
    settings, native = build.settings, build.native
    with_runtime = settings.bundle == "msvcp140"
    if settings.bundle == "off" or not (native.prefixes or with_runtime):
        return wheel
    build.step("copying DLLs of the prefixes")
    runtime = (
        cpp_runtime(build.host, build.target, build.pip, progress=build.step)
        if with_runtime
        else None
    )
    done = bundle(
        build.host,
        wheel,
        folder,
        native.prefixes,
        build.target,
        external=(settings.verify or VerifyOptions()).external,
        cpp_runtime=runtime,
        stamp=epoch(build.host),
    )
    for note in done.notes:
        build.note(note)
    for dll in done.dlls:
        build.detail(f"copied {dll.path} for {dll.chain[-1]}")
    return done.wheel


def _verified(build: EquippedBuild, wheel: Path) -> tuple[Report, bool]:
    """Return what verification finds for the target, and whether the wheel passed.

    Warnings are printed; so is what fails, where the user wants the wheel all the same.

    :raises VerificationError: there are findings of the severity that fails.
    """
    options = build.settings.verify or VerifyOptions()
    report = verify(wheel, dataclasses.replace(options, target=build.target))
    failing = options.fail_on
    passed = not report.reaches(failing)
    if not passed and not build.settings.allow_unverified:
        lines = [found.line() for found in report.findings if found.severity >= (failing or 0)]
        raise VerificationError(wheel.name, lines)
    for found in report.findings:
        seen = events.Note if found.severity >= Severity.WARNING else events.Detail
        build.listener(seen(found.line()))
    return report, passed


def _checked(folder: Path, name: object) -> Path:
    """Return the wheel that the backend says it made, if it is where it must be."""
    if isinstance(name, str) and Path(name).name == name and name.endswith(".whl"):
        wheel = folder / name
        if zipfile.is_zipfile(wheel):
            return wheel
    raise BuildFailedError(
        f"the build backend returned {name!r}, which is not a wheel in its output folder."
    )


def _require_extensions(wheel: Path, child: Child, allowed: tuple[str, ...]) -> None:
    """Hold every extension that setup() declared against what is in the wheel.

    :raises MissingExtensionsError: one is not there that the settings do not allow to be missing.
    :raises SettingsError: the settings allow for one that does not exist.
    """
    with zipfile.ZipFile(wheel) as archive:
        members = archive.namelist()
    journal = child.journal
    unknown = [name for name in allowed if name not in journal.declared]
    if unknown:
        declared = ", ".join(journal.declared) or "none"
        raise SettingsError(
            [
                f"allow-missing: setup() declares no extension {name} (it declares: {declared})"
                for name in unknown
            ]
        )
    missing = [
        name
        for name in journal.declared
        if name not in allowed
        and not any(
            is_extension(member, name) or is_built_as(member, journal.files.get(name, ()))
            for member in members
        )
    ]
    if missing:
        reasons = [f"could not {failure.doing} {failure.subject}" for failure in journal.failures]
        # Where no compiler has failed, the project's own code has.
        output = journal.failures[-1].output if journal.failures else complaints(child.output)
        raise MissingExtensionsError(missing, reasons, output)


def is_built_as(member: str, files: Collection[str]) -> bool:
    """Return whether a member is one of the files that an extension was built as.

    >>> is_built_as("x-1.data/platlib/a/lib_b.dll", {"a/lib_b.dll"})
    True
    """
    return ("/" + member).endswith(tuple(f"/{file}" for file in files))


def is_extension(member: str, name: str) -> bool:
    """Return whether the wheel's `member` is the native module of the extension `name`.

    >>> is_extension("a/_b.cp313-win_arm64.pyd", "a._b")
    True
    >>> is_extension("x-1.data/platlib/a/_b.pyd", "a._b"), is_extension("a/_b.cpp", "a._b")
    (True, False)
    """
    path = "/" + name.replace(".", "/") + "."
    start = ("/" + member).rfind(path)
    rest = ("/" + member)[start + len(path) :]
    # A DLL is what a project makes of it that loads it by ctypes, and some call that NAME.so;
    # others make a program.
    native = rest == "so" or ("." + rest).endswith((".pyd", ".dll", ".exe"))
    return start >= 0 and "/" not in rest and native
