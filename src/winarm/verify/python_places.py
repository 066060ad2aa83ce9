"""Places in a wheel or folder, as far as Python code tells them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from winarm.verify.member_names import folded

#: What stands for other characters in a pattern, and folders in folders that `**` stands for.
_WILD = re.compile(r"[*?\[]")
_DEEPEST_FOLDER = 5
#: Components of a path, and characters of a text that is one.
MOST_PARTS = 64
LONGEST_TEXT = 1024


class Place(NamedTuple):
    """A path as far as the code tells it."""

    #: `site` (where wheels are installed), `prefix` (of the environment), "" for a relative path,
    #: `?` for an unknown folder, or `ELSEWHERE` for a relative path that leads to no folder of the
    #: wheel.
    root: str
    #: Components; None for one that the code does not tell.
    parts: tuple[str | None, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Return whether nothing at all is known of it."""
        return self.root == "?" and not any(self.parts)

    @property
    def is_led(self) -> bool:
        """Return whether it begins with a folder that may be the wheel's."""
        return self.root in {*ROOTS, "?"}

    @property
    def is_exact(self) -> bool:
        """Return whether all of it is known."""
        return self.root == "site" and None not in self.parts

    @property
    def place(self) -> tuple[str, ...]:
        """Return where Windows has what the code tells exactly, as `place_of` has members."""
        return (self.root, *(folded(f"{part}") for part in self.parts))

    @property
    def parent(self) -> Place:
        """Return the folder that it is in."""
        return Place(self.root, self.parts[:-1])

    def joined(self, other: Place) -> Place:
        """Return the path `other` below this one."""
        if other.root in ROOTS:
            return other
        parts = list(self.parts)
        for part in (None,) if other.is_unknown else other.parts:
            if part == ".." and parts and parts[-1] != "..":
                parts.pop()
            elif part not in {".", ""}:
                parts.append(part)
        return Place(self.root, tuple(parts)) if len(parts) <= MOST_PARTS else UNKNOWN

    def fits(self, installed: tuple[str, ...]) -> bool:
        """Return whether it may be the installed path, whose first part names the root."""
        if self.is_unknown or self.root == ELSEWHERE:
            return False
        if "site-packages" in self.parts:
            below = self.parts[self.parts.index("site-packages") + 1 :]
            return Place("site", below).fits(installed)
        is_led = self.root in ROOTS
        wanted = (self.root, *self.parts) if is_led else self.parts
        actual = installed if is_led else installed[-len(wanted) :]
        return len(wanted) == len(actual) and all(
            one is None or folded(one) == folded(other)
            for one, other in zip(wanted, actual, strict=True)
        )


UNKNOWN = Place("?")
ELSEWHERE = "."
#: Folders that Python installs to.
ROOTS = frozenset({"site", "prefix"})


def matching(pattern: Place) -> Iterator[Place]:
    """Yield the paths that fit a pattern of `glob`."""
    wild = tuple(None if part and _WILD.search(part) else part for part in pattern.parts)
    at = pattern.parts.index("**") if "**" in pattern.parts else -1
    for depth in range(_DEEPEST_FOLDER) if at >= 0 else ():
        yield Place(pattern.root, (*wild[:at], *(None,) * depth, *wild[at + 1 :]))
    if at < 0:
        yield Place(pattern.root, wild)


def from_text(text: str) -> Place:
    """Return the path that a text is."""
    if len(text) > LONGEST_TEXT:
        return UNKNOWN
    parts: list[str | None] = list(text.replace("\\", "/").split("/"))
    return Place("", tuple(parts))


def concatenation(first: Place, second: Place) -> Place:
    """Return what two texts make, one after the other."""
    if second.root != "" and first.parts in {(), ("",)}:
        return second
    if second.root != "" or not second.parts:
        return Place(first.root, (*first.parts[:-1], None))
    if len(first.parts) + len(second.parts) > MOST_PARTS:
        return UNKNOWN
    last, head = (first.parts[-1] if first.parts else ""), second.parts[0]
    joint = None if last is None or head is None else last + head
    return Place(first.root, (*first.parts[:-1], joint, *second.parts[1:]))
