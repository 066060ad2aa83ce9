"""Content to be read as that of a member or a file is."""

from __future__ import annotations

import io


class Counted(io.BytesIO):
    """Content that comes in pieces of at most a certain size, and knows how much was read."""

    taken = 0

    def __init__(self, data: bytes, most: int = 2**40) -> None:
        super().__init__(data)
        self.most = most

    def at_once(self) -> None:
        """Have nothing faster than pieces."""

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(min(size or 0, self.most))
        self.taken += len(piece)
        return piece
