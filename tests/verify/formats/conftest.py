"""Reports that the tests of every format render."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from winarm.verify import Code, ImageSummary, Report
from winarm.verify.report import finding

IMAGE = ImageSummary("pkg/_x.pyd", "ARM64", 2048, ("python313.dll",), ("late.dll",))

GOOD = Report(Path("dist/good.whl"), (), (IMAGE,), target="win_arm64")

BAD = Report(
    Path("dist/bad.whl"),
    (
        finding(Code.WA101, "pkg/_x.pyd", "it is AMD64"),
        finding(Code.WA104, "pkg/a.dll", "it is AMD64"),
        finding(Code.WA702, "", "a | b\n::error::c"),
    ),
    (IMAGE, ImageSummary("pkg/a.dll", "AMD64", 1, (), ())),
    target="win_arm64",
)

PURE = Report(Path("pure.whl"), (), (), pure=True, target="win_arm64")

MANY = replace(BAD.findings[0], others=("pkg/_y.pyd", "pkg/_z.pyd"), more=2)
