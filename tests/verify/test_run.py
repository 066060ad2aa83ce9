from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest
from verify_samples import image as im
from verify_samples.hostile import ARM64_WHEEL, PYD
from verify_samples.wheel import contents, pack, record_hash, wheel

from winarm.target import WIN32, WIN_AMD64
from winarm.verify import (
    ImageSummary,
    Limits,
    Report,
    VerifyOptions,
    verify,
)


def codes(report: Report) -> list[str]:
    return [found.code.name for found in report.findings]


def test_summary_tells_machine_size_and_imports(tmp_path: Path) -> None:
    data = im.module(delay_imports={"USER32.dll": ["f"]})

    report = verify(wheel(tmp_path, {PYD: data}))

    assert report.images == (
        ImageSummary(
            PYD,
            "ARM64",
            len(data),
            ("python313.dll", "VCRUNTIME140.dll", "KERNEL32.dll"),
            ("USER32.dll",),
        ),
    )


def test_pure_wheel_is_good_and_says_so(tmp_path: Path) -> None:
    report = verify(wheel(tmp_path, {"pkg/__init__.py": b""}, "pkg-1.0-py3-none-any.whl"))

    assert (report.ok, report.pure, report.findings) == (True, True, ())


@pytest.mark.parametrize("name", ["gone.whl", "gone.dll", "gone"])
def test_what_cannot_be_read_is_a_finding(name: str, tmp_path: Path) -> None:
    assert codes(verify(tmp_path / name)) == ["WA001"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_what_is_no_regular_file_is_a_finding() -> None:
    assert codes(verify("/dev/null")) == ["WA001"]


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("x.dll", im.image(), []),
        ("x.dll", im.image(machine=im.AMD64), ["WA110"]),
        ("_x.cp313-win_arm64.pyd", im.module(), []),
        ("_x.cp313-win_arm64.pyd", im.module(machine=im.AMD64), ["WA101"]),
        ("x.exe", im.image(dll=False), []),
        ("x.lib", im.library(("x.dll/", im.short_import())), []),
        ("x.lib", im.library(("x.dll/", im.short_import(im.AMD64))), ["WA110"]),
        ("x.obj", im.coff(), []),
        ("x.obj", im.coff(im.AMD64), ["WA110"]),
        ("x.obj", im.coff(im.ARM64EC_OBJECT), ["WA110"]),
        ("x.obj", b"\0\1", ["WA107"]),
        ("x.txt", b"text", ["WA106"]),
        ("x.bin", im.image(), []),
    ],
)
def test_single_files_are_verified(
    name: str, data: bytes, found: list[str], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    assert codes(verify(path)) == found


def test_launchers_of_setuptools_and_distlib_are_quiet(tmp_path: Path) -> None:
    x64 = im.image(machine=im.AMD64, dll=False)
    files = dict.fromkeys(
        [
            "setuptools/cli-64.exe",
            "setuptools/gui-32.exe",
            "pip/_vendor/distlib/t64.exe",
            "distlib/w32.exe",
        ],
        x64,
    )

    report = verify(wheel(tmp_path, files, "pkg-1.0-py3-none-any.whl"))

    assert report.findings == ()


def test_members_may_be_allowed(tmp_path: Path) -> None:
    path = wheel(tmp_path, {PYD: im.module(), "pkg/x64/a.dll": im.image(machine=im.AMD64)})

    assert codes(verify(path)) == ["WA104"]
    assert codes(verify(path, VerifyOptions(allow=("pkg/x64/*",)))) == []


def test_dll_may_be_external(tmp_path: Path) -> None:
    path = wheel(tmp_path, {PYD: im.module(delay_imports={"R.dll": ["f"]})})

    assert codes(verify(path, VerifyOptions(external=("r.dll",)))) == ["WA407"]


def test_dll_beside_the_module_is_found(tmp_path: Path) -> None:
    needing = im.module(imports={"python313.dll": ["PyModuleDef_Init"], "Helper.dll": ["f", 1]})
    path = wheel(tmp_path, {PYD: needing, "pkg/helper.DLL": im.image(exports=["f"])})

    assert codes(verify(path)) == []


def test_dll_elsewhere_is_found_when_the_package_says_where(tmp_path: Path) -> None:
    needing = im.module(imports={"python313.dll": ["PyModuleDef_Init"], "helper.dll": ["f"]})
    path = wheel(
        tmp_path,
        {
            PYD: needing,
            "pkg.libs/helper.dll": im.image(exports=["f"]),
            "pkg/__init__.py": b"import os; os.add_dll_directory(f'{__path__[0]}/../pkg.libs')",
        },
    )

    assert codes(verify(path)) == []


def test_arm64x_runtime_is_accepted(tmp_path: Path) -> None:
    runtime = im.image(chpe=True, x64_view=im.AMD64, exports=["f"])
    needing = im.module(imports={"python313.dll": ["PyModuleDef_Init"], "MSVCP140.dll": ["f"]})

    report = verify(wheel(tmp_path, {PYD: needing, "pkg/msvcp140.dll": runtime}))

    assert codes(report) == []


def test_several_modules_of_several_pythons_do_not_shadow(tmp_path: Path) -> None:
    path = wheel(
        tmp_path,
        {
            "pkg/_x.cp312-win_arm64.pyd": im.module(python="python312.dll"),
            "pkg/_x.cp313-win_arm64.pyd": im.module(),
        },
        "pkg-1.0-py3-none-win_arm64.whl",
    )

    assert codes(verify(path)) == []


@pytest.mark.parametrize(
    ("filename", "name", "python"),
    [
        ("pkg-1.0-cp311-abi3-win_arm64.whl", "pkg/_x.pyd", "python3.dll"),
        ("pkg-1.0-cp313-cp313-win_arm64.whl", "pkg/_x.pyd", "python3.dll"),
        ("pkg-1.0-cp313-cp313t-win_arm64.whl", "pkg/_x.cp313t-win_arm64.pyd", "python313t.dll"),
        ("pkg-1.0-cp314-cp314t-win_arm64.whl", "pkg/_x.cp314t-win_arm64.pyd", "python314t.dll"),
        ("pkg-1.0-cp315-cp315-win_arm64.whl", "pkg/_x.cp315-win_arm64.pyd", "python315.dll"),
        ("pkg-1.0-cp315-abi3t-win_arm64.whl", "pkg/_x.pyd", "python3t.dll"),
    ],
)
def test_every_kind_of_module_passes(filename: str, name: str, python: str, tmp_path: Path) -> None:
    assert codes(verify(wheel(tmp_path, {name: im.module(python=python)}, filename))) == []


@pytest.mark.parametrize(
    ("name", "export"),
    [("_x", "PyInit__x"), ("größe", "PyInitU_gre_6ka8i")],
)
def test_every_form_of_init_export_is_known(name: str, export: str, tmp_path: Path) -> None:
    data = im.module(exports=[export, "PyInit_another"])

    assert codes(verify(wheel(tmp_path, {f"pkg/{name}.cp313-win_arm64.pyd": data}))) == []


def test_wheel_is_verified_for_the_target_it_is_tagged_with(tmp_path: Path) -> None:
    auto = VerifyOptions(also=(WIN_AMD64, WIN32), skip_others=True)
    x64 = im.module(machine=im.AMD64)
    path = wheel(tmp_path, {"pkg/_x.cp313-win_amd64.pyd": x64}, "pkg-1.0-cp313-cp313-win_amd64.whl")
    other = wheel(tmp_path, {"pkg/_x.so": b""}, "pkg-1.0-cp313-cp313-manylinux_2_28_x86_64.whl")

    assert codes(verify(path, auto)) == []
    assert codes(verify(path, VerifyOptions(target=WIN_AMD64))) == []
    assert "WA101" in codes(verify(path, VerifyOptions(target=WIN32)))
    assert codes(verify(other, auto)) == ["WA617"]
    assert "WA601" in codes(verify(other))


def test_source_archive_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pkg-1.0.tar.gz").write_bytes(b"x")

    assert codes(verify(tmp_path / "pkg-1.0.tar.gz")) == ["WA617"]
    assert codes(verify(tmp_path / "gone-1.0.tar.gz")) == ["WA001"]


def test_zip_is_a_source_archive_only_with_pkg_info_in_its_folder(tmp_path: Path) -> None:
    sdist = pack(tmp_path / "pkg-1.0.zip", {"pkg-1.0/PKG-INFO": b"", "pkg-1.0/setup.py": b""})
    bad = contents(ARM64_WHEEL, {PYD: im.module(machine=im.AMD64)})
    renamed = pack(tmp_path / "wheel.zip", bad)
    (tmp_path / "text.zip").write_bytes(b"no archive")

    assert codes(verify(sdist)) == ["WA617"]
    assert {"WA615", "WA101"} <= set(codes(verify(renamed)))
    assert codes(verify(tmp_path / "text.zip")) == ["WA002"]


@pytest.mark.parametrize("path", ["", Path("a\0b"), "gone.whl"])
def test_path_without_a_file_is_a_finding(path: str | Path) -> None:
    assert codes(verify(path)) == ["WA001"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize("name", [ARM64_WHEEL, "_x.pyd", "x.zip", "x.tar.gz"])
def test_pipe_is_not_read(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)

    assert codes(verify(tmp_path / name)) == ["WA001"]


def test_report_says_whether_the_file_is_for_the_target(tmp_path: Path) -> None:
    (tmp_path / "_x.pyd").write_bytes(im.module(machine=im.AMD64))
    (tmp_path / "_y.pyd").write_bytes(im.module())
    (tmp_path / ARM64_WHEEL).write_bytes(b"")
    other = wheel(tmp_path, {}, "pkg-1.0-cp313-cp313-win_amd64.whl")

    fits = [verify(tmp_path / name).for_target for name in ("_x.pyd", "_y.pyd", ARM64_WHEEL)]
    assert fits == [False, True, True]
    assert not verify(other).for_target


def test_stronger_hashes_are_compared_too(tmp_path: Path) -> None:
    good = contents(ARM64_WHEEL, {PYD: im.module()})
    record = "pkg-1.0.dist-info/RECORD"
    weak, strong = (record_hash(im.module(), name).encode() for name in ("sha256", "sha512"))
    good[record] = good[record].replace(weak, strong)
    pack(tmp_path / ARM64_WHEEL, good)

    assert codes(verify(tmp_path / ARM64_WHEEL)) == []

    good[record] = good[record].replace(strong, strong[:-4] + b"AAAA")
    pack(tmp_path / ARM64_WHEEL, good)
    assert codes(verify(tmp_path / ARM64_WHEEL)) == ["WA608"]
    assert codes(verify(tmp_path / ARM64_WHEEL, VerifyOptions(record=False))) == []


@pytest.mark.parametrize("limit", [Limits(member_size=100), Limits(total_size=100)])
def test_limits_can_be_set(limit: Limits, tmp_path: Path) -> None:
    path = wheel(tmp_path, {PYD: im.module()})

    assert "WA004" in codes(verify(path, VerifyOptions(limits=limit)))


def test_report_cannot_be_changed(tmp_path: Path) -> None:
    report = verify(tmp_path / "gone.whl")

    with pytest.raises(dataclasses.FrozenInstanceError):
        report.pure = True  # type: ignore[misc]


def test_names_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    path = wheel(tmp_path, {PYD: im.module(), "pkg/\x1b[31m\n.dll": b"\x7fELF"})

    lines = [found.line() for found in verify(path).findings]

    assert lines
    assert all(line.isprintable() for line in lines)
