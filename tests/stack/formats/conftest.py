from __future__ import annotations

import pytest

from winarm.stack.report import (
    FirstWheel,
    OtherVersion,
    PackageStatus,
    ReadyWheel,
    SourceFacts,
    StackReport,
    Status,
)


@pytest.fixture
def report() -> StackReport:
    """A report with every status, and with names that formats must escape."""
    wheel = ReadyWheel(
        "a-1-cp39-abi3-win_arm64.whl",
        "https://x/a",
        "0" * 64,
        "abi3",
        free_threaded=False,
        place="https://index.example/simple",
    )
    source = SourceFacts(
        "b-1.tar.gz", "setuptools", known=True, native=True, languages=("C",), needs=("pq",)
    )
    others = [
        PackageStatus(f"z-{status}", "1", status, "a reason")
        for status in list(Status)[1:]
        if status not in {Status.BUILDABLE, Status.OLDER}
    ]
    packages = (
        PackageStatus(
            "a",
            "1",
            Status.READY,
            "win_arm64 wheel",
            root=True,
            wheel=wheel,
            first=FirstWheel("0.9", "2025-06-07"),
            newest="1",
        ),
        PackageStatus(
            "b",
            "1",
            Status.BUILDABLE,
            "no wheel | <script>alert(1)</script>",
            required_by=("a",),
            source=source,
            holds_back=1,
            command="winarm build 'b==1' --python 3.13",
        ),
        PackageStatus(
            "c",
            "2",
            Status.OLDER,
            "1 has a wheel (not allowed by >=2)",
            requirement=">=2",
            other=OtherVersion("1", allowed=False),
            pin="c==1",
            dropped="1",
        ),
        *others,
    )
    return StackReport(
        "uv.lock", "win_arm64", "3.13", packages, made="2026-11-25", notes=("a note",)
    )
