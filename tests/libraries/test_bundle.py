from __future__ import annotations

import json
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from prefix_samples import PYD, dll, needing, tree
from verify_samples.image import AMD64
from verify_samples.wheel import wheel as make_wheel

from winarm.errors import LibraryError, SourceError, UsageError
from winarm.host import Host
from winarm.libraries.bundle import Bundled, bundle, epoch
from winarm.libraries.prefix import prefixes
from winarm.target import WIN_ARM64
from winarm.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


def bundled(wheel: Path, prefix: Path, folder: str = "out", **wishes: object) -> Bundled:
    out = wheel.parent / folder
    out.mkdir()
    trees = prefixes([str(prefix)], WIN_ARM64)
    return bundle(Host.current(), wheel, out, trees, WIN_ARM64, **wishes)  # type: ignore[arg-type]


def members(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_dlls_of_a_prefix_are_copied_with_what_they_need(wheel: Path, prefix: Path) -> None:
    done = bundled(wheel, prefix)

    assert [one.name for one in done.dlls] == ["y.dll", "z.dll"]
    assert done.dlls[0].chain == (PYD, "z.dll")
    report = verify(done.wheel)
    assert report.ok, [finding.line() for finding in report.findings]
    assert len(report.images) == 3


def test_licences_and_a_list_of_what_was_copied_are_in_the_wheel(wheel: Path, prefix: Path) -> None:
    done = bundled(wheel, prefix)

    found = members(done.wheel)
    assert found["pkg-1.0.dist-info/licenses/bundled/z/LICENSE"] == b"do what you like"
    listed = json.loads(found["pkg-1.0.dist-info/sboms/winarm.cdx.json"])
    assert [component["name"] for component in listed["components"]] == ["y", "z"]
    assert [note.partition(" (")[0] for note in done.notes] == ["y.dll"]


def test_the_same_input_makes_the_same_bytes(wheel: Path, prefix: Path) -> None:
    first, second = (bundled(wheel, prefix, name).wheel.read_bytes() for name in ("a", "b"))

    assert first == second


def test_a_wheel_that_needs_nothing_stays_as_it_is(tmp_path: Path, prefix: Path) -> None:
    plain = make_wheel(tmp_path, {PYD: needing("kernel32.dll")})

    assert bundled(plain, prefix) == Bundled(plain)


class TestBadInput:
    def test_a_dll_that_needs_one_that_is_nowhere(self, wheel: Path, prefix: Path) -> None:
        (prefix / "bin" / "y.dll").unlink()

        with pytest.raises(LibraryError) as caught:
            bundled(wheel, prefix)

        assert f"{PYD} needs z.dll needs y.dll, which is in no prefix" in str(caught.value)
        assert "winarm.prefix=DIR" in str(caught.value)
        assert not list((wheel.parent / "out").iterdir())

    def test_a_dll_for_another_machine(self, wheel: Path, prefix: Path) -> None:
        tree(prefix, {"bin/z.dll": dll(machine=AMD64)})

        with pytest.raises(LibraryError, match=r"z\.dll is for AMD64, not for ARM64"):
            bundled(wheel, prefix)

    def test_without_delvewheel_the_message_says_what_to_install(
        self, wheel: Path, prefix: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "delvewheel", None)

        with pytest.raises(UsageError, match=r"y\.dll, z\.dll of a prefix, and delvewheel is not"):
            bundled(wheel, prefix)

        assert not list((wheel.parent / "out").iterdir())

    def test_a_library_without_a_licence_is_told(self, wheel: Path, prefix: Path) -> None:
        done = bundled(wheel, prefix)

        assert [note.split(";")[0] for note in done.notes] == [
            "y.dll (y) is copied into the wheel",
        ]

    def test_a_file_that_is_no_wheel(self, tmp_path: Path, prefix: Path) -> None:
        file = tmp_path / "x.whl"
        file.write_bytes(b"no wheel")

        with pytest.raises(SourceError, match=r"x\.whl cannot be read"):
            bundled(file, prefix)


def test_the_time_of_what_is_added_is_the_builds() -> None:
    host = replace(Host.current(), environ={})

    assert epoch(host) == 315532800
    assert epoch(replace(host, environ={"SOURCE_DATE_EPOCH": "1700000000"})) == 1700000000
    assert epoch(replace(host, environ={"SOURCE_DATE_EPOCH": "1"})) == 315532800
