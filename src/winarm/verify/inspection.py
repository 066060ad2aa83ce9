"""What an image is, as pefile reads it, next to what winarm's own reader says.

winarm's reader is made for hostile files and speed, and reads what decides whether an image loads.
pefile reads resources, version information and much more. Each is a check of the other.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from winarm.coff.buffer import MAX_NAME, MalformedError
from winarm.coff.image import MAX_SYMBOLS, Image, read_image
from winarm.target import TARGETS

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: What pefile returns.
_Untyped = Any

#: Bytes of memory that parsing one image may take, where the system has such a limit.
_MEMORY = 4 * 2**30
#: Resources and debug records that are listed.
_MOST_LISTED = 1000
_LONGEST_TEXT = 2**16
#: Characters of a symbol in a sentence.
_LONGEST_NAME = 200
_MANIFEST = 24
_DIRECTORIES = (
    "EXPORT", "IMPORT", "RESOURCE", "DEBUG", "TLS", "LOAD_CONFIG", "DELAY_IMPORT",
)  # fmt: skip
_FILE_FLAGS, _DLL_FLAGS, _SECTION_FLAGS = "IMAGE_FILE_", "IMAGE_DLLCHARACTERISTICS_", "IMAGE_SCN_"


class InspectionError(Exception):
    """An image could not be inspected; the message says why."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What both readers say of an image; the values are what JSON has."""

    #: Bytes.
    size: int
    #: `machine`, `loads_on` …; only `error` where winarm cannot read it.
    winarm: dict[str, Any]
    #: `headers`, `sections`, `imports` …; only `error` where pefile cannot read it.
    pefile: dict[str, Any]
    #: In sentences.
    disagreements: tuple[str, ...]


def inspect_image(data: bytes) -> Inspection:
    """Return what both readers say of an image.

    :raises InspectionError: pefile is not installed.
    """
    own, image = _winarm(data)
    theirs, differences = read_with_pefile(data, image)
    return Inspection(len(data), own, theirs, differences)


def inspect_bounded(data: bytes, seconds: float) -> Inspection:
    """Return what `inspect_image` does, from a process of its own that may take so long.

    :raises InspectionError: pefile is not installed, or the process took longer or failed.
    """
    # Takes as long to import as a small wheel to verify.
    from multiprocessing import get_context  # noqa: PLC0415

    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, data), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(seconds):
            raise InspectionError(f"pefile takes longer than {seconds:g} seconds")
        answer = ours.recv()
    except EOFError:
        raise InspectionError("pefile takes more memory than it may, or crashes") from None
    finally:
        process.kill()
        process.join()
        ours.close()
    if isinstance(answer, Inspection):
        return answer
    raise InspectionError(answer)


def _work(connection: Connection, data: bytes) -> None:
    """Inspect an image in a process of its own, and send what came of it."""
    try:
        _limit_memory()
        connection.send(inspect_image(data))
    except InspectionError as error:
        connection.send(f"{error}")
    except MemoryError:
        connection.send("pefile takes more memory than it may")
    except Exception as error:  # noqa: BLE001 - whatever pefile raises for a hostile file
        connection.send(f"pefile fails with {type(error).__name__}: {error}")


def _limit_memory() -> None:
    try:
        resource = importlib.import_module("resource")
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    least = min((value for value in (soft, hard, _MEMORY) if value >= 0), default=_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (least, hard))


def _winarm(data: bytes) -> tuple[dict[str, Any], Image | None]:
    try:
        image = read_image(data)
    except MalformedError as error:
        return {"error": error.what}, None
    return {
        "machine": image.label,
        "loads_on": [target.wheel_platform for target in TARGETS if image.loads_on(target)],
        "is_dll": image.is_dll,
        "imports": list(image.needs()),
        "delay_imports": list(image.needs(delayed=True)),
        "exports": len(image.exports.names),
        "pdb_path": image.pdb_path,
        "defects": list(image.defects),
    }, image


