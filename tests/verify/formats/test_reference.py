from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from winarm.verify import Code
from winarm.verify.formats import reference

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("code", list(Code), ids=lambda code: code.name)
def test_every_code_explains_itself(code: Code) -> None:
    rule = code.rule

    assert re.fullmatch(r"WA[0-8][0-9]{2}", code.name)
    assert not rule.title.endswith(".")
    assert rule.cause.endswith(".")
    assert rule.cure.endswith(".")
    assert reference.explain(code).startswith(f"{code.name} ({rule.severity.label}): ")


def test_documentation_has_the_reference_of_today(repository: Path) -> None:
    page = (repository / "docs" / "verify.md").read_text("utf-8")

    assert reference.reference() in page, "run python tools/verify_docs.py"


def test_no_two_rules_are_alike() -> None:
    assert len(Code.__members__) == len(list(Code))
