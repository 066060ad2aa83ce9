r"""Headers in any case, with `\` in their names, and under Microsoft's names."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from winarm.child.winarm_child.headers import Headers, header_map, in_any_case, later

posix = pytest.mark.skipif(os.name == "nt", reason="Windows finds files in any case by itself")


def missing(file: Path, name: str) -> str:
    return f"{file}:3:10: fatal error: '{name}' file not found\n#include\n1 error generated.\n"


def entries(path: str) -> dict[str, str]:
    """Read a header map as clang does: by the hash table."""
    data = Path(path).read_bytes()
    magic, version, _, start, count, buckets, _ = struct.unpack_from("<4sHHIIII", data)
    assert (magic, version) == (b"pamh", 1)
    texts = data[start:]

    def text(offset: int) -> str:
        return texts[offset : texts.index(b"\0", offset)].decode()

    found = {}
    for number in range(buckets):
        key, prefix, suffix = struct.unpack_from("<III", data, 24 + 12 * number)
        if key:
            found[text(key)] = text(prefix) + text(suffix)
    assert len(found) == count
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src" / "Deep").mkdir(parents=True)
    (tmp_path / "src" / "Deep" / "Answer.h").write_text("")
    (tmp_path / "main.c").write_text("")
    return tmp_path


@posix
@pytest.mark.parametrize(
    "name",
    [
        "src\\Deep\\Answer.h",
        "SRC/deep/ANSWER.H",
        "src/Deep\\..\\deep/answer.h",
        ".\\src/Deep/Answer.h",
    ],
)
def test_a_header_is_found_from_the_file_that_includes_it(project: Path, name: str) -> None:
    mended = Headers(str(project / "scratch")).mend(
        ["cc", "main.c"], missing(project / "main.c", name)
    )

    assert mended is not None
    *rest, option = mended.argv
    assert rest == ["cc", "main.c"]
    (place,) = set(entries(option.removeprefix("-I")).values())
    assert Path(place).samefile(project / "src" / "Deep" / "Answer.h")


@posix
@pytest.mark.parametrize("option", [["-I{}"], ["-I", "{}"], ["-isystem", "{}"]])
def test_a_header_is_found_in_the_folders_of_the_command_line(
    project: Path, option: list[str]
) -> None:
    named = [word.format(project / "src") for word in option]

    mended = Headers(str(project / "scratch")).mend(
        ["cc", *named, "x.c"], missing(project / "other" / "x.c", "deep\\answer.h")
    )

    assert mended is not None
    names = entries(mended.argv[-1].removeprefix("-I")).keys()
    assert names == {"deep\\answer.h", "deep/answer.h"}


@posix
def test_each_compilation_has_one_map_with_all_that_it_missed(project: Path) -> None:
    headers = Headers(str(project / "scratch"))
    (project / "src" / "b.h").write_text("")

    first = headers.mend(["cc"], missing(project / "main.c", "SRC/b.h"))
    assert first is not None
    second = headers.mend(first.argv, missing(project / "main.c", "src\\deep\\answer.h"))

    assert second is not None
    assert len(second.argv) == len(first.argv) == 2
    assert entries(second.argv[-1].removeprefix("-I")).keys() == {
        *("SRC/b.h", "src\\deep\\answer.h", "src/deep/answer.h")
    }
    # It was named, and not taken: there is nothing more to try.
    assert headers.mend(second.argv, missing(project / "main.c", "SRC/b.h")) is None


def test_a_header_of_microsofts_is_the_toolchains_under_its_own_name(project: Path) -> None:
    mended = Headers(str(project / "scratch")).mend(
        ["cc"], missing(project / "main.c", "arm64_neon.h")
    )

    assert mended is not None
    assert entries(mended.argv[-1].removeprefix("-I")) == {"arm64_neon.h": "arm_neon.h"}


@pytest.mark.parametrize(
    "output",
    [
        "",
        "x.c:1:1: error: no",
        "main.c:1:2: fatal error: 'zlib.h' file not found",
        "fatal error: ''",
    ],
)
def test_what_is_nowhere_stays_missing(project: Path, output: str) -> None:
    assert Headers(str(project / "scratch")).mend(["cc", f"-I{project}"], output) is None
    assert not (project / "scratch").exists()


def test_a_map_holds_many_names(tmp_path: Path) -> None:
    places = {f"name{number}.h": f"/place/{number}" for number in range(100)}
    (tmp_path / "a.hmap").write_bytes(header_map(places))

    assert entries(str(tmp_path / "a.hmap")) == places


def test_a_header_of_c_that_refuses_other_compilers_comes_after_the_toolchains(
    project: Path,
) -> None:
    output = (
        f"In file included from x.c:1:\n{project}/msvc/stdint.h:3:2: error: "
        '"Use this header only with Microsoft Visual C++ compilers!"\n'
    )
    argv = ["cc", f"-I{project}/msvc", "-I", f"{project}/msvc/", "-Isrc", "x.c"]

    mended = Headers(str(project / "scratch")).mend(argv, output)

    assert mended is not None
    folder = f"{project}/msvc"
    assert list(mended.argv) == [
        *("cc", "-idirafter", folder, "-idirafter", f"{folder}/", "-Isrc", "x.c")
    ]
    assert later(mended.argv, folder) is None


def test_a_folder_is_no_header(project: Path) -> None:
    assert in_any_case(str(project), "SRC\\deep") is None
    assert in_any_case(str(project / "absent"), "x.h") is None
