"""A few hundred damaged files of each kind; tools/fuzz_verify.py tries many more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from verify_samples.mutations import TARGETS


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_damaged_files_are_read_or_refused(name: str) -> None:
    check, strategies = TARGETS[name]

    @settings(
        max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.tuples(*strategies))
    def every(files: tuple[bytes, ...]) -> None:
        check(*files)

    every()
