"""Requirements files, as pip reads them, without asking any index."""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from winarm.errors import FileSystemError, UsageError

#: A file of more bytes is not read.
MAX_FILE = 8 * 2**20
#: Files that include each other, at most.
MAX_FILES = 200

#: Options of a file that name places, by what they are.
_PLACES = {
    **dict.fromkeys(("-i", "--index-url", "--pypi-url"), "index"),
    "--extra-index-url": "extra",
    **dict.fromkeys(("-f", "--find-links"), "links"),
}
_FILES = {
    **dict.fromkeys(("-r", "--requirement"), "requirements"),
    **dict.fromkeys(("-c", "--constraint"), "constraints"),
}
#: Options that say how pip installs, which is not asked here.
_PASSED_OVER = frozenset(
    (
        *("--pre", "--prefer-binary", "--require-hashes", "--trusted-host", "--use-feature"),
        *("--no-binary", "--only-binary", "--only-final", "--all-releases"),
    )
)


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """A requirement with what stands beside it in its file."""

    requirement: Requirement
    sha256: frozenset[str] = frozenset()
    #: `requirements.txt:12`.
    place: str = ""


@dataclass(frozen=True)
class RequirementsFile:
    """A requirements file with all that it includes."""

    lines: tuple[RequirementLine, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    #: Requirements that name a folder, a file or a repository, with their place.
    elsewhere: tuple[str, ...] = ()
    index: str | None = None
    extra: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    no_index: bool = False

    @property
    def is_lock(self) -> bool:
        """Return whether every line has a checksum, as those that pip-compile and uv write."""
        return bool(self.lines) and all(line.sha256 for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Inside:
    """Which file is read, as what, and which files have included it."""

    path: Path
    kind: str
    above: tuple[Path, ...]


@dataclass
class _Reading:
    environ: Mapping[str, str]
    lines: list[RequirementLine] = field(default_factory=list)
    constraints: list[Requirement] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    index: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    no_index: bool = False
    files: int = 0


def read_requirements(path: Path, environ: Mapping[str, str]) -> RequirementsFile:
    """Return what the file at `path` and all files that it includes ask for.

    :param environ: the variables that `${NAME}` stands for.
    :raises UsageError: a line cannot be understood, or a file includes itself.
    :raises FileSystemError: a file cannot be read.
    """
    reading = _Reading(environ)
    _read(path, reading, "requirements", ())
    return RequirementsFile(
        lines=tuple(reading.lines),
        constraints=tuple(reading.constraints),
        elsewhere=tuple(reading.elsewhere),
        index=reading.index[-1] if reading.index else None,
        extra=tuple(reading.extra),
        links=tuple(reading.links),
        no_index=reading.no_index,
    )


def _read(path: Path, reading: _Reading, kind: str, above: tuple[Path, ...]) -> None:
    resolved = path.resolve()
    reading.files += 1
    if resolved in above:
        circle = " includes ".join(
            file.name for file in (*above[above.index(resolved) :], resolved)
        )
        raise UsageError(
            f"{path} includes itself: {circle}.", cure="Remove one of the -r or -c lines."
        )
    if reading.files > MAX_FILES:
        raise UsageError(
            f"{above[0]} includes more than {MAX_FILES} files.", cure="Name fewer files."
        )
    for number, written in _logical_lines(path):
        place = f"{path}:{number}"
        # As pip does: capitals in braces; one that is not set stays as it is.
        line = re.sub(r"\$\{([A-Z0-9_]+)\}", lambda m: reading.environ.get(m[1]) or m[0], written)
        if line.startswith("-"):
            _option(line, place, _Inside(path, kind, (*above, resolved)), reading)
        elif kind == "constraints":
            reading.constraints.append(_requirement(line, place))
        else:
            _line(line, place, reading)


def _logical_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each line with its number: continued lines joined, comments left out."""
    text = _text(path)
    joined, start = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        start = start or number
        if raw.rstrip().endswith("\\"):
            joined += raw.rstrip()[:-1] + " "
            continue
        line = re.sub(r"(^|\s)#.*$", "", joined + raw).strip()
        if line:
            yield start, line
        joined, start = "", 0
    if joined.strip():
        yield start, joined.strip()


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise UsageError(f"there is no requirements file {path}.", cure="Check its name.")
        if path.stat().st_size > MAX_FILE:
            raise UsageError(
                f"{path} has more than {MAX_FILE} bytes.", cure="Name a requirements file."
            )
        content = path.read_bytes()
        # `pip freeze > requirements.txt` in a PowerShell writes UTF-16.
        utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except OSError as error:
        raise FileSystemError(path, error, cure="Make it readable.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path}:{line}: it is not UTF-8 text.", cure="Save the file as UTF-8."
        ) from None


def _option(line: str, place: str, inside: _Inside, reading: _Reading) -> None:
    match = re.match(r"(--[\w-]+|-\w)(?:\s*=\s*|\s+)?(.*)$", line)
    name, value = (match[1], match[2].strip().strip("\"'")) if match else (line, "")
    if name in _FILES:
        if "://" in value:
            raise UsageError(
                f"{place}: {value} is an address; winarm reads local files only.",
                cure="Download it, and name the file.",
            )
        inner = "constraints" if "constraints" in {inside.kind, _FILES[name]} else "requirements"
        _read(inside.path.parent / value, reading, inner, inside.above)
    elif name in _PLACES:
        relative = _PLACES[name] == "links" and "://" not in value
        getattr(reading, _PLACES[name]).append(
            str(inside.path.parent / value) if relative else value
        )
    elif name == "--no-index":
        reading.no_index = True
    elif name in {"-e", "--editable"}:
        reading.elsewhere.append(f"{value} ({place})")
    elif name not in _PASSED_OVER:
        raise UsageError(
            f"{place}: {name} is not an option of a requirements file.", cure="Correct the line."
        )


def _line(line: str, place: str, reading: _Reading) -> None:
    text, hashes = _apart(line, place)
    if re.match(r"(git|hg|svn|bzr)\+|https?://|file:", text) or _is_path(text):
        reading.elsewhere.append(f"{text} ({place})")
        return
    reading.lines.append(RequirementLine(_requirement(text, place), hashes, place))


def _is_path(text: str) -> bool:
    named = text.split(";", maxsplit=1)[0].split("[", maxsplit=1)[0].strip()
    return named.startswith((".", "/", "~")) or (
        named.endswith((".whl", ".tar.gz", ".zip")) and " " not in named
    )


def _apart(line: str, place: str) -> tuple[str, frozenset[str]]:
    """Return a requirement and its SHA-256 checksums; options of other kinds are passed over."""
    text, dashes, options = line.partition(" --")
    if not dashes:
        return line, frozenset()
    try:
        words = shlex.split("--" + options)
    except ValueError as error:
        raise UsageError(f"{place}: {error}", cure="Correct the line.") from None
    written = " ".join(words).replace("--hash sha256:", "--hash=sha256:")
    found = re.findall(r"--hash=sha256:(\S*)", written)
    for digest in found:
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise UsageError(
                f"{place}: {digest!r} is not a SHA-256 checksum.", cure="Correct the line."
            )
    return text.strip(), frozenset(found)


def _requirement(text: str, place: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"{place}: {text!r} is not a requirement: {reason}", cure="Correct the line."
        ) from None
