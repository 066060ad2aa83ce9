from __future__ import annotations

import contextlib

import pytest
from verify_samples.image import AMD64, ARM64, ARMNT, X86, image, module

from winarm.coff.buffer import MalformedError
from winarm.coff.image import read_image
from winarm.coff.machines import Kind
from winarm.coff.managed import Managed
from winarm.target import WIN32, WIN_AMD64, WIN_ARM64, Target

IL_ONLY, REQUIRES_32, PREFERS_32 = 0x1, 0x2, 0x20000


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (image(machine=ARM64), Kind.ARM64),
        (image(machine=ARM64, chpe=True, x64_view=AMD64), Kind.ARM64X),
        (image(machine=AMD64, chpe=True), Kind.ARM64EC),
        (image(machine=AMD64), Kind.AMD64),
        (image(machine=X86, wide=False), Kind.X86),
        (image(machine=X86, wide=False, chpe=True), Kind.X86_HYBRID),
        (image(machine=ARMNT, wide=False), Kind.ARM32),
        (image(machine=0x01C0, wide=False), Kind.ARM32),
        (image(machine=0x0200), Kind.IA64),
        (image(machine=0x5064), Kind.OTHER),
    ],
)
def test_machine_is_told_exactly(data: bytes, kind: Kind) -> None:
    assert read_image(data).kind is kind


@pytest.mark.parametrize("version", [1, 2])
def test_x64_view_is_confirmed_by_dynamic_relocations(version: int) -> None:
    data = image(machine=ARM64, chpe=True, x64_view=AMD64, dynamic_relocation_version=version)

    assert read_image(data).hybrid.x64_view


def test_relocation_to_another_machine_is_no_x64_view() -> None:
    assert not read_image(image(machine=ARM64, chpe=True, x64_view=X86)).hybrid.x64_view


@pytest.mark.parametrize(("size", "kind"), [(0xC8, Kind.ARM64), (0xD0, Kind.ARM64X)])
def test_hybrid_pointer_counts_only_within_the_claimed_size(size: int, kind: Kind) -> None:
    """Older linkers write a shorter load configuration, and anything may follow it."""
    assert read_image(image(machine=ARM64, chpe=True, load_config_size=size)).kind is kind


@pytest.mark.parametrize(
    ("data", "managed"),
    [
        (image(), Managed.NONE),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY), Managed.ANY_CPU),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY | 8), Managed.ANY_CPU),
        (
            image(machine=X86, wide=False, clr_flags=IL_ONLY | REQUIRES_32 | PREFERS_32),
            Managed.ANY_CPU,
        ),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY | REQUIRES_32), Managed.IL),
        (image(machine=AMD64, clr_flags=IL_ONLY), Managed.IL),
        (image(machine=ARM64, clr_flags=IL_ONLY, clr_native=True), Managed.READY_TO_RUN),
        (image(machine=AMD64, clr_flags=0), Managed.MIXED),
    ],
)
def test_relation_to_dotnet_is_told(data: bytes, managed: Managed) -> None:
    assert read_image(data).managed is managed


@pytest.mark.parametrize(
    ("data", "targets"),
    [
        (image(machine=ARM64), {WIN_ARM64}),
        (image(machine=ARM64, chpe=True, x64_view=AMD64), {WIN_ARM64}),
        (image(machine=AMD64, chpe=True), set()),
        (image(machine=AMD64), {WIN_AMD64}),
        (image(machine=X86, wide=False), {WIN32}),
        (image(machine=X86, wide=False, chpe=True), set()),
        (image(machine=ARMNT, wide=False), set()),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY), {WIN_ARM64, WIN_AMD64, WIN32}),
        (image(machine=X86, wide=False, clr_flags=IL_ONLY | REQUIRES_32), {WIN32}),
        (image(machine=AMD64, clr_flags=0), {WIN_AMD64}),
    ],
)
def test_only_fitting_processes_load_it(data: bytes, targets: set[Target]) -> None:
    loaded = read_image(data)

    assert {t for t in (WIN_ARM64, WIN_AMD64, WIN32) if loaded.loads_on(t)} == targets


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "begin with MZ"),
        (b"\x7fELF" + bytes(200), "begin with MZ"),
        (b"MZ", "DOS header lies outside"),
        (b"MZ" + bytes(100), "no PE signature"),
        (image()[:0x90], "lies outside of the file"),
        (image()[:0xA0], "lies outside of the file"),
    ],
)
def test_what_is_no_image_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words):
        read_image(data)


def test_every_cut_of_an_image_is_read_or_refused() -> None:
    data = module(pdb="x.pdb", delay_imports={"a.dll": ["f"]}, chpe=True, x64_view=AMD64)
    whole = read_image(data)

    for end in range(0, len(data), 7):
        with contextlib.suppress(MalformedError):
            assert read_image(data[:end]).headers.machine == whole.headers.machine


def test_debug_database_is_named() -> None:
    assert read_image(image(pdb="C:\\build\\x.pdb")).pdb_path == "C:\\build\\x.pdb"
