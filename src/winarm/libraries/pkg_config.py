"""pkg-config files of a prefix, made to name the folders where the prefix is now.

A `.pc` file holds the paths of the place that it was built for, and names `-lz` where the file may
be called `zlib.lib`. The copies here have every path expanded, name one library folder (see
`view`), and say what a static library needs where static ones are linked.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from winarm.errors import FileSystemError
from winarm.locate.folders import files

#: Longest file that is read, in bytes, and the most of one folder.
MAX_SIZE = 2**20
MAX_FILES = 10_000
#: Variables that stand inside each other deeper than this are a loop.
MAX_NESTING = 32
#: Longest value that variables may expand to, in characters.
MAX_EXPANDED = 2**16

_VARIABLE = re.compile(r"\$\{([^{}$]*)\}")
_LINE = re.compile(r"([A-Za-z0-9_.]+)\s*([=:])\s*(.*)", re.DOTALL)

#: What ends or quotes a word, as characters for private use.
_SPECIAL = " \t\\\"'#"
_PROTECTED = {ord(char): 0xE000 + number for number, char in enumerate(_SPECIAL)}
_UNPROTECTED = {code: char for char, code in _PROTECTED.items()}

#: Of other systems, in the fields of a library that knows Windows.
_NOT_ON_WINDOWS = frozenset(("-ldl", "-lrt", "-lnsl", "-lresolv", "-pthread"))
#: Of MinGW, which Microsoft's linker does not have.
_NOT_WITH_MSVC = frozenset(("-lm", "-lpthread", "-lc", "-lgcc", "-lmingwex"))


@dataclass(frozen=True, slots=True)
class Package:
    """What one `.pc` file says, with all variables expanded."""

    #: Name of the file without `.pc`.
    name: str
    variables: Mapping[str, str]
    fields: Mapping[str, str]

    def libraries(self, field: str = "Libs") -> tuple[str, ...]:
        """Return the names of libraries that follow `-l` in a field, in lower case."""
        words = split(self.fields.get(field, ""))
        return tuple(word[2:].lower() for word in words if word.startswith("-l"))

    def requirements(self, *, private: bool) -> tuple[str, ...]:
        """Return the names of the packages that it requires."""
        text = self.fields.get("Requires", "")
        if private:
            text = f"{text},{self.fields.get('Requires.private', '')}"
        without_versions = re.sub(r"[<>=!]+\s*[^\s,]+", " ", text)
        return tuple(dict.fromkeys(without_versions.replace(",", " ").split()))


def packages_in(folders: Mapping[Path, Path]) -> dict[str, Package]:
    """Return the packages that folders have by name; the first of a name counts.

    :param folders: each with the root of the prefix that it is in.
    :raises FileSystemError: a file cannot be read.
    """
    found: dict[str, Package] = {}
    for folder, root in folders.items():
        named = [path for path in files(folder) if path.suffix == ".pc"]
        for path in named[:MAX_FILES]:
            if path.stem not in found:
                try:
                    with path.open("rb") as file:
                        text = file.read(MAX_SIZE).decode("utf-8", "replace")
                except OSError as error:
                    raise FileSystemError(path, error, cure="Make it readable.") from error
                found[path.stem] = read_package(path.stem, text, root, folder)
    return found


def read_package(name: str, text: str, root: Path, folder: Path) -> Package:
    r"""Return what the text of a `.pc` file says for a prefix that is at `root` now.

    >>> text = "prefix=/old\nlibdir=/old/lib\nLibs: -L${libdir} -lz\n"
    >>> read_package("zlib", text, PurePosixPath("/new"), PurePosixPath("/f")).fields
    {'Libs': '-L/new/lib -lz'}
    """
    variables = {"pcfiledir": folder.as_posix()}
    fields: dict[str, str] = {}
    old = ""
    for line in _lines(text):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        key, sign, value = match.groups()
        if sign == ":":
            # An author's mistake is the last one's to win, as pkgconf has it.
            is_list = key.startswith(("Libs", "Cflags"))
            fields[key] = _words(value, variables) if is_list else _expanded(value, variables)
            continue
        if key == "prefix":
            old = _expanded(value, variables).strip("\"'")
            value = root.as_posix()
        elif old and is_absolute(old) and (value + "/").startswith(old.rstrip("/") + "/"):
            value = root.as_posix() + value[len(old.rstrip("/")) :]
        variables[key] = _expanded(value, variables)
    return Package(name, variables, fields)


def _lines(text: str) -> Iterator[str]:
    joined = re.sub(r"\\\r?\n", " ", text)
    for line in joined.splitlines():
        yield re.sub(r"(?:^|\s)#.*$", "", line).strip()


def is_absolute(path: str) -> bool:
    """Return whether a path is absolute on any system."""
    return PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()


def _expanded(text: str, variables: Mapping[str, str], *, protected: bool = False) -> str:
    """Return `text` with its variables replaced; unknown ones are empty, as pkgconf has it.

    :param protected: write what ends a word inside of paths as characters that end none.
    """
    room = MAX_EXPANDED

    def value(match: re.Match[str]) -> str:
        nonlocal room
        found = variables.get(match[1], "")
        room -= len(found)
        if room < 0:
            return ""
        return found.translate(_PROTECTED) if protected and is_absolute(found) else found

    for _ in range(MAX_NESTING):
        text, count = _VARIABLE.subn(value, text)
        if not count or room < 0:
            break
    return text[:MAX_EXPANDED]


def _words(text: str, variables: Mapping[str, str]) -> str:
    """Return a field that is a list of arguments, with each path one word."""
    words = split(_expanded(text, variables, protected=True))
    return " ".join(escaped(word.translate(_UNPROTECTED)) for word in words)


def escaped(word: str) -> str:
    r"""Return a word as a field of a `.pc` file has it.

    >>> print(escaped("/my libs/it's"))
    /my\ libs/it\'s
    """
    return re.sub(r"""([\s\\"'`$&;()<>|*?#~])""", r"\\\1", word)


def split(field: str) -> list[str]:
    r"""Return the words of a field; `\` escapes as in a shell.

    >>> split(r"-I/my\ libs -DX='a b'")
    ['-I/my libs', '-DX=a b']
    """
    try:
        return shlex.split(field)
    except ValueError:
        return field.split()


def aliases(packages: Mapping[str, Package], known: Mapping[str, object]) -> dict[str, str]:
    """Return further names of libraries: zlib.pc says `-lz` where the file is `libzlib.dll.a`.

    :param known: the names that files have.
    """
    found: dict[str, str] = {}
    for package in packages.values():
        called = package.name.lower()
        for own in package.libraries()[:1]:
            if own not in known:
                found[own] = next(
                    (n for n in (called, called.removeprefix("lib")) if n in known), ""
                )
            elif called not in known:
                found[called] = own
    return {alias: name for alias, name in found.items() if name}


def named(packages: Mapping[str, Package]) -> dict[str, Package]:
    """Return the packages by each name under which a project may ask for one.

    scipy-openblas.pc says `Name: openblas`, and that is what projects ask for.
    """
    further = {
        name: package
        for package in packages.values()
        if re.fullmatch(r"[A-Za-z0-9][\w.+-]*", name := package.fields.get("Name", ""))
    }
    return {**further, **packages}


def needed_by(package: Package, packages: Mapping[str, Package]) -> list[str]:
    """Return the libraries that a package needs beside its own, each after what needs it."""
    found = [*package.libraries("Libs.private")]
    pending, seen = list(package.requirements(private=True)), {package.name}
    while pending:
        name = pending.pop(0)
        if name in packages and name not in seen:
            seen.add(name)
            other = packages[name]
            found += [*other.libraries(), *other.libraries("Libs.private")]
            pending += other.requirements(private=True)
    return list(dict.fromkeys(reversed(found)))[::-1]


def rewritten(
    package: Package,
    *,
    library_dir: Path,
    own_dirs: Iterable[Path],
    library_files: Mapping[str, Path],
    known: Mapping[str, Package],
    static: bool,
    msvc: bool,
) -> str:
    """Return the text of a `.pc` file whose libraries are in `library_dir`.

    :param own_dirs: the library folders of the prefixes, which `library_dir` replaces.
    :param library_files: what a library that is named by its path becomes, by that path as `normal`
        has it.
    :param known: all packages; a private requirement that is not there is left out.
    :param static: say what static libraries need to everybody who links them.
    """
    replaced = {normal(folder.as_posix()) for folder in (*own_dirs, library_dir)}
    fields = dict(package.fields)
    private = fields.pop("Libs.private", "")
    words = split(fields.get("Libs", "")) + (split(private) if static else [])
    dropped = _NOT_ON_WINDOWS | _NOT_WITH_MSVC if msvc else _NOT_ON_WINDOWS
    libs = [f"-L{library_dir.as_posix()}"]
    for word in words:
        if word.startswith("-L") and normal(word[2:]) in replaced:
            continue
        if word in dropped:
            continue
        file = library_files.get(normal(word))
        libs.append(file.as_posix() if file else word)
    fields["Libs"] = " ".join(map(escaped, dict.fromkeys(libs) if not static else libs))
    requires = list(package.requirements(private=False))
    missing = [name for name in package.requirements(private=True) if name not in known]
    if static:
        public = fields.get("Requires", "")
        more = [n for n in package.requirements(private=True) if n not in requires and n in known]
        fields["Requires"] = ", ".join(filter(None, (public, *more)))
    if static or any(name not in requires for name in missing):
        # pkgconf looks for these for headers, too, and fails where one is missing.
        fields.pop("Requires.private", None)
    variables = {**package.variables, "libdir": library_dir.as_posix()}
    variables.pop("pcfiledir", None)
    lines = [f"{name}={value}" for name, value in variables.items()]
    return "\n".join([*lines, *(f"{key}: {value}" for key, value in fields.items())]) + "\n"


def normal(path: str) -> str:
    """Return a path in the form in which two are compared."""
    return posixpath.normpath(path.replace("\\", "/")).lower()


def broken(packages: Mapping[str, Package]) -> dict[str, str]:
    """Return the packages whose requirements are missing or a loop, each with what is wrong."""
    found: dict[str, str] = {}
    for package in packages.values():
        for name in package.requirements(private=False):
            if name not in packages:
                found[package.name] = f"it requires {name}, and there is no {name}.pc"
    for name in packages:
        loop = _loop(name, packages)
        if loop:
            found.setdefault(name, f"it requires itself: {' → '.join(loop)}")
    return found


def _loop(start: str, packages: Mapping[str, Package]) -> list[str]:
    """Return the way on which a package requires itself, or nothing."""
    pending = [[start]]
    seen: set[str] = set()
    while pending:
        way = pending.pop()
        for name in packages[way[-1]].requirements(private=False) if way[-1] in packages else ():
            if name == start:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                pending.append([*way, name])
    return []
