"""What a user points at; no index is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_host import FakeHost
from packaging.version import Version

from winarm.errors import FileSystemError, UsageError
from winarm.project.pip_config import PipConfiguration
from winarm.stack.inputs import StackInput, pinned, project_folder, read_input, with_pins
from winarm.stack.places import Place, Places
from winarm.stack.wanted import TargetMarkers, WantedStack, Wish
from winarm.target import WIN_ARM64, PythonABI

MARKERS = TargetMarkers(WIN_ARM64, PythonABI(13))
PLACES = Places((Place("https://index.example/simple"),), PipConfiguration())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(asked: StackInput, host: FakeHost | None = None) -> WantedStack | Wish:
    return read_input(host or FakeHost(), asked, PLACES, MARKERS)[0]


def wished(*sources: str, **asked: tuple[str, ...]) -> list[str]:
    wish = found(StackInput(sources, **asked))  # type: ignore[arg-type]
    assert isinstance(wish, Wish)
    return [str(one) for one in wish.requirements]


def test_names_are_requirements(folder: Path) -> None:
    # A folder of the same name is not meant.
    (folder / "lxml").mkdir()

    assert wished("lxml", "numpy>=2") == ["lxml", "numpy>=2"]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("./nowhere", "no file or folder ./nowhere"),
        ("requirements.txt", "no file or folder requirements.txt"),
        ("none.whl", "no file or folder none.whl"),
        ("not a name", "neither a file nor a requirement"),
        ("a @ https://x/a.whl", "names an address"),
    ],
)
def test_a_mistaken_word_is_one_message(word: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        found(StackInput((word,)))


def test_requirements_files_may_be_named_with_packages(folder: Path) -> None:
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"{name}\n")

    assert wished("a.txt", "lxml", "b.txt") == ["a", "b", "lxml"]


def test_a_lock_is_looked_at_alone(folder: Path) -> None:
    (folder / "uv.lock").write_text("")

    with pytest.raises(UsageError, match=r"uv\.lock cannot be looked at together"):
        found(StackInput(("lxml", "uv.lock")))


@pytest.mark.parametrize("text", ["[tool.ruff]\n", '[project]\ndynamic = ["dependencies"]'])
def test_requirements_files_count_where_the_project_does_not_say(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(text)
    (folder / "requirements.txt").write_text("lxml\n")

    assert wished() == ["lxml"]


def test_an_empty_folder_says_what_may_be_named() -> None:
    with pytest.raises(UsageError, match="nothing to look at") as caught:
        found(StackInput())

    assert "--installed ENV" in caught.value.cure


def test_another_file_is_neither(folder: Path) -> None:
    (folder / "x.json").write_text("{}")

    with pytest.raises(UsageError, match="neither a lock nor a requirements file"):
        found(StackInput(("./x.json",)))


def test_requirements_files_of_a_folder_are_found_with_their_notes(folder: Path) -> None:
    lines = "a\nb; sys_platform == 'linux'\nc @ https://x/c.whl\n--index-url https://own/simple\n"
    (folder / "requirements.txt").write_text(lines)

    wish, places = read_input(FakeHost(), StackInput(), PLACES, MARKERS)

    assert isinstance(wish, Wish)
    assert [str(one) for one in wish.requirements] == ["a"]
    assert any("c@" in note.replace(" ", "") for note in wish.notes)
    assert "1 requirement does not apply to the target" in wish.notes
    assert places.all[0].url == "https://own/simple"


def test_pins_of_a_wish_are_exact_versions_only() -> None:
    wish = found(StackInput(("a==1", "b>=2", "c==3.*")))
    assert isinstance(wish, Wish)

    stack = pinned(wish)

    assert [one.version for one in stack.packages] == [Version("1"), None, None]
    assert not stack.resolved
    other = with_pins(stack, {"a": "5"})
    assert isinstance(other, WantedStack)
    assert other.packages[0].version == Version("5")
    constrained = with_pins(wish, {"b": "2.1"})
    assert isinstance(constrained, Wish)
    assert [str(one) for one in constrained.constraints] == ["b==2.1"]


def test_a_file_of_names_has_one_on_each_line(folder: Path) -> None:
    (folder / "names").write_text("A_b # first\n\na-b\nc>=1\n")

    stack = found(StackInput(names=folder / "names"))

    assert isinstance(stack, WantedStack)
    assert [one.name for one in stack.packages] == ["a-b", "c"]


def test_names_that_cannot_be_read_are_one_message(folder: Path) -> None:
    with pytest.raises(FileSystemError, match="names"):
        found(StackInput(names=folder / "names"))

    (folder / "names").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="names is not UTF-8 text"):
        found(StackInput(names=folder / "names"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (StackInput(), Path()),
        (StackInput(("lxml",)), None),
        (StackInput(installed=Path("env")), None),
        (StackInput(requirement_files=(Path("a/r.txt"),)), Path("a")),
        (StackInput(("a/",)), Path("a")),
    ],
)
def test_the_project_that_is_asked_for(
    folder: Path, asked: StackInput, expected: Path | None
) -> None:
    (folder / "a").mkdir()

    assert project_folder(asked) == expected


def install(site: Path, name: str, *requires: str) -> None:
    info = site / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    lines = "".join(f"Requires-Dist: {one}\n" for one in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n{lines}")


@pytest.mark.parametrize("layout", ["lib/python3.13/site-packages", "Lib/site-packages", "."])
def test_an_environment_has_what_is_installed_and_who_requires_it(
    folder: Path, layout: str
) -> None:
    install(folder / "env" / layout, "a", "b", "not-there")
    install(folder / "env" / layout, "b")

    stack = found(StackInput(installed=folder / "env"))

    assert isinstance(stack, WantedStack)
    assert [one.name for one in stack.packages] == ["a", "b"]
    assert {(edge.requirer, edge.required) for edge in stack.edges} == {("a", "b"), ("", "a")}


def test_the_active_environment_is_the_one_of_its_variable(folder: Path) -> None:
    install(folder / "env/lib/python3.13/site-packages", "a")
    host = FakeHost(environ={"VIRTUAL_ENV": str(folder / "env")})

    stack = found(StackInput(installed=Path()), host)

    assert stack.origin == "the active environment"


def test_what_is_no_environment_is_named(folder: Path) -> None:
    with pytest.raises(UsageError, match="is not an environment"):
        found(StackInput(installed=folder))