def read_with_pefile(data: bytes, image: Image | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what pefile reads, and where `image`, winarm's own reading, says otherwise.

    :raises InspectionError: pefile is not installed.
    """
    try:
        pefile: _Untyped = importlib.import_module("pefile")
    except ImportError:
        raise InspectionError('pefile is not installed (pip install "winarm[cli]")') from None
    # It drops all DLLs after 8,192 symbols, and cuts names at 512 characters.
    pefile.MAX_IMPORT_SYMBOLS = MAX_SYMBOLS
    pefile.MAX_IMPORT_NAME_LENGTH = pefile.MAX_SYMBOL_NAME_LENGTH = MAX_NAME
    try:
        pe = pefile.PE(data=data, fast_load=True, max_symbol_exports=MAX_SYMBOLS)
        pe.parse_data_directories(
            [pefile.DIRECTORY_ENTRY[f"IMAGE_DIRECTORY_ENTRY_{name}"] for name in _DIRECTORIES]
        )
    except pefile.PEFormatError as error:
        words = "pefile cannot read the image, winarm can"
        return {"error": f"{error.value}"}, (words,) if image else ()
    resources = list(_resources(pe))
    facts = {
        "headers": _headers(pefile, pe),
        "sections": [_section(pefile, section) for section in pe.sections],
        "imports": _symbols_by_dll(pe, "DIRECTORY_ENTRY_IMPORT"),
        "delay_imports": _symbols_by_dll(pe, "DIRECTORY_ENTRY_DELAY_IMPORT"),
        "exports": [
            {
                "name": _text(symbol.name),
                "ordinal": symbol.ordinal,
                "address": symbol.address,
                "forwarder": _text(symbol.forwarder),
            }
            for symbol in getattr(getattr(pe, "DIRECTORY_ENTRY_EXPORT", None), "symbols", [])
        ],
        "resources": [_resource(pefile, *path) for path in resources[:_MOST_LISTED]],
        "manifest": next(
            (_manifest(pe, data) for kind, _, data in resources if kind.id == _MANIFEST), None
        ),
        "debug": list(islice(_debug(pefile, pe), _MOST_LISTED)),
        "version_information": dict(_version_information(pe)),
        "thread_local_storage": hasattr(pe, "DIRECTORY_ENTRY_TLS"),
        "signature_bytes": _directory_size(pefile, pe, "SECURITY"),
        "dot_net": bool(_directory_size(pefile, pe, "COM_DESCRIPTOR")),
        "warnings": [str(words) for words in pe.get_warnings()[:_MOST_LISTED]],
    }
    if image is None:
        return facts, ("winarm cannot read the image, pefile can",)
    return facts, tuple(_disagreements(image, facts, pe))


def _flags(structure: _Untyped, prefix: str, names: Iterable[Any]) -> list[str]:
    """Return the flags that are set, in lower case without their prefix."""
    return sorted(
        name.removeprefix(prefix).lower()
        for name, _ in names
        if isinstance(name, str) and getattr(structure, name, False)
    )


def _headers(pefile: _Untyped, pe: _Untyped) -> dict[str, Any]:
    file, optional = pe.FILE_HEADER, pe.OPTIONAL_HEADER
    machine = pefile.MACHINE_TYPE.get(file.Machine, "")
    return {
        "machine": file.Machine,
        "machine_name": str(machine).removeprefix("IMAGE_FILE_MACHINE_"),
        "characteristics": _flags(file, _FILE_FLAGS, pefile.image_characteristics),
        "time_date_stamp": file.TimeDateStamp,
        "magic": optional.Magic,
        "linker_version": f"{optional.MajorLinkerVersion}.{optional.MinorLinkerVersion}",
        "entry_point": optional.AddressOfEntryPoint,
        "image_base": optional.ImageBase,
        "section_alignment": optional.SectionAlignment,
        "file_alignment": optional.FileAlignment,
        "size_of_image": optional.SizeOfImage,
        "size_of_headers": optional.SizeOfHeaders,
        "checksum": optional.CheckSum,
        "subsystem": str(pefile.SUBSYSTEM_TYPE.get(optional.Subsystem, optional.Subsystem)),
        "subsystem_version": f"{optional.MajorSubsystemVersion}.{optional.MinorSubsystemVersion}",
        "dll_characteristics": _flags(optional, _DLL_FLAGS, pefile.dll_characteristics),
    }


def _section(pefile: _Untyped, section: _Untyped) -> dict[str, Any]:
    return {
        "name": section.Name.rstrip(b"\0").decode("ascii", "backslashreplace"),
        "address": section.VirtualAddress,
        "virtual_size": section.Misc_VirtualSize,
        "offset": section.PointerToRawData,
        "raw_size": section.SizeOfRawData,
        "characteristics": _flags(section, _SECTION_FLAGS, pefile.section_characteristics),
    }


def _text(name: bytes | None) -> str:
    return (name or b"").decode("latin-1")


def _symbols_by_dll(pe: _Untyped, attribute: str) -> list[dict[str, Any]]:
    return [
        {"dll": _text(entry.dll), "symbols": [_imported(symbol) for symbol in entry.imports]}
        for entry in getattr(pe, attribute, [])
    ]


def _imported(symbol: _Untyped) -> str | int:
    """Return the name, a byte a character, or the ordinal."""
    return int(symbol.ordinal) if symbol.import_by_ordinal else _text(symbol.name)


def _resources(pe: _Untyped) -> Iterator[tuple[_Untyped, _Untyped, _Untyped]]:
    """Yield the type, the name and the language of each resource."""
    for kind in _entries(getattr(pe, "DIRECTORY_ENTRY_RESOURCE", None)):
        for name in _entries(getattr(kind, "directory", None)):
            for language in _entries(getattr(name, "directory", None)):
                if hasattr(language, "data"):
                    yield kind, name, language


def _entries(directory: _Untyped) -> list[_Untyped]:
    return getattr(directory, "entries", [])


def _resource(
    pefile: _Untyped, kind: _Untyped, name: _Untyped, language: _Untyped
) -> dict[str, Any]:
    return {
        "type": str(kind.name or pefile.RESOURCE_TYPE.get(kind.id, kind.id)).removeprefix("RT_"),
        "name": str(name.name or name.id),
        "language": language.id,
        "size": language.data.struct.Size,
    }


def _manifest(pe: _Untyped, language: _Untyped) -> str:
    place = language.data.struct
    text: bytes = pe.get_data(place.OffsetToData, min(place.Size, _LONGEST_TEXT))
    return text.decode("utf-8-sig", "replace")


def _debug(pefile: _Untyped, pe: _Untyped) -> Iterator[dict[str, Any]]:
    for record in getattr(pe, "DIRECTORY_ENTRY_DEBUG", []):
        kind = pefile.DEBUG_TYPE.get(record.struct.Type, record.struct.Type)
        found = {
            "type": str(kind).removeprefix("IMAGE_DEBUG_TYPE_"),
            "time_date_stamp": record.struct.TimeDateStamp,
            "size": record.struct.SizeOfData,
        }
        path = getattr(record.entry, "PdbFileName", None)
        if path is not None:
            found["pdb_path"] = path.partition(b"\0")[0].decode("utf-8", "replace")
        yield found


def _version_information(pe: _Untyped) -> Iterator[tuple[str, str]]:
    for group in getattr(pe, "FileInfo", []):
        for info in group:
            for table in getattr(info, "StringTable", []):
                for key, value in islice(table.entries.items(), _MOST_LISTED):
                    yield key.decode("utf-8", "replace"), value.decode("utf-8", "replace")


def _directory_size(pefile: _Untyped, pe: _Untyped, name: str) -> int:
    index = pefile.DIRECTORY_ENTRY[f"IMAGE_DIRECTORY_ENTRY_{name}"]
    directories = pe.OPTIONAL_HEADER.DATA_DIRECTORY
    return int(directories[index].Size) if index < len(directories) else 0


def _disagreements(image: Image, facts: dict[str, Any], pe: _Untyped) -> Iterator[str]:
    """Yield what the two readers see in different ways."""
    headers, file, optional = image.headers, pe.FILE_HEADER, pe.OPTIONAL_HEADER
    for what, own, their in (
        ("machine", headers.machine, file.Machine),
        ("characteristics", headers.characteristics, file.Characteristics),
        ("base address", headers.image_base, optional.ImageBase),
        ("section alignment", headers.section_alignment, optional.SectionAlignment),
        ("size of the headers", headers.size_of_headers, optional.SizeOfHeaders),
        ("subsystem", headers.subsystem, optional.Subsystem),
        ("DLL characteristics", headers.dll_characteristics, optional.DllCharacteristics),
    ):
        if own != their:
            yield f"winarm reads the {what} as {own:#x}, pefile as {their:#x}"
    sections = [(s.rva, s.virtual_size, s.raw_offset, s.raw_size) for s in headers.sections]
    theirs = [
        (s["address"], s["virtual_size"], s["offset"], s["raw_size"]) for s in facts["sections"]
    ]
    if sorted(sections) != sorted(theirs):
        yield f"winarm sees {len(sections)} sections, pefile {len(theirs)}, or other bounds"
    metadata = _hybrid_metadata(pe)
    if metadata is not None and bool(metadata) != bool(image.hybrid.metadata):
        yield f"winarm calls it {image.kind.value}, pefile sees hybrid metadata at {metadata:#x}"
    own_imports = Counter(
        (item.dll, item.delayed, symbol) for item in image.imports for symbol in item.symbols
    )
    imports = Counter(
        (entry["dll"], key == "delay_imports", symbol)
        for key in ("imports", "delay_imports")
        for entry in facts[key]
        for symbol in entry["symbols"]
    )
    yield from _differences("import", own_imports, imports)
    names = Counter({symbol["name"] for symbol in facts["exports"] if symbol["name"]})
    yield from _differences("export", Counter(image.exports.names), names)


def _hybrid_metadata(pe: _Untyped) -> int | None:
    """Return the pointer to hybrid metadata that pefile reads, or None where it reads none."""
    config = getattr(getattr(pe, "DIRECTORY_ENTRY_LOAD_CONFIG", None), "struct", None)
    pointer = getattr(config, "CHPEMetadataPointer", None)
    # pefile fills fields beyond the size that the image gives.
    if pointer is None or config is None or config.Size < config.sizeof():
        return None
    return int(pointer)


def _differences(what: str, own: Counter[Any], theirs: Counter[Any]) -> Iterator[str]:
    for reader, other, more in (
        ("winarm", "pefile", own - theirs),
        ("pefile", "winarm", theirs - own),
    ):
        if more:
            first = next(iter(sorted(map(_said, more))))
            yield f"{reader} sees {more.total()} {what}s that {other} does not, such as {first}"


def _said(symbol: str | tuple[str, bool, str | int]) -> str:
    words = symbol if isinstance(symbol, str) else f"{symbol[0]}: {symbol[2]}"
    return words if len(words) < _LONGEST_NAME else f"{words[:_LONGEST_NAME]}..."
