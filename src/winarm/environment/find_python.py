"""Finding a Python of a wanted version on the host, to build with."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from winarm.environment.interpreter import Interpreter, ask
from winarm.environment.uv import find_uv
from winarm.errors import InterpreterError, UsageError, bullets
from winarm.host import Host, ProgramError
from winarm.search import Search, miss
from winarm.target import NEWEST_PYTHON, OLDEST_PYTHON, PythonABI

_WHERE_AM_I = "import sys; print(sys.executable)"


def find_python(
    host: Host, wanted: str | None, *, fetching: Callable[[str], None] | None = None
) -> Interpreter:
    """Return the Python that `wanted` means: `3.13`, `3.13t`, a path, or winarm's own for None.

    One that has C headers is preferred; where none has, the first of that version is returned.

    :param fetching: called before uv fetches a Python that is not there, which it may take minutes
        to do; without it none is fetched. UV_PYTHON_DOWNLOADS and UV_OFFLINE forbid it, too.
    :raises UsageError: `wanted` is neither a version nor an existing file.
    :raises InterpreterError: there is none; the message names everything that was looked at.
    """
    if wanted is None:
        return ask(host, host.executable)
    if abi := PythonABI.spelled(wanted):
        if not OLDEST_PYTHON.minor <= abi.minor <= NEWEST_PYTHON.minor:
            supported = f"{OLDEST_PYTHON.version} to {NEWEST_PYTHON.version}"
            raise UsageError(f"winarm supports Python {supported} (got {wanted}).")
        return _search(host, abi, fetching)
    path = Path(wanted).absolute()
    if path.is_file():
        return ask(host, path)
    raise UsageError(
        f"{wanted!r} is neither a version of Python nor a file.",
        cure="Write 3.13, 3.13t, or the path of an interpreter.",
    )


def _search(host: Host, abi: PythonABI, fetching: Callable[[str], None] | None) -> Interpreter:
    misses: list[str] = []
    without_headers: list[Interpreter] = []
    seen: set[Path] = set()
    fetched = _fetched(host, abi.spelling, fetching) if fetching else ()
    for candidate in itertools.chain(_candidates(host, abi), fetched):
        if candidate.found in seen:
            continue
        seen.update(filter(None, [candidate.found]))
        search = candidate.then(partial(_asked, host, abi))
        misses += search.misses
        if search.found and _has_headers(search.found):
            return search.found
        without_headers += filter(None, [search.found])
    if without_headers:
        return without_headers[0]
    raise _not_found(abi, misses)


def _asked(host: Host, abi: PythonABI, candidate: Path) -> Search[Interpreter]:
    """Return the Python at `candidate`, if it is of that version."""
    try:
        found = ask(host, candidate)
    except InterpreterError as error:
        return miss(f"{candidate}: {_one_line(error.what)}")
    if found.abi != abi:
        return miss(f"{candidate} is Python {found.abi.spelling}")
    return Search(found)


def _candidates(host: Host, abi: PythonABI) -> Iterator[Search[Path]]:
    """Yield what may be a Python of that version."""
    version = abi.spelling
    yield Search(host.executable)
    if host.system == "windows":
        yield from _from_launcher(host, version)
    yield from _on_path(host, f"python{version}")
    yield from _from_pyenv(host, abi)
    yield _from_uv(host, version)
    yield from _on_path(host, "python3")
    yield from _on_path(host, "python")


def _from_launcher(host: Host, version: str) -> Iterator[Search[Path]]:
    """Ask the py launcher: `-V:` knows every registered Python, `-3.13` every launcher."""
    launcher = host.which("py")
    if launcher is None:
        yield miss("the py launcher is not installed")
        return
    for option in (f"-V:{version}", f"-{version}"):
        yield _printed_path(host, [launcher, option, "-I", "-c", _WHERE_AM_I]).at(f"py {option}")


def _from_uv(host: Host, version: str) -> Search[Path]:
    uv = find_uv(host)
    if uv is None:
        return miss("uv is not installed")
    search = _printed_path(host, [*uv, "python", "find", "--system", version])
    return search.at(f"uv python find {version}")


def _fetched(host: Host, version: str, fetching: Callable[[str], None]) -> Iterator[Search[Path]]:
    """Have uv fetch a Python, if it is there and may."""
    uv = find_uv(host)
    if uv is None or host.variable("UV_OFFLINE"):
        return
    # uv's own words for what is allowed without being asked for.
    if (host.variable("UV_PYTHON_DOWNLOADS") or "automatic") not in {"automatic", "true", "1"}:
        yield miss("uv may not fetch one: UV_PYTHON_DOWNLOADS")
        return
    fetching(f"fetching Python {version} with uv (about 30 MB, once)")
    # Only into uv's own folder.
    environ = {**host.environ, "UV_PYTHON_INSTALL_BIN": "0", "UV_PYTHON_INSTALL_REGISTRY": "0"}
    try:
        answer = host.run([*uv, "python", "install", version], environ=environ, timeout=900)
    except ProgramError as error:
        yield miss(f"uv python install {version}: {error.what}")
        return
    if answer.ok:
        yield _from_uv(host, version)
    else:
        yield miss(f"uv python install {version}: {_one_line(answer.stderr)}")


def _on_path(host: Host, name: str) -> Iterator[Search[Path]]:
    """Yield every program of that name: a pyenv shim of an inactive version may come first."""
    paths = list(host.which_all(name))
    yield from map(Search, paths) if paths else [miss(f"{name} is not on PATH")]


def _from_pyenv(host: Host, abi: PythonABI) -> Iterator[Search[Path]]:
    if host.system == "windows":
        root, python = host.variable("PYENV") or host.variable("PYENV_ROOT"), "python.exe"
        folder = Path(root) if root else _home(host) / ".pyenv" / "pyenv-win"
    else:
        root, python = host.variable("PYENV_ROOT"), "bin/python"
        folder = Path(root) if root else _home(host) / ".pyenv"
    # pyenv calls them 3.13.0, 3.13.0t, 3.15-dev; pyenv-win adds -win32 and the like.
    name = re.compile(rf"{abi.major}\.{abi.minor}(?P<rest>[.-].*)")
    installed = [
        entry
        for entry in _entries(folder / "versions")
        if name.fullmatch(entry.name) and entry.name.endswith("t") == abi.free_threaded
    ]
    if not installed:
        yield miss(f"pyenv has no {abi.spelling} in {folder / 'versions'}")
    for entry in sorted(installed, key=_numbers, reverse=True):
        yield Search(entry / python)


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _numbers(entry: Path) -> list[int]:
    return [int(number) for number in re.findall(r"[0-9]+", entry.name)]


def _home(host: Host) -> Path:
    home = host.variable("USERPROFILE" if host.system == "windows" else "HOME")
    return Path(home) if home else Path.home()


#: Variables by which uv and the py launcher would choose another Python than asked for.
_CHOOSING = frozenset(("UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON", "UV_PYTHON", "VIRTUAL_ENV"))


def _printed_path(host: Host, command: Sequence[str | Path]) -> Search[Path]:
    """Return the path that a program prints."""
    kept = {name: value for name, value in host.environ.items() if name not in _CHOOSING}
    try:
        answer = host.run(command, environ={**kept, "UV_PYTHON_DOWNLOADS": "never"}, timeout=30)
    except ProgramError as error:
        return miss(error.what)
    if answer.ok and answer.stdout.strip():
        return Search(Path(answer.stdout.strip().splitlines()[-1]))
    return miss(_one_line(answer.stderr or answer.stdout))


def _has_headers(interpreter: Interpreter) -> bool:
    return (interpreter.include / "Python.h").is_file()


def _one_line(words: str) -> str:
    return " ".join(words.split())[:200]


def _not_found(abi: PythonABI, misses: list[str]) -> InterpreterError:
    version = abi.spelling
    apt = "" if abi.free_threaded else f"apt-get install python{version}-dev, "
    message = f"there is no Python {version} on this machine. Looked at:\n{bullets(misses)}"
    return InterpreterError(
        message,
        cure=f"Install it: uv python install {version}, {apt}pyenv install {version}, or from "
        "python.org; or name its path with --python.",
    )
