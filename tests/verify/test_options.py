from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples.cases import PYD, needing
from verify_samples.wheel import wheel

from winarm.verify import Code, VerifyOptions, verify

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("select", "ignore", "wanted"),
    [
        ((), (), True),
        (("WA1",), (), True),
        (("WA2",), (), False),
        (("WA1",), ("WA101",), False),
        ((), ("WA",), False),
    ],
)
def test_codes_are_chosen_by_their_beginnings(
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    wanted: bool,  # noqa: FBT001 - a parameter
) -> None:
    assert VerifyOptions(select=select, ignore=ignore).wants(Code.WA101) is wanted


@pytest.mark.parametrize(
    ("member", "wanted"),
    [("pkg/tests/x.dll", False), ("pkg/x.dll", True), ("", True)],
)
def test_codes_are_ignored_by_member(
    member: str,
    wanted: bool,  # noqa: FBT001 - a parameter
) -> None:
    options = VerifyOptions(per_member_ignores=(("pkg/tests/*", ("WA1",)),))

    assert options.wants(Code.WA101, member) is wanted


@pytest.mark.parametrize("code", [code for code in Code if code.rule.unread])
def test_what_could_not_be_read_is_always_reported(code: Code) -> None:
    options = VerifyOptions(select=("WA7",), ignore=("WA",), per_member_ignores=(("*", ("WA",)),))

    assert options.wants(code, "a member")


@pytest.mark.parametrize(
    ("code", "files", "metadata"),
    [
        ("WA411", {name: needing("absent.dll") for name in ("{}/a.dll", "{}/b.dll")}, ""),
        ("WA413", {"shared/a.pyd": needing("a.dll"), "shared/b.pyd": needing("b.dll")},
         "Requires-Dist: other\n"),
        ("WA509", {f"pkg/{n}.pyd": im.module(n, pdb=f"c:\\src\\{n}.pdb") for n in "ab"}, ""),
        ("WA702", {"pkg/a.pdb": b"a", "pkg/b.pdb": b"b"}, ""),
    ],
)  # fmt: skip
def test_ignoring_one_member_leaves_what_is_said_of_another(
    code: str, files: dict[str, bytes], metadata: str, tmp_path: Path
) -> None:
    files = {name.format("pkg"): data for name, data in files.items()}
    path = wheel(tmp_path, {"pkg/__init__.py": b"", PYD: im.module(), **files}, metadata=metadata)
    options = VerifyOptions(per_member_ignores=(("*/a.*", (code,)),))

    found = [one for one in verify(path, options).findings if one.code.name == code]
    assert [one.members for one in found] == [(max(files),)]
