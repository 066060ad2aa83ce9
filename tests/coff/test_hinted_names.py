from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from winarm.coff.buffer import symbol_text
from winarm.coff.exports import Exports
from winarm.coff.hinted_names import HintedNames, hinted_names

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Where the names lie in memory, and by how much less in the file.
RVA, SHIFT = 0x1000, -0xF00
TABLE = ("alpha", "beta", "betatron", "gamma")


def laid_out(names: Iterable[tuple[int, bytes]], pad: bytes = b"\0") -> tuple[bytes, list[int]]:
    """Return hints and names as linkers lay them out, and the addresses of the hints."""
    data = bytearray(RVA + SHIFT)
    addresses = []
    for hint, name in names:
        data += pad * (len(data) % 2)
        addresses.append(len(data) - SHIFT)
        data += struct.pack("<H", hint) + name + b"\0"
    return bytes(data), addresses


def read(data: bytes, addresses: list[int]) -> HintedNames | None:
    return hinted_names(data, (RVA, len(data) - SHIFT, SHIFT), addresses)


def names(*pairs: tuple[int, str]) -> HintedNames:
    found = read(*laid_out((hint, name.encode()) for hint, name in pairs))
    assert found is not None
    return found


def exports(table: Iterable[str]) -> Exports:
    names = tuple(f"{kept(name)}\0" for name in table)
    return Exports(table=names, addresses=(1,) * len(names), indices=tuple(range(len(names))))


def kept(name: str) -> str:
    return name.encode().decode("latin-1")


def test_names_come_in_order() -> None:
    data, addresses = laid_out([(7, b"one"), (300, b"four"), (0, b"x")])

    found = read(data, addresses)

    assert found is not None
    assert list(found) == ["one", "four", "x"]
    assert len(found) == 3
    assert "four" in found


def test_names_are_kept_a_byte_a_character_and_told_as_text() -> None:
    found = read(*laid_out([(0, "ä".encode()), (1, b"\xff"), (0xFFFF, b"plain")]))

    assert found is not None
    assert list(found) == ["\xc3\xa4", "\xff", "plain"]
    assert [symbol_text(name) for name in found] == ["ä", "\ufffd", "plain"]


@pytest.mark.parametrize("count", [1, 2, 4])
def test_right_hints_are_seen(count: int) -> None:
    hinted = names(*list(enumerate(TABLE))[:count])

    assert hinted.all_hinted_in(exports(TABLE).table)
    assert exports(TABLE).lacks(hinted) == frozenset()


@pytest.mark.parametrize(
    "pairs",
    [
        [(0, "alpha"), (2, "beta")],
        [(0, "alpha"), (1, "betatron")],
        [(0, "alpha"), (4, "gamma")],
        [(0xFFFF, "alpha")],
    ],
    ids=["hint of a longer name", "hint of a shorter name", "hint beyond the table", "far beyond"],
)
def test_names_with_stale_hints_are_looked_up(pairs: list[tuple[int, str]]) -> None:
    hinted = names(*pairs)

    assert not hinted.all_hinted_in(exports(TABLE).table)
    assert exports(TABLE).lacks(hinted) == frozenset()


def test_missing_name_is_told_whatever_its_hint_says() -> None:
    assert exports(TABLE).lacks(names((0, "alpha"), (1, "betamax"))) == {"betamax"}


def test_hints_at_odd_addresses_are_not_believed() -> None:
    data, addresses = laid_out([(0, b"alpha"), (1, b"beta")], pad=b"")
    assert addresses[1] % 2 == 0
    moved = data[: addresses[1] + SHIFT] + b"\0" + data[addresses[1] + SHIFT :]

    found = read(moved, [addresses[0], addresses[1] + 1])

    assert found is not None
    assert list(found) == ["alpha", "beta"]
    assert not found.all_hinted_in(exports(TABLE).table)
    assert exports(TABLE).lacks(found) == frozenset()


def test_names_that_share_bytes_are_left_to_a_careful_reader() -> None:
    data, (first, second) = laid_out([(0, b"a" * 50), (1, b"b")])

    assert read(data, [first, first, second]) is None
    assert read(data, [first, first + 4, second]) is None


def test_names_without_end_or_far_apart_are_left_to_a_careful_reader() -> None:
    data, addresses = laid_out([(0, b"a"), (1, b"b" * 3000), (2, b"c")])

    assert read(data, [addresses[0], addresses[2]]) is None
    assert read(data[:-1], addresses[2:]) is None
    assert read(data, [addresses[0], len(data) - SHIFT]) is None
    assert hinted_names(data, None, addresses) is None


def test_names_at_the_very_beginning_of_a_file_are_left_to_a_careful_reader() -> None:
    data, addresses = laid_out([(0, b"a"), (1, b"b")])
    begin = RVA + SHIFT

    assert hinted_names(data[begin:], (RVA, RVA + 100, -RVA), addresses) is None


def test_bytes_are_not_taken_for_characters() -> None:
    assert exports(["\xc3\xa9"]).lacks(names((0, "\xe9"))) == {kept("\xe9")}


words = st.text("ab\xe9\xc3\xa9", max_size=3)


@given(
    table=st.lists(words, max_size=6),
    pairs=st.lists(st.tuples(st.integers(0, 7), words), min_size=1, max_size=6),
)
def test_hints_never_change_what_is_found(table: list[str], pairs: list[tuple[int, str]]) -> None:
    hinted = names(*pairs)

    assert exports(table).lacks(hinted) == {kept(name) for _, name in pairs} - {*map(kept, table)}
