"""What a cross build asks for itself; `test_hooks.py` calls the hooks as a front-end does."""

from __future__ import annotations

import pytest

from winarm.config import Settings
from winarm.libraries.bundle import DELVEWHEEL
from winarm.libraries.view import PKGCONF
from winarm.pipeline.cross_hooks import native_requirements


@pytest.mark.parametrize(
    ("settings", "needed"),
    [
        (Settings(), []),
        (Settings(prefix=("zlib",)), [PKGCONF, DELVEWHEEL]),
        (Settings(target_requires=("scipy-openblas32",)), [PKGCONF, DELVEWHEEL, "unearth"]),
        (Settings(bundle="msvcp140"), [DELVEWHEEL, "unearth"]),
        (Settings(bundle="off", libraries=("ws2_32",)), []),
    ],
)
def test_native_libraries_ask_for_what_looks_at_them(settings: Settings, needed: list[str]) -> None:
    assert native_requirements(settings) == needed
