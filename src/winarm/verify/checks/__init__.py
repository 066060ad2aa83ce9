"""The checks: each looks at a `Subject` and yields findings; none knows of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from winarm.verify.checks.dist_info import check_installed, check_metadata
from winarm.verify.checks.layout import check_layout
from winarm.verify.checks.machine import check_machines
from winarm.verify.checks.manifest import check_manifests
from winarm.verify.checks.module_name import check_module_names
from winarm.verify.checks.needed_dlls import check_needed_dlls
from winarm.verify.checks.soundness import check_image_layout, check_soundness
from winarm.verify.checks.symbols import check_symbols
from winarm.verify.checks.tags import check_tags
from winarm.verify.report import Finding
from winarm.verify.subject import Subject

#: Every check; a call that takes too long does without the later ones.
CHECKS: tuple[Callable[[Subject], Iterator[Finding]], ...] = (
    check_layout,
    check_machines,
    check_module_names,
    check_symbols,
    check_needed_dlls,
    check_image_layout,
    check_manifests,
    check_soundness,
    check_tags,
    check_metadata,
    check_installed,
)
