"""What manifests ask for: what is there is not reported, what is not is."""

from __future__ import annotations

from pathlib import Path

import pytest
from verify_samples import image as im
from verify_samples.hostile_images import CONTROLS, manifest

from winarm.coff.image import read_image
from winarm.target import WIN_ARM64
from winarm.verify.checks.manifest import Assembly, check_manifests, needed_assemblies
from winarm.verify.facts import Shape
from winarm.verify.subject import Subject

VC90 = 'name="Microsoft.VC90.CRT" version="9.0.21022.8" processorArchitecture="arm64"'
ANY = f'{CONTROLS} processorArchitecture="*"'


def messages(data: bytes, *others: str, member: str = "pkg/_x.pyd") -> list[str]:
    subject = Subject(
        Path("x"),
        Shape.WHEEL,
        WIN_ARM64,
        images={member: read_image(data)},
        sizes=dict.fromkeys((member, *others), 1),
    )
    return [found.message for found in check_manifests(subject)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        manifest(),
        manifest(ANY),
        manifest(f'{CONTROLS} processorArchitecture="ARM64"'),
        manifest(ANY) + bytes(8),
        manifest('name="Microsoft.Windows.GdiPlus" version="1.1.0.0" processorArchitecture="*"'),
        b"\xef\xbb\xbf" + manifest(),
        manifest(ANY).decode().encode("utf-16"),
    ],
)
def test_what_windows_has_is_not_reported(content: bytes) -> None:
    assert messages(im.module(manifest=content)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (manifest(f'{CONTROLS} processorArchitecture="x86"'), "for x86"),
        (manifest(f'{CONTROLS} processorArchitecture="AMD64"'), "for amd64"),
        (manifest(CONTROLS), "without a processorArchitecture"),
        (manifest(f'{CONTROLS} processorArchitecture=" "'), "without a processorArchitecture"),
        (manifest(CONTROLS.replace("6.0.", "7.0.")), "7.0.0.0"),
        (manifest(VC90), "vc90"),
        (manifest('name="Vendor.Thing" version="1.0.0.0"'), "vendor.thing"),
        (b"not XML", "not an assembly's"),
        (b"<other/>", "not an assembly's"),
        (manifest().replace(b"1.0", b"2.0"), "not an assembly's"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "not an assembly's"),
    ],
)
def test_what_is_not_there_is_reported(content: bytes, words: str) -> None:
    (message,) = messages(im.module(manifest=content))

    assert words in message


@pytest.mark.parametrize("machine", ["", "x86", "X86", "amd64", "arm64", "ia64", "*", "\u00fc"])
def test_the_machine_of_a_manifest_itself_keeps_nothing_from_loading(machine: str) -> None:
    own = f'<assemblyIdentity name="x" version="1.0.0.0" processorArchitecture="{machine}"/>'
    content = manifest(ANY).replace(b"<dependency>", f"{own}<dependency>".encode())

    assert messages(im.module(manifest=content)) == []


def test_an_optional_dependency_may_be_absent() -> None:
    content = manifest(VC90).replace(b"<dependency>", b'<dependency optional="yes">')

    assert messages(im.module(manifest=content)) == []


def test_an_assembly_beside_the_module_is_found() -> None:
    data = im.module(manifest=manifest(VC90))

    assert messages(data, "pkg/Microsoft.VC90.CRT.manifest") == []
    assert messages(data, "PKG/Microsoft.VC90.CRT/Microsoft.VC90.CRT.manifest") == []
    assert messages(data, "other/Microsoft.VC90.CRT.manifest") != []


@pytest.mark.parametrize(
    ("member", "assembly", "found"),
    [
        ("pkg/_x.pyd", "pkg-1.0.data/platlib/pkg/{}", True),
        ("pkg-1.0.data/platlib/pkg/_x.pyd", "pkg/{}", True),
        ("_x.pyd", "pkg-1.0.data/platlib/{}", True),
        ("pkg/_x.pyd", "pkg-1.0.data/data/Lib/site-packages/pkg/{}", True),
        ("pkg/_x.pyd", "pkg-1.0.data/platlib/{}", False),
        ("pkg/_x.pyd", "pkg-1.0.data/data/pkg/{}", False),
    ],
)
def test_an_assembly_is_looked_for_where_it_is_installed(
    member: str,
    assembly: str,
    found: bool,  # noqa: FBT001 - a parameter
) -> None:
    data = im.module(manifest=manifest(VC90))
    other = assembly.format("Microsoft.VC90.CRT.manifest")

    assert (messages(data, other, member=member) == []) is found


def test_windows_reads_no_manifest_of_another_number_when_it_loads_a_dll() -> None:
    assert messages(im.module(manifest=manifest(VC90), manifest_id=1)) == []


def test_dependencies_are_read_with_their_machines() -> None:
    assert needed_assemblies(manifest(VC90)) == (
        Assembly("microsoft.vc90.crt", "arm64", "9.0.21022.8"),
    )
