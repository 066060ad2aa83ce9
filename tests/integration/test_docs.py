"""Every command in the README and the documentation, run as a reader would.

A block of the language `console` is a terminal: lines that begin with `$ ` are run in their order,
page by page, in one shell for each block, and what the page shows after a command must be what the
command printed, but for numbers. A comment before a block changes that:

    <!-- test: in examples/NAME -->    the folder that is copied for the block and those after it
    <!-- test: needs … -->             what the block needs that no test has; it is not run
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = [pytest.mark.integration, pytest.mark.network, pytest.mark.docs]

REPOSITORY = Path(__file__).parents[2]
PAGES = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]

#: Where a block is run unless its page says otherwise.
PROJECT = "examples/setuptools-c"

#: Examples in Python that use winarm.
_EXAMPLE = re.compile(r"^```python\n((?:from|import) winarm.*?)^```", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(
    r"^(?:<!-- test: (?P<word>in|needs) (?P<rest>[^\n]*?) -->\n+)?```console\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)

#: Lines about what is done once, and what a terminal shows while it waits.
_ONCE = re.compile(r"winarm: (?:fetching|zig \S+ makes)|.*\(\d+ s\)$")


@dataclass(frozen=True)
class Block:
    """One terminal of a page."""

    commands: tuple[str, ...]
    shown: tuple[str, ...]
    folder: str | None
    needs: str | None


def blocks(page: str) -> Iterator[Block]:
    for match in _BLOCK.finditer(page):
        lines = match["text"].splitlines()
        yield Block(
            tuple(line[2:] for line in lines if line.startswith("$ ")),
            tuple(line for line in lines if line and not line.startswith("$ ")),
            folder=match["rest"] if match["word"] == "in" else None,
            needs=match["rest"] if match["word"] == "needs" else None,
        )


#: What a new user reads first, in this order.
FIRST_EVENING = [REPOSITORY / "docs" / f"{name}.md" for name in ("try", "ship", "backend")]

WITH_COMMANDS = [page for page in PAGES if any(blocks(page.read_text("utf-8")))]


@pytest.fixture(scope="session")
def reader(
    once: Callable[[str, Callable[[Path], None]], Path], run: Run, local_index: Path
) -> Path:
    """The folder of programs of a reader who has installed winarm from its wheel, and build."""

    def fill(folder: Path) -> None:
        python = shutil.which("python3") or "python3"
        (wheel,) = local_index.glob("*.whl")
        assert run(python, "-m", "venv", folder).returncode == 0
        done = run(folder / "bin/python", "-m", "pip", "install", f"{wheel}[cli]", "build")
        assert done.returncode == 0, done.stdout

    return once("reader", fill) / "bin"


@pytest.fixture
def environ(reader: Path, index_environ: dict[str, str]) -> dict[str, str]:
    return {
        **index_environ,
        "PATH": f"{reader}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "200",
    }


on_posix = pytest.mark.skipif(os.name == "nt", reason="the pages show a POSIX shell")


@on_posix
@pytest.mark.parametrize(
    "page",
    [page for page in WITH_COMMANDS if page not in FIRST_EVENING],
    ids=lambda page: page.stem,
)
def test_every_command_does_what_the_page_shows(
    page: Path, environ: dict[str, str], run: Run, tmp_path: Path
) -> None:
    follow(page, environ, run, tmp_path)


@on_posix
def test_a_new_user_gets_from_nothing_to_wheels_and_a_workflow(
    environ: dict[str, str], run: Run, tmp_path: Path
) -> None:
    """With an empty home and no cache, page after page."""
    home = tmp_path / "home"
    home.mkdir()
    fresh = {**environ, "HOME": str(home), "XDG_CACHE_HOME": "", "WINARM_CACHE_DIR": ""}

    for page in FIRST_EVENING:
        follow(page, fresh, run, tmp_path / page.stem)

    assert (home / ".cache" / "winarm" / "zig").is_dir()
    assert list((tmp_path / "ship").glob("*/project/.github/workflows/wheels.yml")) != []


def follow(page: Path, environ: dict[str, str], run: Run, scratch: Path) -> None:
    """Run the blocks of a page in their order and compare what it shows."""
    folder = copied(PROJECT, scratch / "0")
    for number, block in enumerate(blocks(page.read_text("utf-8")), 1):
        if block.needs:
            continue
        if block.folder:
            folder = copied(block.folder, scratch / str(number))
        script = "\n".join(block.commands).replace("WINARM_CHECKOUT", str(REPOSITORY))

        done = run("bash", "-euo", "pipefail", "-c", script, environ=environ, cwd=folder)

        assert done.returncode == 0, f"{script}\n{done.stdout}"
        printed = {without_numbers(line) for line in done.stdout.splitlines()}
        missing = [line for line in block.shown if not _ONCE.match(line)]
        missing = [line for line in missing if without_numbers(line) not in printed]
        assert missing == [], f"{script}\n{done.stdout}"


def copied(folder: str, to: Path) -> Path:
    return Path(shutil.copytree(REPOSITORY / folder, to / "project"))


def without_numbers(line: str) -> str:
    return re.sub(r"\d[\d,.]*", "0", line)


def test_examples_in_python_use_public_names_and_their_types(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    for page in PAGES:
        for number, example in enumerate(_EXAMPLE.findall(page.read_text("utf-8"))):
            (tmp_path / f"{page.stem}_{number}.py").write_text(example, "utf-8")
            assert re.findall(r"winarm\.\w+", example) == [], "what is public is in winarm itself"

    mypy = (sys.executable, "-m", "mypy", "--strict", "--config-file=", ".")
    # An editable install is a finder, which mypy does not ask.
    environ = {**os.environ, "MYPYPATH": str(REPOSITORY / "src")}
    done = run(*mypy, environ=environ, cwd=tmp_path)

    assert done.returncode == 0, done.stdout
    assert {"api_0.py", "verify_0.py"} <= {file.name for file in tmp_path.iterdir()}
