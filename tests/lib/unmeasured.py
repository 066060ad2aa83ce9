"""Processes that coverage must leave alone."""

from __future__ import annotations

import os


def unmeasured() -> dict[str, str]:
    """Return this environment for a process that coverage does not trace.

    Tracing takes up to five times as long, which would be measured instead of winarm; and there is
    no source of what runs from an archive.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
