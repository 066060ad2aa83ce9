"""Requirements files, as pip reads them, without asking any index."""

from __future__ import annotations

import codecs
import itertools
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from winarm.errors import FileSystemError, UsageError
from winarm.storage import read_bounded

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
#: Options that include another file, and whether that is one of constraints.
_FILES = {"-r": False, "--requirement": False, "-c": True, "--constraint": True}
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
class _Line:
    """A line of a file: an option with its value, or a requirement."""

    #: `--index-url`; empty for a requirement.
    option: str
    text: str
    place: str
    #: The file that it stands in, and whether that is one of constraints.
    file: Path
    constrains: bool


def read_requirements(path: Path, environ: Mapping[str, str]) -> RequirementsFile:
    """Return what the file at `path` and all files that it includes ask for.

    :param environ: the variables that `${NAME}` stands for.
    :raises UsageError: a line cannot be understood, or a file includes itself.
    :raises FileSystemError: a file cannot be read.
    """
    lines: list[RequirementLine] = []
    constraints: list[Requirement] = []
    elsewhere: list[str] = []
    places: dict[str, list[str]] = {"index": [], "extra": [], "links": []}
    no_index = False
    for line in _lines(path, environ, itertools.count(1)):
        if kind := _PLACES.get(line.option):
            relative = kind == "links" and "://" not in line.text
            places[kind].append(str(line.file.parent / line.text) if relative else line.text)
        elif line.option == "--no-index":
            no_index = True
        elif line.option in {"-e", "--editable"} or (not line.option and _is_elsewhere(line)):
            elsewhere.append(f"{line.text.partition(' --')[0]} ({line.place})")
        elif not line.option:
            found = _requirement(line)
            if line.constrains:
                constraints.append(found.requirement)
            else:
                lines.append(found)
        elif line.option not in _PASSED_OVER:
            raise UsageError(
                f"{line.place}: {line.option} is not an option of a requirements file.",
                cure="Correct the line.",
            )
    return RequirementsFile(
        lines=tuple(lines),
        constraints=tuple(constraints),
        elsewhere=tuple(elsewhere),
        index=places["index"][-1] if places["index"] else None,
        extra=tuple(places["extra"]),
        links=tuple(places["links"]),
        no_index=no_index,
    )


def _lines(
    path: Path,
    environ: Mapping[str, str],
    number: Iterator[int],
    above: tuple[Path, ...] = (),
    *,
    constrains: bool = False,
) -> Iterator[_Line]:
    """Yield the lines of a file, each that includes another file replaced by the lines of that.

    :param number: counts the files.
    :param above: the files that include this one.
    """
    # First, because a link to itself or a name with a NUL is not a file and cannot be resolved.
    content = _text(path)
    resolved = path.resolve()
    if resolved in above:
        circle = " includes ".join(
            file.name for file in (*above[above.index(resolved) :], resolved)
        )
        raise UsageError(
            f"{path} includes itself: {circle}.", cure="Remove one of the -r or -c lines."
        )
    if next(number) > MAX_FILES:
        raise UsageError(
            f"{above[0]} includes more than {MAX_FILES} files.", cure="Name fewer files."
        )
    for start, written in _logical_lines(content):
        place = f"{path}:{start}"
        # As pip does: capitals in braces; one that is not set stays as it is.
        text = re.sub(r"\$\{([A-Z0-9_]+)\}", lambda m: environ.get(m[1]) or m[0], written)
        option = ""
        if match := re.match(r"(--[\w-]+|-\w|-)(?:\s*=\s*|\s+)?(.*)$", text):
            option, text = match[1], match[2].strip().strip("\"'")
        if option not in _FILES:
            yield _Line(option, text, place, path, constrains)
            continue
        if "://" in text:
            raise UsageError(
                f"{place}: {text} is an address; winarm reads local files only.",
                cure="Download it, and name the file.",
            )
        yield from _lines(
            path.parent / text,
            environ,
            number,
            (*above, resolved),
            constrains=constrains or _FILES[option],
        )


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number: continued lines joined, comments left out."""
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
        is_there = path.is_file()
    except OSError as error:
        raise FileSystemError(path, error, cure="Make it readable.") from error
    if not is_there:
        raise UsageError(f"there is no requirements file {path}.", cure="Check its name.")
    content = read_bounded(path, MAX_FILE, cure="Name a requirements file.")
    # `pip freeze > requirements.txt` in a PowerShell writes UTF-16.
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{path}:{line}: it is not UTF-8 text.", cure="Save the file as UTF-8."
        ) from None


def _is_elsewhere(line: _Line) -> bool:
    """Return whether a requirement is an address, a folder or a file."""
    # Without options such as --hash, a marker and extras.
    named = re.split(r" --|;|\[", line.text, maxsplit=1)[0].strip()
    return not line.constrains and (
        re.match(r"(git|hg|svn|bzr)\+|https?://|file:", line.text) is not None
        or named.startswith((".", "/", "~"))
        or (named.endswith((".whl", ".tar.gz", ".zip")) and " " not in named)
    )


def _requirement(line: _Line) -> RequirementLine:
    """Return a requirement with its SHA-256 checksums; options of other kinds are passed over."""
    text, dashes, options = line.text.partition(" --")
    try:
        words = shlex.split(dashes + options)
    except ValueError as error:
        raise UsageError(f"{line.place}: {error}", cure="Correct the line.") from None
    written = " ".join(words).replace("--hash sha256:", "--hash=sha256:")
    digests = re.findall(r"--hash=sha256:(\S*)", written)
    for digest in digests:
        if not re.fullmatch("[0-9a-f]{64}", digest):
            raise UsageError(
                f"{line.place}: {digest!r} is not a SHA-256 checksum.", cure="Correct the line."
            )
    try:
        requirement = Requirement(text.strip())
    except InvalidRequirement as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"{line.place}: {text.strip()!r} is not a requirement: {reason}",
            cure="Correct the line.",
        ) from None
    return RequirementLine(requirement, frozenset(digests), line.place)
