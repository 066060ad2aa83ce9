from __future__ import annotations

import pytest
from verify_samples.image import AMD64, ARM64, ARMNT, X86, image

from winarm.coff.image import read_image
from winarm.coff.machines import Kind, label
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
    ("kind", "managed", "words"),
    [
        (Kind.ARM64, Managed.NONE, "ARM64"),
        (Kind.X86, Managed.ANY_CPU, ".NET, any CPU"),
        (Kind.AMD64, Managed.MIXED, "AMD64 mixed with .NET"),
        (Kind.AMD64, Managed.IL, ".NET (AMD64 only)"),
        (Kind.ARM64, Managed.READY_TO_RUN, ".NET, ready to run (ARM64 only)"),
    ],
)
def test_people_are_told_both_kinds_of_code(kind: Kind, managed: Managed, words: str) -> None:
    assert label(kind, managed) == words
