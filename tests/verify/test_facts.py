"""What was read of a wheel, folder or file."""

from __future__ import annotations

from pathlib import Path

from winarm.target import WIN_ARM64
from winarm.verify.facts import Facts, Shape


def test_a_member_that_cannot_be_read_again_is_empty() -> None:
    facts = Facts(Path("x.whl"), Shape.WHEEL, WIN_ARM64)
    assert facts.read("x") == b""
    assert not facts.may_read

    again = Facts(Path("x.whl"), Shape.WHEEL, WIN_ARM64, reader={"x": b"data"}.__getitem__)
    assert (again.may_read, again.read("x")) == (True, b"data")


def test_files_of_a_folder_belong_to_the_distribution_that_lists_them() -> None:
    record = "site/pkg-1.0.dist-info/RECORD"
    sizes = {"site/pkg/a.dll": 1, "site/b.dll": 1, record: 1}
    texts = {record: b"pkg/a.dll,,\npkg-1.0.dist-info/RECORD,,\ngone.dll,,\n"}

    tree = Facts(Path("x"), Shape.TREE, WIN_ARM64, sizes=sizes, texts=texts)
    assert tree.owners == {"site/pkg/a.dll": record, record: record}
    assert tree.names == frozenset(sizes)

    wheel = Facts(Path("x"), Shape.WHEEL, WIN_ARM64, sizes=sizes, texts=texts)
    assert wheel.owners == {}
