from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from winarm.errors import UsageError, WinarmError
from winarm.stack.requirement_files import RequirementsFile, read_requirements

if TYPE_CHECKING:
    from pathlib import Path

HASH = "0" * 64


def written(tmp_path: Path, text: str, name: str = "requirements.txt") -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def read(path: Path, **environ: str) -> RequirementsFile:
    return read_requirements(path, environ)


def test_requirements_with_comments_continued_lines_and_hashes(tmp_path: Path) -> None:
    file = read(
        written(
            tmp_path,
            "# a comment\n\nannoy==1.17.3 \\\n    --hash=sha256:" + HASH + " \\\n"
            "    --hash=sha256:" + "1" * 64 + "\nlxml[html]>=5 ; python_version > '3'  # why\n",
        )
    )

    assert [str(line.requirement) for line in file.lines] == [
        "annoy==1.17.3",
        'lxml[html]>=5; python_version > "3"',
    ]
    assert file.lines[0].sha256 == {HASH, "1" * 64}
    assert not file.is_lock


def test_variables_in_braces_are_those_of_the_environment(tmp_path: Path) -> None:
    path = written(
        tmp_path, "-i https://${USER}:${TOKEN}@one/simple\na==${V} ; '${lower}' == 'x'\n"
    )

    file = read(path, USER="me", V="1", TOKEN="")

    assert file.index == "https://me:${TOKEN}@one/simple"
    assert str(file.lines[0].requirement.specifier) == "==1"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_the_encodings_of_windows_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "requirements.txt"
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    path.write_bytes(f"{mark}a==1\r\nb\r\n".encode(encoding))

    assert [line.requirement.name for line in read(path).lines] == ["a", "b"]


def test_a_file_with_a_hash_on_each_line_is_a_lock(tmp_path: Path) -> None:
    assert read(written(tmp_path, f"a==1 --hash=sha256:{HASH}\n")).is_lock


def test_files_include_others_relative_to_themselves(tmp_path: Path) -> None:
    written(tmp_path, "b\n-c ../limits.txt\n", "inner/more.txt")
    written(tmp_path, "b<2\n", "limits.txt")

    file = read(written(tmp_path, "a\n-r inner/more.txt\n"))

    assert [line.requirement.name for line in file.lines] == ["a", "b"]
    assert [str(one) for one in file.constraints] == ["b<2"]


def test_a_file_with_hashes_may_be_one_of_constraints(tmp_path: Path) -> None:
    written(tmp_path, f"b==1 --hash=sha256:{HASH}\n", "lock.txt")

    file = read(written(tmp_path, "b\n-c lock.txt\n"))

    assert [str(one) for one in file.constraints] == ["b==1"]


def test_files_that_include_each_other_without_end_are_refused(tmp_path: Path) -> None:
    for number in range(10):
        inner = f"-r {number + 1}.txt\n" * 2
        written(tmp_path, inner, f"{number}.txt")
    written(tmp_path, "", "10.txt")

    with pytest.raises(UsageError, match="more than 200 files"):
        read(tmp_path / "0.txt")


def test_options_name_places(tmp_path: Path) -> None:
    file = read(
        written(
            tmp_path,
            "-i https://one\n--extra-index-url=https://two\n-f wheels\n--no-index\n--pre\n",
        )
    )

    assert (file.index, file.extra, file.no_index) == ("https://one", ("https://two",), True)
    assert file.links == (str(tmp_path / "wheels"),)


def test_the_same_file_may_be_included_twice(tmp_path: Path) -> None:
    written(tmp_path, "b\n", "b.txt")

    file = read(written(tmp_path, "-r b.txt\n-r b.txt\n"))

    assert [line.requirement.name for line in file.lines] == ["b", "b"]


@pytest.mark.parametrize(
    "line",
    [
        *("./folder", "-e .", "git+https://example.org/x", "https://example.org/x.whl", "a.whl"),
        f"dist/a-1.tar.gz --hash=sha256:{'0' * 64}",
    ],
)
def test_what_comes_from_elsewhere_is_set_apart(tmp_path: Path, line: str) -> None:
    file = read(written(tmp_path, line))

    assert file.lines == ()
    assert len(file.elsewhere) == 1
    assert "requirements.txt:1" in file.elsewhere[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nb==\n", r"requirements\.txt:2: 'b==' is not a requirement"),
        ("a b c\n", r"requirements\.txt:1: 'a b c' is not a requirement"),
        ("--what 1\n", r"requirements\.txt:1: --what is not an option"),
        ("-r requirements.txt\n", "includes itself"),
        ("-r none.txt\n", "there is no requirements file"),
        ("-r a\0b.txt\n", "there is no requirements file"),
        ("-r https://example.org/r.txt\n", "local files only"),
        ("a --hash='sha256\n", r"requirements\.txt:1"),
        ("a\nb==1 --hash=sha256:zz\n", r"requirements\.txt:2: 'zz' is not a SHA-256"),
    ],
)
def test_mistakes_are_one_message_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read(written(tmp_path, text))


def test_a_name_that_no_system_takes_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(WinarmError, match="aaa"):
        read(written(tmp_path, f"-r {'a' * 300}.txt\n"))


def test_a_circle_of_files_is_named(tmp_path: Path) -> None:
    written(tmp_path, "-r requirements.txt\n", "b.txt")

    with pytest.raises(UsageError, match=r"requirements\.txt includes b\.txt includes requ"):
        read(written(tmp_path, "-r b.txt\n"))


def test_bytes_that_are_no_text_are_one_message(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_bytes(b"a\n\xff\xfe\n")

    with pytest.raises(UsageError, match=r"requirements\.txt:2: it is not UTF-8"):
        read(path)
