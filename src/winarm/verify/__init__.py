"""Verification: whether an ARM64 Windows machine will load what is in a wheel.

This package stands by itself: it asks no toolchain and no network, reads wheels in memory, and
prints nothing.
"""

from __future__ import annotations

from winarm.verify.codes import Code, Rule, Severity
from winarm.verify.options import Limits, VerifyOptions
from winarm.verify.report import Evidence, Finding, ImageSummary, Report
from winarm.verify.run import verify
from winarm.verify.several import verify_all

__all__ = [
    "Code",
    "Evidence",
    "Finding",
    "ImageSummary",
    "Limits",
    "Report",
    "Rule",
    "Severity",
    "VerifyOptions",
    "verify",
    "verify_all",
]
