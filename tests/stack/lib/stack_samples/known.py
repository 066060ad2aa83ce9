"""An index as values: what is known of a few packages, without a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from stack_samples import indexed
from winarm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from winarm.stack.client import IndexClient
    from winarm.stack.files import IndexedFile, IndexedProject


@dataclass
class Known:
    """Stands for an `IndexClient`: projects by name, metadata and contents by file name."""

    folder: Path
    projects: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str | SourceError] = field(default_factory=dict)
    contents: Mapping[str, bytes] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)

    @property
    def client(self) -> IndexClient:
        return cast("IndexClient", self)

    def project(self, name: str) -> IndexedProject:
        return indexed(name, *self.projects.get(name, ()))

    def metadata(self, file: IndexedFile) -> str:
        self.read.append(file.name)
        text = self.texts.get(file.name, SourceError(f"{file.name} has no metadata"))
        if isinstance(text, SourceError):
            raise text
        return text

    def fetch(self, file: IndexedFile, folder: Path) -> Path:
        del folder
        path = self.folder / file.name
        path.write_bytes(self.contents[file.name])
        return path
