"""Every error that winarm raises on purpose, in one place.

A message says what happened, what that usually means and what to do about it; each class is
built from data, so that the texts are here and the raising code stays short. The command and
the build hooks turn a `WinarmError` into its text and its `exit_status`; anything else that
escapes is a defect of winarm.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from pathlib import Path

#: The work could not be done.
EXIT_FAILURE = 1
#: The request itself is wrong: an option, a setting, an argument.
EXIT_USAGE = 2
#: Ctrl-C, as shells have it: 128 and the number of SIGINT.
EXIT_INTERRUPTED = 130

#: Stands for control characters, and those that reorder text, as a file name may hold them.
_UNPRINTABLE = "\ufffd"
#: Characters of a name or a sentence that are reported.
_LONGEST_TEXT = 1000

#: Where the documentation is published; messages, `--help` and reports link to it.
DOCUMENTATION = "https://winarm.github.io/winarm"


class WinarmError(Exception):
    """Root of all of winarm's errors: `what` happened, `why` it usually does, and the `cure`."""

    exit_status = EXIT_FAILURE

    def __init__(self, what: str, *, why: str = "", cure: str = "") -> None:
        self.what = what
        self.why = why
        self.cure = cure
        super().__init__(what)

    def __str__(self) -> str:
        """Return the whole message."""
        return "\n".join(filter(None, (self.what, self.why, self.cure)))


def printable(text: str) -> str:
    """Return `text` without control characters, and not all of it where it is very long.

    Names in archives and words of package indexes can hold what a terminal would obey.
    """
    if len(text) > _LONGEST_TEXT:
        text = f"{text[:_LONGEST_TEXT]}..."
    if text.isprintable():
        return text
    hidden = [char for char in set(text) if not char.isprintable()]
    return text.translate(dict.fromkeys(map(ord, hidden), _UNPRINTABLE))


def bullets(lines: Iterable[str]) -> str:
    """Return `lines` as an indented list, one a line."""
    return "\n".join(f"  - {line}" for line in lines)


class UsageError(WinarmError):
    """The command line, or the call, asks for something that does not exist."""

    exit_status = EXIT_USAGE


class SettingsError(WinarmError):
    """One or more settings are wrong; all of them are named at once."""

    exit_status = EXIT_USAGE

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = "a setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        super().__init__(f"{count} wrong:\n{bullets(problems)}")


class SourceError(WinarmError):
    """The project's source cannot be found, fetched, unpacked or understood."""


class UnreachableError(SourceError):
    """A package index cannot be asked: it is down, refuses, or nothing of it is cached."""


class InterpreterError(WinarmError):
    """No usable Python interpreter to build with."""


class ToolchainNotFoundError(WinarmError):
    """No toolchain was found; names every place that was looked at and why it has none."""

    def __init__(self, asked: str, misses: Sequence[str], cure: str) -> None:
        self.misses = tuple(misses)
        wanted = "that makes ARM64 Windows code" if asked == "auto" else f"called {asked!r}"
        super().__init__(
            f"no toolchain {wanted} was found. Looked at:\n{bullets(misses)}",
            cure=cure,
        )


class TargetPythonError(WinarmError):
    """Headers, import libraries or names of the target's Python are not available."""


class LibraryError(WinarmError):
    """A native library of the target is missing, unusable, or cannot be put into a wheel."""


class IsolationError(WinarmError):
    """The isolated environment for the build could not be made or filled."""


class BackendError(WinarmError):
    """The project's build backend is missing, unknown, or lacks the hook that was asked for."""


class BuildFailedError(WinarmError):
    """The project's own build failed; its output has been shown or is attached."""

    def __init__(self, what: str, *, why: str = "", cure: str = "", output: str = "") -> None:
        self.output = output
        super().__init__(what, why=why, cure=cure)


#: Why extensions are missing and what helps: a program has failed, or none has.
_CAUGHT = ("The project caught the failure and went on without.", "Fix the failure shown above")
_LEFT_OUT = (
    "No compiler failed: the project's own code left it out, often because a library is missing.",
    "See with -v what the project looks for and name it with -C winarm.prefix=DIR",
)


