"""How a search ends, in the one form that all searches share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, Never, TypeVar

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Search(Generic[T_co]):
    """What a search found, and each place that it looked at before, with why it was not that.

    >>> first([miss("zig on PATH: there is none"), Search("clang")])
    Search(found='clang', misses=('zig on PATH: there is none',), cure='')
    """

    found: T_co | None = None
    #: One line for each place.
    misses: tuple[str, ...] = ()
    #: What would help where nothing was found: a command or a setting.
    cure: str = ""

    @property
    def why(self) -> str:
        """Return the misses in one line."""
        return "; ".join(self.misses)

    def at(self, place: str) -> Search[T_co]:
        """Return the search with its misses in one line that names the place."""
        return replace(self, misses=(f"{place}: {self.why}",)) if self.misses else self

    def then(self, look: Callable[[T_co], Search[U]]) -> Search[U]:
        """Return what `look` finds in what was found, with the misses of both."""
        if self.found is None:
            return Search(None, self.misses, self.cure)
        further = look(self.found)
        return replace(further, misses=(*self.misses, *further.misses))


def miss(*reasons: str, cure: str = "") -> Search[Never]:
    """Return a search that found nothing."""
    return Search(None, reasons, cure)


def first(searches: Iterable[Search[U]], *, cure: str = "") -> Search[U]:
    """Return the first find, with the misses of all searches before it.

    Where nothing is found, the cure is that of the first search that has one, or else `cure`.
    """
    misses: list[str] = []
    cures: list[str] = []
    for search in searches:
        misses += search.misses
        if search.found is not None:
            return Search(search.found, tuple(misses))
        cures.append(search.cure)
    return Search(None, tuple(misses), next(filter(None, cures), cure))
