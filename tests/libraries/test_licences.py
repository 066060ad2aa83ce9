from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from prefix_samples import dll, tree

from winarm.libraries.licences import component_of
from winarm.libraries.prefix import recognised
from winarm.target import WIN_ARM64

if TYPE_CHECKING:
    from pathlib import Path

CONDA = {"name": "zlib", "version": "1.3", "license": "Zlib", "files": ["Library/bin/z.dll"]}
METADATA = "Name: openblas-for-python\nVersion: 1.2\nLicense: BSD\n        its whole text\n\nText\n"


@pytest.mark.parametrize(
    ("named", "files", "member", "component"),
    [
        (
            "p",
            {"p/share/licenses/libxml2/Copyright": "x", "p/share/licenses/other/LICENSE": "y"},
            "p/bin/libxml2.dll",
            ("libxml2", "", "", ["Copyright"]),
        ),
        (
            "p",
            {"p/share/doc/zlib/LICENSE": "x", "p/share/doc/zlib/manual.txt": "y"},
            "p/bin/zlib1.dll",
            ("zlib", "", "", ["LICENSE"]),
        ),
        (
            "p",
            {"p/share/licenses/sqlite/LICENSE.md": "x"},
            "p/bin/libsqlite3-0.dll",
            ("sqlite", "", "", ["LICENSE.md"]),
        ),
        (
            "p",
            {"p/share/licenses/openssl/LICENSE.txt": "x"},
            "p/bin/libcrypto-3-x64.dll",
            ("openssl", "", "", ["LICENSE.txt"]),
        ),
        (
            "p",
            {"p/share/licenses/libjpeg-turbo/LICENSE.md": "x"},
            "p/bin/jpeg-62.dll",
            ("libjpeg-turbo", "", "", ["LICENSE.md"]),
        ),
        (
            "installed/arm64-windows",
            {
                "installed/vcpkg/info/zlib_1.3.1_arm64-windows.list": "arm64-windows/bin/z.dll\n",
                "installed/arm64-windows/share/zlib/copyright": "x",
            },
            "installed/arm64-windows/bin/z.dll",
            ("zlib", "1.3.1", "", ["copyright"]),
        ),
        (
            "env",
            {
                "env/conda-meta/zlib.json": json.dumps(CONDA),
            },
            "env/Library/bin/z.dll",
            ("zlib", "1.3", "Zlib", []),
        ),
        (
            "msys64",
            {
                "msys64/var/lib/pacman/local/mingw-w64-clang-aarch64-zlib-1.3.1-1/files": (
                    "%FILES%\nclangarm64/bin/z.dll\n"
                ),
                "msys64/clangarm64/share/licenses/zlib/LICENSE": "x",
            },
            "msys64/clangarm64/bin/z.dll",
            ("zlib", "1.3.1", "", ["LICENSE"]),
        ),
        (
            "direct_deploy",
            {"direct_deploy/zlib/licenses/LICENSE": "x"},
            "direct_deploy/zlib/bin/z.dll",
            ("z", "", "", ["LICENSE"]),
        ),
        (
            "w",
            {
                "w/openblas-1.2.dist-info/METADATA": METADATA,
                "w/openblas-1.2.dist-info/licenses/LICENSE": "x",
                "w/openblas/include/x.h": "",
            },
            "w/openblas/bin/scipy_openblas.dll",
            ("openblas-for-python", "1.2", "BSD", ["LICENSE"]),
        ),
        ("p", {}, "p/bin/unknown.dll", ("unknown", "", "", [])),
    ],
)
def test_every_layout_tells_the_package_and_its_licence(
    tmp_path: Path,
    named: str,
    files: dict[str, bytes | str],
    member: str,
    component: tuple[str, str, str, list[str]],
) -> None:
    root = member.rpartition("/bin/")[0]
    tree(tmp_path, {**files, member: dll(), f"{root}/lib/x.txt": ""})

    found = component_of(tmp_path / member, [recognised(tmp_path / named, WIN_ARM64)])

    names = [file.name for file in found.files]
    assert (found.name, found.version, found.licence, names) == component


def test_a_record_that_no_conda_wrote_says_nothing(tmp_path: Path) -> None:
    member = "Library/bin/z.dll"
    record = "[" * 100_000 + json.dumps(member)
    tree(tmp_path, {"conda-meta/zlib.json": record, member: dll(), "Library/lib/x.txt": ""})

    found = component_of(tmp_path / member, [recognised(tmp_path, WIN_ARM64)])

    assert found.name == "z"
