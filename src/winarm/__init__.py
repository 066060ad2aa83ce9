"""winarm: any Python project with C or C++ code, on any machine, to a verified win_arm64 wheel.

    from winarm import verify_wheel
    report = verify_wheel("dist/spam-1.0-cp313-cp313-win_arm64.whl")

The names below are the public ones, with the values that they take and return; they are imported
when they are first used, since front-ends import this package for every hook of the backend.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from winarm.errors import WinarmError
    from winarm.host import Host
    from winarm.locate import find_toolchain
    from winarm.locate.toolchain import Toolchain
    from winarm.pipeline.isolated import build as build_wheel
    from winarm.stack.report import PackageStatus, StackReport, Status
    from winarm.stack.status import StatusOptions, stack_status
    from winarm.target import WIN_AMD64, WIN_ARM64, Target
    from winarm.trial import TrialOptions, TrialResult, test_wheel
    from winarm.verify import Evidence, Report, VerifyOptions
    from winarm.verify import verify as verify_wheel

__all__ = [
    "WIN_AMD64",
    "WIN_ARM64",
    "Evidence",
    "Host",
    "PackageStatus",
    "Report",
    "StackReport",
    "Status",
    "StatusOptions",
    "Target",
    "Toolchain",
    "TrialOptions",
    "TrialResult",
    "VerifyOptions",
    "WinarmError",
    "build_wheel",
    "find_toolchain",
    "stack_status",
    "test_wheel",
    "verify_wheel",
]

#: Where each public name comes from, and what it is called there.
_HOMES = {
    "WIN_AMD64": ("winarm.target", "WIN_AMD64"),
    "WIN_ARM64": ("winarm.target", "WIN_ARM64"),
    "Evidence": ("winarm.verify", "Evidence"),
    "Host": ("winarm.host", "Host"),
    "Report": ("winarm.verify", "Report"),
    "PackageStatus": ("winarm.stack.report", "PackageStatus"),
    "StackReport": ("winarm.stack.report", "StackReport"),
    "Status": ("winarm.stack.report", "Status"),
    "StatusOptions": ("winarm.stack.status", "StatusOptions"),
    "Target": ("winarm.target", "Target"),
    "Toolchain": ("winarm.locate.toolchain", "Toolchain"),
    "TrialOptions": ("winarm.trial", "TrialOptions"),
    "TrialResult": ("winarm.trial", "TrialResult"),
    "VerifyOptions": ("winarm.verify", "VerifyOptions"),
    "WinarmError": ("winarm.errors", "WinarmError"),
    "build_wheel": ("winarm.pipeline.isolated", "build"),
    "find_toolchain": ("winarm.locate", "find_toolchain"),
    "stack_status": ("winarm.stack.status", "stack_status"),
    "test_wheel": ("winarm.trial", "test_wheel"),
    "verify_wheel": ("winarm.verify", "verify"),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(module), attribute)


def __dir__() -> list[str]:
    return __all__
