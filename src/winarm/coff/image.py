"""A whole PE image as a value."""

from __future__ import annotations

from dataclasses import dataclass

from winarm.coff import machines
from winarm.coff.buffer import Buffer, MalformedError
from winarm.coff.debug import read_pdb_path
from winarm.coff.exports import Exports, read_exports
from winarm.coff.headers import IS_DLL, TABLES, Headers, read_headers
from winarm.coff.hybrid import Hybrid, read_hybrid
from winarm.coff.imports import Import, Wanted, read_imports
from winarm.coff.loading import Loading, read_loading
from winarm.coff.managed import Managed, read_managed
from winarm.coff.resources import read_manifest
from winarm.target import Target

#: Symbols read from one image. Qt's largest binding imports 25,000.
MAX_SYMBOLS = 250_000
_DLL_WEIGHT = 16
_IMAGE_WEIGHT = 250
_SECTION_WEIGHT = 4


class IncompleteError(MalformedError):
    """The image may be sound, but more of it is needed to read it."""


@dataclass(frozen=True, slots=True)
class Image:
    """What verification knows of an image."""

    kind: machines.Kind
    managed: Managed
    hybrid: Hybrid
    headers: Headers
    imports: tuple[Import, ...]
    exports: Exports
    #: Where the linker wrote the debug information.
    pdb_path: str | None
    #: The side-by-side manifest that Windows obeys, or nothing.
    manifest: bytes
    #: What the loader refuses of it.
    loading: Loading
    #: Bytes of the file.
    size: int
    #: What it costs to look at, counted in symbols; a DLL is worth several.
    weight: int
    #: What is wrong with its tables.
    defects: tuple[str, ...] = ()

    @property
    def is_dll(self) -> bool:
        """Return whether it is a DLL (a module too), not a program."""
        return bool(self.headers.characteristics & IS_DLL)

    @property
    def label(self) -> str:
        """Return its machine in words."""
        return machines.label(self.kind, self.managed)

    @property
    def has_windows_loader(self) -> bool:
        """Return whether Windows loads it itself; .NET has a loader of its own."""
        return self.managed is Managed.NONE or self.managed is Managed.MIXED

    def loads_on(self, target: Target) -> bool:
        """Return whether a process of `target` can load it."""
        return machines.loads(target, self.kind, self.managed)

    @property
    def needed(self) -> tuple[Import, ...]:
        """Return its imports, and the DLLs that it forwards to as if they were delayed."""
        if not self.exports.forwards_to:
            return self.imports
        forwarded = (Import(dll, (), delayed=True) for dll in sorted(self.exports.forwards_to))
        return (*self.imports, *forwarded)

    def needs(self, *, delayed: bool = False) -> tuple[str, ...]:
        """Return the names of the DLLs it imports, or of those it loads when first used."""
        return tuple(item.dll for item in self.imports if item.delayed is delayed)


def _everything(dll: str) -> bool:
    return bool(dll)


def read_image(data: Buffer, wanted: Wanted = _everything, max_symbols: int = MAX_SYMBOLS) -> Image:
    """Read a PE image.

    :param wanted: from which DLLs (names in lower case) the imported symbols are read.
    :param max_symbols: how many imported and how many exported symbols are read at most.
    :raises MalformedError: it is none, or its headers are cut off; lesser faults are `defects`.
    """
    return read_tables(data, read_headers(data), len(data), wanted, max_symbols)


def read_tables(
    data: Buffer, headers: Headers, size: int, wanted: Wanted, max_symbols: int
) -> Image:
    """Read the tables of an image from its beginning, `data`; the whole has `size` bytes.

    :raises IncompleteError: they are not all in the beginning.
    """
    managed, managed_defects = read_managed(data, headers)
    hybrid, hybrid_defects = read_hybrid(data, headers)
    imports, import_defects, symbols = read_imports(data, headers, wanted, max_symbols)
    exports, export_defects, export_cost = read_exports(data, headers, max_symbols)
    pdb_path, all_records = read_pdb_path(data, headers)
    manifest, manifest_held = read_manifest(data, headers)
    loading, loading_held = read_loading(data, headers)
    defects = (*managed_defects, *hybrid_defects, *import_defects, *export_defects)
    # A hybrid's dynamic relocations are in a section that no directory names.
    all_held = all_records and manifest_held and loading_held
    if size > len(data) and (defects or hybrid.metadata or not all_held):
        raise IncompleteError("its tables reach beyond the part that was read")
    kind = machines.IMAGE_MACHINES.get(headers.machine, machines.Kind.OTHER)
    dlls = len(imports) + len(exports.forwards_to)
    return Image(
        kind=machines.HYBRIDS.get(kind, kind) if hybrid.metadata else kind,
        managed=managed,
        hybrid=hybrid,
        headers=headers,
        imports=imports,
        exports=exports,
        pdb_path=pdb_path,
        manifest=manifest,
        loading=loading,
        size=size,
        weight=_IMAGE_WEIGHT
        + _SECTION_WEIGHT * len(headers.sections)
        + _DLL_WEIGHT * dlls
        + symbols
        + export_cost,
        defects=defects,
    )


def tables_end(headers: Headers) -> int:
    """Return how many bytes of an image hold the sections that its tables begin in."""
    spans = filter(None, map(headers.span, map(headers.place, TABLES)))
    return max([headers.size_of_headers, *(stop + shift for _, stop, shift in spans)])