class MissingExtensionsError(BuildFailedError):
    """Extensions that setup() declared are not in the wheel."""

    def __init__(self, names: Sequence[str], reasons: Sequence[str], output: str = "") -> None:
        self.names = tuple(names)
        why, cure = _CAUGHT if reasons else _LEFT_OUT
        count = "1 extension" if len(names) == 1 else f"{len(names)} extensions"
        super().__init__(
            f"the wheel lacks {count} that setup() declared: "
            f"{', '.join(names)}" + (f"\n{bullets(reasons)}" if reasons else ""),
            why=f"{why} The wheel would install and then lack its native code.",
            cure=f"{cure}, or accept the loss by name: "
            f"-C winarm.allow-missing={','.join(names)}, or allow-missing in [tool.winarm].",
            output=output,
        )


_EXPLAIN = "winarm verify --explain CODE shows cause and cure of a finding."
#: What helps against the finding WA601.
_WRONG_TAG = (
    "The build backend takes the wheel's tag from this machine, or the project names it "
    "(plat_name). Let the backend see the target: name the module that asks with "
    "-C winarm.target-view=MODULE, or in [tool.winarm] target-view."
)


class VerificationError(WinarmError):
    """A wheel was built, and its findings reach the severity that fails a build."""

    def __init__(self, wheel: str, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        is_mistagged = any(line.startswith("WA601") for line in findings)
        super().__init__(
            f"{wheel} failed verification:\n{bullets(findings)}",
            why="The wheel was not put into the output folder.",
            cure=f"{_WRONG_TAG}\n{_EXPLAIN}" if is_mistagged else _EXPLAIN,
        )


class UnsupportedTargetError(UsageError):
    """A build is asked for a machine that winarm verifies wheels for, and does not build for."""

    def __init__(self, target: str) -> None:
        super().__init__(
            f"winarm builds for win_arm64, not for {target}; `winarm verify` checks both."
        )


class TrialFailedError(BuildFailedError):
    """A wheel was built and verified, and failed on a Python for Windows ARM64."""

    def __init__(self, wheel: str, findings: Sequence[str], output: str = "") -> None:
        self.findings = tuple(findings)
        super().__init__(
            f"{wheel} failed its trial:\n{bullets(findings)}",
            why="The wheel was not delivered.",
            cure=_EXPLAIN,
            output=output,
        )


class TrialError(WinarmError):
    """A wheel cannot be tried: no runner, or one that does not work."""


class RequirementsError(TrialError):
    """What a trial requires is not available for Windows ARM64."""


class StoppedError(WinarmError):
    """Work was stopped because other work failed, or the user interrupted all of it."""

    def __init__(self) -> None:
        super().__init__("it was stopped.")


class CrossEditableError(WinarmError):
    """An editable install was asked for a machine that is not this one."""

    def __init__(self, target: str) -> None:
        super().__init__(
            f"an editable install cannot be made for {target} on another kind of machine.",
            why="An editable install is used where it is built, and this Python could not "
            "import the modules.",
            cure="Unset WINARM_TARGET (and VSCMD_ARG_TGT_ARCH) for it, or build a wheel.",
        )


class FileSystemError(WinarmError):
    """A folder cannot be read or written: full, read-only or forbidden."""

    def __init__(self, path: Path | str, reason: OSError, *, cure: str = "") -> None:
        super().__init__(
            f"cannot use {path}: {reason.strerror or reason}.",
            cure=cure or _file_cure(reason),
        )


class CacheError(FileSystemError):
    """winarm's own cache cannot be read or written."""

    def __init__(self, path: Path | str, reason: OSError, *, cure: str = "") -> None:
        folder = "for winarm's caches: WINARM_CACHE_DIR=DIR."
        cure = cure or f"{_file_cure(reason).removesuffix('.')} {folder}"
        super().__init__(path, reason, cure=cure)


class OutputError(FileSystemError):
    """A result cannot be written to where it was asked for."""

    exit_status = EXIT_USAGE


def _file_cure(reason: OSError) -> str:
    """Return what helps against an error of the file system."""
    if isinstance(reason, FileExistsError | NotADirectoryError):
        return "A file is where a folder is wanted. Choose another folder."
    if isinstance(reason, PermissionError) or reason.errno == errno.EROFS:
        return "Make it writable, or choose another folder."
    return "Free space, or choose another folder."
