"""DLLs that other paths of the same call bring."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest
from verify_samples import image as im
from verify_samples import wheel as wh
from verify_samples.cases import PYD, needing

from winarm.verify import Severity, VerifyOptions, verify, verify_all
from winarm.verify.companions import Companion, brought, read_companions

if TYPE_CHECKING:
    from pathlib import Path

HELPER = im.image(exports=["f"])
FILES = {"pkg/__init__.py": b"", PYD: needing("helper.dll")}


def needing_wheel(folder: Path, requires: str = "Requires-Dist: other\n") -> Path:
    return wh.wheel(folder, FILES, metadata=requires)


def bringing_wheel(folder: Path, requires: str = "", name: str = "other") -> Path:
    filename = f"{name}-1.0-py3-none-win_arm64.whl"
    return wh.wheel(folder, {"pkg/helper.dll": HELPER}, filename, metadata=requires)


def errors(path: Path, *others: Path) -> list[str]:
    report = verify(path, VerifyOptions(companions=others))
    return [found.code.name for found in report.findings if found.severity is Severity.ERROR]


def test_required_wheel_brings_its_dlls(tmp_path: Path) -> None:
    wheel, other = needing_wheel(tmp_path), bringing_wheel(tmp_path)

    assert errors(wheel) == ["WA405"]
    assert errors(wheel, other) == []


def test_wheel_that_is_not_required_brings_nothing(tmp_path: Path) -> None:
    assert errors(needing_wheel(tmp_path, ""), bringing_wheel(tmp_path)) == ["WA405"]
    optional = "Requires-Dist: other; extra == 'gui'\n"
    assert errors(needing_wheel(tmp_path, optional), bringing_wheel(tmp_path)) == ["WA405"]


def test_what_a_required_wheel_requires_brings_dlls_too(tmp_path: Path) -> None:
    between = wh.wheel(
        tmp_path, {}, "other-1.0-py3-none-any.whl", metadata="Requires-Dist: Third_Party>=1\n"
    )
    third = bringing_wheel(tmp_path, name="third_party")

    assert errors(needing_wheel(tmp_path), between, third) == []
    assert errors(needing_wheel(tmp_path), third) == ["WA405"]


def test_folder_of_wheels_and_folder_of_dlls_bring_dlls(tmp_path: Path) -> None:
    for name in ("wheels", "dlls"):
        (tmp_path / name).mkdir()
    bringing_wheel(tmp_path / "wheels")
    (tmp_path / "dlls" / "Helper.DLL").write_bytes(HELPER)

    assert errors(needing_wheel(tmp_path), tmp_path / "wheels") == []
    assert errors(needing_wheel(tmp_path, ""), tmp_path / "dlls") == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_folder_with_links_to_dlls_brings_them(tmp_path: Path) -> None:
    path = needing_wheel(tmp_path)
    (tmp_path / "helper.dll").write_bytes(HELPER)
    dlls = tmp_path / "dlls"
    dlls.mkdir()
    (dlls / "helper.dll").symlink_to(dlls / "helper.dll")
    assert errors(path, dlls) == ["WA405"]

    (dlls / "helper.dll").unlink()
    (dlls / "helper.dll").symlink_to(tmp_path / "helper.dll")
    assert errors(path, dlls) == []


def test_wheels_of_one_call_see_one_another(tmp_path: Path) -> None:
    paths = [needing_wheel(tmp_path), bringing_wheel(tmp_path)]

    assert [report.ok for report in verify_all(paths)] == [True, True]


def test_single_files_of_one_call_see_one_another(tmp_path: Path) -> None:
    module, dll = tmp_path / "_x.cp313-win_arm64.pyd", tmp_path / "helper.dll"
    module.write_bytes(needing("helper.dll"))
    dll.write_bytes(HELPER)

    assert [report.ok for report in verify_all([module, dll])] == [True, True]
    assert not verify(module).ok
    assert errors(needing_wheel(tmp_path, ""), dll) == ["WA405"], "a wheel holds its own DLLs"


@pytest.mark.parametrize("content", [b"", b"PK\5\6" + bytes(18), b"no archive"])
def test_wheel_that_cannot_be_read_brings_nothing(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other-1.0-py3-none-win_arm64.whl"
    path.write_bytes(content)

    absent = tmp_path / "absent"
    brings = read_companions([path, absent])
    found = brought([*brings[path], *brings[absent]], [("other", "")], single=False)
    assert "helper.dll" not in found


def test_wheels_that_require_each_other_end() -> None:
    one = Companion("one", {"a.dll": ()}, (("two", ""),))
    two = Companion("two", {"b.dll": ()}, (("one", ""),))

    found = brought([one, two], [("one", "")], single=False)
    assert "a.dll" in found
    assert "b.dll" in found


@pytest.mark.parametrize(
    ("versions", "found"),
    [(">=1.0, <2", []), ("(==1.*)", []), (">=2", ["WA405"]), ("(<1.0)", ["WA405"]), ("?", [])],
)
def test_wheel_of_another_version_than_is_required_brings_nothing(
    versions: str, found: list[str], tmp_path: Path
) -> None:
    wheel = needing_wheel(tmp_path, f"Requires-Dist: other {versions}\n")

    assert [code for code in errors(wheel, bringing_wheel(tmp_path)) if code != "WA619"] == found


@pytest.mark.parametrize(
    ("helpers", "found"),
    [
        ({"pkg/helper.dll": im.image(exports=["g"])}, ["WA308"]),
        ({"pkg/helper.dll": im.image(machine=im.AMD64, exports=["f"])}, ["WA102"]),
        ({"a/helper.dll": im.image(machine=im.AMD64), "b/helper.dll": HELPER}, []),
        ({"a/helper.dll": im.image(exports=["g"]), "b/helper.dll": HELPER}, []),
        ({"pkg/helper.dll": b"MZ"}, []),
    ],
)
def test_brought_dll_must_be_for_the_machine_and_export_what_is_imported(
    helpers: dict[str, bytes], found: list[str], tmp_path: Path
) -> None:
    other = wh.wheel(tmp_path, helpers, "other-1.0-py3-none-win_arm64.whl")

    assert errors(needing_wheel(tmp_path), other) == found


def test_dll_of_a_folder_must_export_what_is_imported(tmp_path: Path) -> None:
    dll = tmp_path / "dlls" / "helper.dll"
    dll.parent.mkdir()
    dll.write_bytes(im.image(exports=["g"]))

    assert errors(needing_wheel(tmp_path), dll.parent) == ["WA308"]


def test_forwarder_to_a_brought_dll_is_followed(tmp_path: Path) -> None:
    for symbol, found in (("f", []), ("g", ["WA309"])):
        files = {
            "pkg/__init__.py": b"",
            PYD: needing("own.dll"),
            "pkg/own.dll": im.image(forwarders={"f": f"helper.{symbol}"}),
        }
        wheel = wh.wheel(tmp_path, files, metadata="Requires-Dist: other\n")

        assert errors(wheel, bringing_wheel(tmp_path)) == found


def test_delayed_symbol_that_a_brought_dll_lacks_is_a_warning(tmp_path: Path) -> None:
    files = {"pkg/__init__.py": b"", PYD: im.module(delay_imports={"helper.dll": ["g"]})}
    wheel = wh.wheel(tmp_path, files, metadata="Requires-Dist: other\n")

    report = verify(wheel, VerifyOptions(companions=(bringing_wheel(tmp_path),)))

    assert [found.code.name for found in report.findings] == ["WA310"]


@pytest.mark.parametrize("lines", [(">=1", "<1"), ("<1", ">=1")])
def test_one_of_several_lines_for_a_distribution_is_enough(
    lines: tuple[str, str], tmp_path: Path
) -> None:
    """A project requires one release for old Pythons, and another for new ones."""
    markers = ("python_version >= '3.13'", "python_version < '3.13'")
    requires = (f"Requires-Dist: other{v}; {m}\n" for v, m in zip(lines, markers, strict=True))

    wheel = needing_wheel(tmp_path, "".join(requires))
    assert errors(wheel, bringing_wheel(tmp_path)) == []


def test_directory_of_a_wheel_is_not_read_for_each_dll_in_it(tmp_path: Path) -> None:
    names = [f"d{number}.dll" for number in range(400)]
    imports = {"python313.dll": ["PyModuleDef_Init"], **{name: ["f"] for name in names}}
    files = {"pkg/__init__.py": b"", PYD: im.module(imports=imports)}
    wheel = wh.wheel(tmp_path, files, metadata="Requires-Dist: other\n")
    filename = "other-1.0-py3-none-win_arm64.whl"
    other = wh.wheel(tmp_path, {f"pkg/{name}": HELPER for name in names}, filename)

    began = time.process_time()
    assert errors(wheel, other) == []

    # 0.2 s; it was 13 s.
    assert time.process_time() - began < 4


def test_hundreds_of_wheels_are_read_once_each(tmp_path: Path) -> None:
    wheels = [wh.wheel(tmp_path, {}, f"p{number}-1.0-py3-none-any.whl") for number in range(280)]
    seconds = []
    for some in (wheels[:40], wheels):
        began = time.perf_counter()
        assert all(report.ok for report in verify_all(some))
        seconds.append(time.perf_counter() - began)

    # Seven times as many; it was over a hundred times as long.
    assert seconds[1] < 40 * seconds[0]


@pytest.mark.parametrize("by_folder", [False, True])
def test_wheel_that_has_changed_is_read_again(tmp_path: Path, *, by_folder: bool) -> None:
    wheel, folder = needing_wheel(tmp_path), tmp_path / "others"
    folder.mkdir()
    other = wh.wheel(folder, {}, "other-1.0-py3-none-win_arm64.whl")
    named = folder if by_folder else other
    assert errors(wheel, named) == ["WA405"]

    before = folder.stat()
    bringing_wheel(folder)
    assert folder.stat().st_mtime_ns == before.st_mtime_ns, "it is written in place"
    assert errors(wheel, named) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_pipe_named_like_a_wheel_brings_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "others"
    folder.mkdir()
    pipe = folder / "other-1.0-py3-none-win_arm64.whl"
    os.mkfifo(pipe)

    assert errors(needing_wheel(tmp_path), pipe) == ["WA405"]
    assert errors(needing_wheel(tmp_path), folder) == ["WA405"]
