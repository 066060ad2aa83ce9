"""Installed environments and other folders."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest
from verify_samples import image as im
from verify_samples.wheel import record, record_hash

from winarm.verify import Limits, Report, VerifyOptions, verify


def codes(report: Report) -> list[str]:
    return [found.code.name for found in report.findings]


def test_tree_is_verified_as_installed(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "pkg"
    package.mkdir(parents=True)
    (package / "_x.cp313-win_arm64.pyd").write_bytes(im.module())
    (package / "_y.cp312-win_arm64.pyd").write_bytes(im.module("_y", "python312.dll"))
    (package / "_z.pyd").write_bytes(im.module("_z", machine=im.AMD64))

    report = verify(tmp_path)

    assert [(found.code.name, found.member) for found in report.findings] == [
        ("WA101", "site-packages/pkg/_z.pyd")
    ]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (f"pkg/a.py,{record_hash(b'a')},1", []),
        (f"pkg/a.py,{record_hash(b'b')},1", ["WA608"]),
        (f"pkg/a.py,{record_hash(b'a')},2", ["WA608"]),
        (f"pkg/gone.py,{record_hash(b'')},0", ["WA610"]),
        ("pkg/__pycache__/gone.pyc,,", []),
        (f"../Scripts/tool.exe,{record_hash(b't')},1", []),
        (f"../Scripts/gone.exe,{record_hash(b't')},1", ["WA610"]),
        (f"../../../elsewhere,{record_hash(b'x')},1", []),
    ],
)
def test_records_of_an_environment_are_compared(row: str, found: list[str], tmp_path: Path) -> None:
    for name, data in {
        "lib/pkg/a.py": b"a",
        "Scripts/tool.exe": im.image(dll=False),
        "lib/pkg-1.0.dist-info/RECORD": f"{row}\n".encode(),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    if "tool.exe" in row:
        (tmp_path / "Scripts/tool.exe").write_bytes(b"t")

    found_codes = set(codes(verify(tmp_path))) - {"WA106"}

    assert found_codes == set(found)
    assert set(codes(verify(tmp_path, VerifyOptions(record=False)))) <= {"WA106"}


def test_records_of_vendored_distributions_are_not_compared(tmp_path: Path) -> None:
    inner = "pkg/_vendor/dep-1.0.dist-info/RECORD"
    phantom = f"dep/gone.py,{record_hash(b'')},0\n".encode()
    for name, data in {
        inner: phantom,
        "pkg-1.0.dist-info/RECORD": f"{inner},{record_hash(phantom)},{len(phantom)}\n".encode(),
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)

    assert codes(verify(tmp_path)) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no paths of that length")
def test_deep_tree_is_walked_to_its_end(tmp_path: Path) -> None:
    folders = [tmp_path / "d"]
    while len(folders) < sys.getrecursionlimit() + 100:
        folders.append(folders[-1] / "d")
    for folder in folders:
        folder.mkdir()
    image = folders[-1] / "x.dll"
    image.write_bytes(im.module(machine=im.AMD64))

    found = codes(verify(tmp_path))

    # What removes it afterwards may not be so patient.
    image.unlink()
    for folder in reversed(folders):
        folder.rmdir()
    assert found == ["WA104"]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
class TestLinks:
    """uv makes environments of links to files of its cache."""

    def test_those_to_files_are_followed(self, tmp_path: Path) -> None:
        cache, tree = tmp_path / "cache", tmp_path / "tree"
        files = {"pkg/_x.pyd": im.module(machine=im.AMD64), "pkg/a.py": b"a"}
        for name, data in distribution("pkg", files).items():
            for root in (cache, tree):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
            (cache / name).write_bytes(data)
            (tree / name).symlink_to(cache / name)

        assert codes(verify(tree)) == ["WA101"]

        (cache / "pkg/a.py").write_bytes(b"b")
        assert codes(verify(tree)) == ["WA101", "WA608"]

    def test_those_to_folders_and_to_nothing_are_not_followed(self, tmp_path: Path) -> None:
        outside, tree = tmp_path / "outside", tmp_path / "tree"
        outside.mkdir()
        tree.mkdir()
        (outside / "x.dll").write_bytes(im.image(machine=im.AMD64))
        for name, end in {
            "folder": outside,
            "round": tree,
            "itself": tree / "itself",
            "gone.dll": outside / "gone.dll",
            "device.dll": Path("/dev/zero"),
        }.items():
            (tree / name).symlink_to(end)
        files = {"gone.dll": b"", "folder/x.dll": b""}
        (tree / "pkg-1.0.dist-info").mkdir()
        (tree / "pkg-1.0.dist-info/RECORD").write_bytes(record(files, "pkg-1.0.dist-info"))

        report = verify(tree)

        assert report.images == ()
        assert [found.members for found in report.findings] == [("gone.dll", "folder/x.dll")]

    def test_many_to_one_large_file_are_bounded(self, tmp_path: Path) -> None:
        (tmp_path / "large").write_bytes(bytes(2**20))
        tree = tmp_path / "tree"
        tree.mkdir()
        for number in range(20):
            (tree / f"{number}.dll").symlink_to(tmp_path / "large")
        options = VerifyOptions(limits=Limits(total_size=10 * 2**20))

        assert "WA004" in codes(verify(tree, options))


def distribution(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    folder = f"{name}-1.0.dist-info"
    return {**files, f"{folder}/RECORD": record(files, folder)}


def verify_files(folder: Path, files: dict[str, bytes]) -> Report:
    root = Path(mkdtemp(dir=folder))
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return verify(root)


def needing(name: str) -> bytes:
    return im.module(imports={"python313.dll": ["PyModuleDef_Init"], name: ["f"]})


def test_dll_is_that_of_the_own_distribution_as_its_record_says(tmp_path: Path) -> None:
    """Its folder is not named after the package, and comes after the other one's."""
    good, bad = im.image(exports=["f"]), im.image(exports=["g"])
    own = {"PIL/_x.cp313-win_arm64.pyd": needing("h.dll"), "pillow.libs/h.dll": good}
    other = {"a/_y.cp313-win_arm64.pyd": im.module("_y"), "a.libs/h.dll": bad}

    for files in (
        {**distribution("pillow", own), **distribution("a", other)},
        {**distribution("a", other), **distribution("pillow", own)},
    ):
        assert codes(verify_files(tmp_path, files)) == []


def test_own_dll_counts_even_where_only_the_other_fits(tmp_path: Path) -> None:
    own = {
        "PIL/_x.cp313-win_arm64.pyd": needing("h.dll"),
        "pillow.libs/h.dll": im.image(machine=im.AMD64, exports=["f"]),
    }
    other = {"a.libs/h.dll": im.image(exports=["f"])}
    files = {**distribution("pillow", own), **distribution("a", other)}

    assert codes(verify_files(tmp_path, files)) == ["WA102"]


def test_dll_of_another_distribution_is_taken_where_there_is_no_own(tmp_path: Path) -> None:
    own = {"PIL/_x.cp313-win_arm64.pyd": needing("h.dll")}
    other = {
        "a.libs/h.dll": im.image(machine=im.AMD64, exports=["f"]),
        "b.libs/h.dll": im.image(exports=["f"]),
    }
    files = {**distribution("pillow", own), **distribution("a", other)}

    assert "WA102" not in codes(verify_files(tmp_path, files))
