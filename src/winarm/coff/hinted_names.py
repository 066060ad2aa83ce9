"""Names of imported symbols, left where they lie in an image until somebody asks for one.

Before each name stands a hint: its place in the DLL's own table of names, at the time of linking
(PE Format, Hint/Name Table). The loader looks there first. So does this: comparing a name with the
one that is expected costs half of what slicing it out and looking it up does, and large images
import names by the ten thousand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from winarm.coff.buffer import Buffer
    from winarm.coff.headers import Span

Item = TypeVar("Item")

_HINT = 2
#: Bytes from one name to the next, on average, of names that lie close together.
_CLOSE = 256
#: Bytes within which the last of them ends; a longer one is read with care.
_USUAL_NAME = 4096


@dataclass(frozen=True)
class HintedNames(Collection[str]):
    """Names, a byte a character, that lie close together, as linkers lay them out."""

    #: From the byte before the first hint to the NUL after the last name.
    region: bytes = field(repr=False)
    #: Where the bytes before the hints are in it, in order.
    places: Sequence[int]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.places)

    def __iter__(self) -> Iterator[str]:
        """Yield them by their addresses."""
        text = self._text
        ends = map(text.index, repeat("\0"), self.places)
        return map(text.__getitem__, map(slice, self.places, ends))

    def __contains__(self, name: object) -> bool:
        """Return whether `name` is one of them."""
        return any(name == own for own in self)

    @property
    def _text(self) -> str:
        """The region, a byte a character, from the first name on: a name is at its place."""
        return str(memoryview(self.region)[1 + _HINT :], "latin-1")

    def all_hinted_in(self, table: Sequence[str]) -> bool:
        """Return whether each name is the one in `table` that its hint counts to.

        :param table: names that end with a NUL.
        """
        whole = (len(self.region) - 1) & ~1
        try:
            # A hint at an odd address is read wrongly, as all are where this machine's words are in
            # the other order: then it is not the right one.
            words = memoryview(self.region)[1 : 1 + whole].cast("H")
            names = _items(table, _items(words, [place >> 1 for place in self.places]))
        except IndexError:
            return False
        return all(map(self._text.startswith, names, self.places))


def hinted_names(data: Buffer, span: Span | None, addresses: Sequence[int]) -> HintedNames | None:
    """Return the names whose hints are at `addresses`, or None if they are not laid out as usual.

    :param span: the part of the image that holds the first.
    :param addresses: in order.
    """
    first, last = addresses[0], addresses[-1]
    _, held, shift = span or (0, 0, 0)
    if last >= held or last - first > _CLOSE * len(addresses):
        return None
    before, end = first + shift - 1, last + shift + _HINT
    stop = data.find(b"\0", end, min(end + _USUAL_NAME, held + shift)) + 1
    if before < 0 or not stop:
        return None
    region = bytes(memoryview(data)[before:stop])
    places = [address - first for address in addresses]
    # One list may not name a symbol twice, and the byte before a hint must end the name before it,
    # or fill up: else a few bytes could make many long names. (They may make three.)
    once = len(set(places)) == len(places)
    return HintedNames(region, places) if once and not any(_items(region, places[1:])) else None


def _items(sequence: Sequence[Item], places: Sequence[int]) -> tuple[Item, ...]:
    """Return the items of a sequence at some places.

    :raises IndexError: it has not so many.
    """
    if len(places) < 2:  # noqa: PLR2004 - of one, itemgetter makes no tuple
        return tuple(sequence[place] for place in places)
    found: tuple[Item, ...] = itemgetter(*places)(sequence)
    return found
