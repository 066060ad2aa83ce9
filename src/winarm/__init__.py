"""winarm: any Python project with C or C++ code, on any machine, to a verified win_arm64 wheel.

    from winarm import build_wheel, verify_wheel
    wheel = build_wheel("annoy==1.17.3", "dist")
    report = verify_wheel(wheel.path)

The names below are the public ones: the functions, and every type and error that they take, return
or raise. They are imported when they are first used, since front-ends import this package for
every hook of the backend.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import version

    from winarm import events
    from winarm.errors import (
        BackendError,
        BuildFailedError,
        CacheError,
        FileSystemError,
        InterpreterError,
        IsolationError,
        LibraryError,
        MissingExtensionsError,
        OutputError,
        RequirementsError,
        SettingsError,
        SourceError,
        TargetPythonError,
        ToolchainNotFoundError,
        TrialError,
        TrialFailedError,
        UnreachableError,
        UnsupportedTargetError,
        UsageError,
        VerificationError,
        WinarmError,
    )
    from winarm.host import Answer, Host, ProgramError
    from winarm.locate import find_toolchain
    from winarm.locate.toolchain import Toolchain
    from winarm.pipeline.isolated import build_wheel
    from winarm.pipeline.wheel import BuiltWheel
    from winarm.stack.report import (
        FirstWheel,
        OtherVersion,
        PackageStatus,
        ReadyWheel,
        SourceFacts,
        StackReport,
        Status,
    )
    from winarm.stack.status import StatusOptions, stack_status
    from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, PythonABI, Target
    from winarm.trial import TrialOptions, TrialResult, test_wheel
    from winarm.verify import (
        Code,
        Evidence,
        Finding,
        ImageSummary,
        Limits,
        Report,
        Rule,
        Severity,
        VerifyOptions,
    )
    from winarm.verify import verify as verify_wheel
    from winarm.verify import verify_all as verify_wheels

    __version__ = version("winarm")

__all__ = [
    "WIN32",
    "WIN_AMD64",
    "WIN_ARM64",
    "Answer",
    "BackendError",
    "BuildFailedError",
    "BuiltWheel",
    "CacheError",
    "Code",
    "Evidence",
    "FileSystemError",
    "Finding",
    "FirstWheel",
    "Host",
    "ImageSummary",
    "InterpreterError",
    "IsolationError",
    "LibraryError",
    "Limits",
    "MissingExtensionsError",
    "OtherVersion",
    "OutputError",
    "PackageStatus",
    "ProgramError",
    "PythonABI",
    "ReadyWheel",
    "Report",
    "RequirementsError",
    "Rule",
    "SettingsError",
    "Severity",
    "SourceError",
    "SourceFacts",
    "StackReport",
    "Status",
    "StatusOptions",
    "Target",
    "TargetPythonError",
    "Toolchain",
    "ToolchainNotFoundError",
    "TrialError",
    "TrialFailedError",
    "TrialOptions",
    "TrialResult",
    "UnreachableError",
    "UnsupportedTargetError",
    "UsageError",
    "VerificationError",
    "VerifyOptions",
    "WinarmError",
    "__version__",
    "build_wheel",
    "events",
    "find_toolchain",
    "stack_status",
    "test_wheel",
    "verify_wheel",
    "verify_wheels",
]

#: The modules that public names come from; those in winarm.errors are all others.
_HOMES = {
    "winarm.host": ("Answer", "Host", "ProgramError"),
    "winarm.locate": ("find_toolchain",),
    "winarm.locate.toolchain": ("Toolchain",),
    "winarm.pipeline.isolated": ("build_wheel",),
    "winarm.pipeline.wheel": ("BuiltWheel",),
    "winarm.stack.report": (
        *("FirstWheel", "OtherVersion", "PackageStatus", "ReadyWheel", "SourceFacts"),
        *("StackReport", "Status"),
    ),
    "winarm.stack.status": ("StatusOptions", "stack_status"),
    "winarm.target": ("WIN32", "WIN_AMD64", "WIN_ARM64", "PythonABI", "Target"),
    "winarm.trial": ("TrialOptions", "TrialResult", "test_wheel"),
    "winarm.verify": (
        *("Code", "Evidence", "Finding", "ImageSummary", "Limits", "Report", "Rule", "Severity"),
        *("VerifyOptions", "verify_wheel", "verify_wheels"),
    ),
}
#: Public names that their modules have under another.
_INNER_NAMES = {"verify_wheel": "verify", "verify_wheels": "verify_all"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("winarm")
    if name == "events":
        return importlib.import_module("winarm.events")
    home = next((module for module, names in _HOMES.items() if name in names), "winarm.errors")
    return getattr(importlib.import_module(home), _INNER_NAMES.get(name, name))


def __dir__() -> list[str]:
    return __all__
