"""What becomes of one flag with a toolchain that reads MSVC's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.child.winarm_child.msvc_rules import find_rule

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("flag", ["/O2", "/std:c++17", "-DNAME=1", "/W4", "/MD", "/LTCGX", "a.c"])
def test_what_it_takes_has_no_rule(flag: str) -> None:
    rule = find_rule(flag, clang=False, mt=True)

    assert rule is None or rule.becomes, rule


@pytest.mark.parametrize("flag", ["/arch:AVX2", "/arch:SSE2", "/MACHINE:X64", "-machine:x86"])
def test_what_is_for_another_processor_is_dropped_with_the_reason(flag: str) -> None:
    rule = find_rule(flag, clang=True, mt=True)

    assert rule is not None
    assert rule.becomes == ()
    assert rule.why


def test_an_arm_instruction_set_is_kept() -> None:
    assert find_rule("/arch:armv8.2", clang=True, mt=True) is None


@pytest.mark.parametrize(("flag", "becomes"), [("/MDd", "/MD"), ("/MTd", "/MT")])
def test_a_debug_runtime_becomes_the_release_one(flag: str, becomes: str) -> None:
    rule = find_rule(flag, clang=False, mt=False)

    assert rule is not None
    assert [rule.form.sub(part, flag) for part in rule.becomes] == [becomes]


def test_openmp_is_what_only_one_of_the_two_has() -> None:
    assert find_rule("/openmp", clang=False, mt=True) is None
    dropped = find_rule("/openmp", clang=True, mt=True)

    assert dropped is not None
    assert "pragmas are ignored" in dropped.why


def test_a_manifest_takes_a_program() -> None:
    assert find_rule("/MANIFEST:EMBED", clang=True, mt=True) is None
    assert find_rule("/MANIFEST:EMBED", clang=True, mt=False) is not None


def test_a_file_that_is_there_is_no_flag(tmp_path: Path) -> None:
    # With a name that has a rule, seen from the root.
    assert find_rule(str(tmp_path), clang=True, mt=True) is None
