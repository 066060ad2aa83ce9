"""The Python code of a wheel or folder, and what of it an import runs, in order.

Files are read and parsed only when asked for, within bounds for all of them.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain

from winarm.target import WIN_ARM64
from winarm.verify.dlls import LOADED_BY
from winarm.verify.facts import Facts
from winarm.verify.member_names import folded, installed, is_module, place_of
from winarm.verify.python_code import (
    UNREADABLE,
    Code,
    Given,
    Others,
    Step,
    may_search,
    read_code,
    read_names,
)
from winarm.verify.python_places import ELSEWHERE, UNKNOWN
from winarm.verify.python_values import NOT_TOLD, Lookup
from winarm.verify.python_visit import Does

#: Bytes of one Python file, and of all that are looked through.
_MOST_SOURCE = 2**20
_MOST_READ = 64 * 2**20
#: Paths in code that are compared with places of DLLs.
MOST_COMPARED = 300_000
#: What it costs to read a file, beside its bytes.
_READING = 2**11
#: Bytes of files that are kept, since most are looked through more than once or not at all.
_MOST_KEPT = 8 * 2**20
#: What a syntax tree has about as many nodes as, and how many of these one file and all files that
#: are parsed may have: half a million lines of one letter take seconds and hundreds of MiB. The
#: largest published file that loads DLLs has 41,000, the largest wheel 180,000.
_PIECES = (b"\n", b",", b";", b"(", b".", b"=", b"+", b"-", b"*", b"[", b"{")
_MOST_PIECES = 60_000
_MOST_PIECES_IN_ALL = 400_000
#: Bytes of a file whose names are looked up for others, and pieces of all such files.
_LARGEST_GIVING = 2**15
_MOST_GIVING = 20_000
#: Bytes of a wheel for which one more of them is allowed, beside those of one file; and what it
#: costs to parse a file at all.
_BYTES_A_PIECE = 32
_PARSING = 25
#: Folders of code that no import of the package runs.
_TEST_FOLDERS = frozenset({
    "benchmark", "benchmarks", "demo", "demos", "docs", "example", "examples", "samples", "test",
    "test_data", "testdata", "testing", "tests",
})  # fmt: skip
_WORD = re.compile(r"\w+")
#: So many names are looked for one by one in a file, before it is taken apart into words.
_FEW_NAMES = 32
#: Modules that import one another, one in the other.
_DEEPEST_IMPORT = 40
#: In compiled code: the names of the functions that extend the search.
_COMPILED_WORDS = (b"add_dll_directory", b"AddDllDirectory", b"SetDllDirectory")
#: What extends the folders in which Python looks for modules, or loads one from anywhere; ctypes
#: loads what is a library beside.
_FINDING_WORDS = re.compile(rb"sys\.path|addsitedir|importlib|__path__|runpy|load_dynamic|ctypes")
_MODULES_OF_PYTHON = frozenset(chain.from_iterable(LOADED_BY.values()))


@dataclass(frozen=True)
class Run:
    """Files that have been imported, and those of their functions that have not run."""

    seen: set[str] = field(default_factory=set)
    functions: dict[str, list[tuple[Step, ...]]] = field(default_factory=dict)


class WheelCode:
    """Reads the code of a subject."""

    def __init__(self, subject: Facts) -> None:
        self._subject = subject
        self._codes: dict[str, Code | None] = {}
        self._searching: dict[str, bool] = {}
        self._words: dict[str, bool] = {}
        self._read = self._parsed = self._compared = 0
        size = subject.archive.size if subject.archive is not None else 0
        self._most_parsed = min(_MOST_PIECES_IN_ALL, _MOST_PIECES + size // _BYTES_A_PIECE)
        self._lookup = Lookup(self._find)
        self._looking = 0
        self._looked_up: dict[tuple[tuple[str, ...], bool], Sequence[ast.expr]] = {}
        self._given: dict[str, Given | None] = {}
        self._set_in: dict[str, frozenset[str]] = {}
        self._kept: dict[str, bytes] = {}
        self._keeping = _MOST_KEPT

    def steps(
        self, module: tuple[str, ...], run: Run, *, certain: bool = True, depth: int = 0
    ) -> Iterator[tuple[Step, str]]:
        """Yield what importing a module of the wheel does, and each compiled module."""
        for file in self._importable.get(module, ()):
            if is_module(file):
                yield Step(Does.IMPORT, UNKNOWN, certain), file
                continue
            if file in run.seen:
                continue
            run.seen.add(file)
            if file not in self._codes and self._parsed > self._most_parsed // 2:
                # The rest is for code that has to do with DLLs.
                yield Step(Does.ADD, UNKNOWN), ""
                return
            code = self._code(file)
            if code is not None:
                yield from self._followed(code.steps, run, certain=certain, depth=depth)
                for name, steps in code.functions.items():
                    run.functions.setdefault(name, []).append(steps)

    def _followed(
        self, steps: Iterable[Step], run: Run, *, certain: bool, depth: int
    ) -> Iterator[tuple[Step, str]]:
        """Yield steps, and those of the modules and of the functions that they lead to."""
        if depth > _DEEPEST_IMPORT:
            yield Step(Does.ADD, UNKNOWN), ""
            return
        for step in steps:
            parts = tuple(map(str, step.place.parts))
            if step.does is Does.IMPORT:
                sure = certain and step.certain
                for count in range(1, len(parts) + 1):
                    path = ("site", *parts[:count])
                    yield from self.steps(path, run, certain=sure, depth=depth + 1)
            elif step.does is Does.USE:
                for inner in run.functions.pop(parts[0], ()):
                    yield from self._followed(inner, run, certain=False, depth=depth + 1)
            else:
                yield step, ""

    @cached_property
    def _importable(self) -> Mapping[tuple[str, ...], list[str]]:
        """The files of each module, by its path without a suffix."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in chain.from_iterable((*self._sources.values(), *self._modules.values())):
            # Python compares the case of names, which Windows does not.
            *folder, file = installed(member)
            name = file.partition(".")[0]
            found[tuple(folder if name == "__init__" else (*folder, name))].append(member)
        return found

    @cached_property
    def _modules(self) -> Mapping[tuple[str, ...], list[str]]:
        """The extension modules that can be read, by the place of their folder."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in self._subject.images:
            if is_module(member):
                found[place_of(member)[:-1]].append(member)
        return found

    def near(self, own: tuple[str, ...]) -> Iterator[tuple[str, Code]]:
        """Yield the code in the packages around the place of a folder, and of .pth files."""
        for count in range(1, len(own) + 1):
            yield from self._codes_of(self._sources.get(own[:count], ()))
        yield from self.started

    @cached_property
    def all_codes(self) -> tuple[tuple[str, Code], ...]:
        """Return what all files do that have to do with DLLs."""
        return tuple(self._codes_of(chain.from_iterable(self._sources.values())))

    @cached_property
    def _sources(self) -> Mapping[tuple[str, ...], list[str]]:
        """The Python files that may run, by the place of their folder."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in self._subject.names:
            if member.endswith(".py") and not is_test_code(member):
                found[place_of(member)[:-1]].append(member)
        for members in found.values():
            # What adds a folder is nearly always in the __init__.
            members.sort(key=lambda member: (not member.endswith("__init__.py"), member))
        return found

    @property
    def started(self) -> Iterator[tuple[str, Code]]:
        """Yield what .pth files do, and the files that they import."""
        return self._codes_of(self._started)

    @cached_property
    def _starts(self) -> list[str]:
        """The .pth files that Python reads at its start."""
        pths = (name for name in self._subject.names if name.endswith(".pth"))
        return [name for name in pths if len(installed(name)) == 2]  # noqa: PLR2004 - `site` and a name

    @cached_property
    def _started(self) -> list[str]:
        """The .pth files that Python runs at its start, and the files that they import."""
        text = b"\n".join(map(self.text, self._starts)).decode("utf-8", "replace")
        words = set(_WORD.findall(text))
        named = [
            member
            for member in chain.from_iterable(self._sources.values() if words else ())
            if words.issuperset(_WORD.findall(member.rpartition("/")[2].removesuffix(".py")))
        ]
        return [*self._starts, *named]

    def _codes_of(self, members: Iterable[str]) -> Iterator[tuple[str, Code]]:
        """Yield what those of some files do that have to do with DLLs."""
        for member in members:
            if self._read > _MOST_READ and member not in self._searching:
                # Not read, so it may add any folder.
                yield member, UNREADABLE
                return
            if member not in self._searching:
                text = self.text(member)
                self._searching[member] = may_search(text)
            code = self._code(member) if self._searching[member] else None
            if code is not None:
                yield member, code

    def _code(self, member: str) -> Code | None:
        if member not in self._codes:
            self._codes[member] = self._parse(member, self.text(member))
        return self._codes[member]

    def _parse(self, member: str, text: bytes) -> Code | None:
        pieces = _pieces(text)
        self._parsed += pieces + _PARSING
        if pieces > _MOST_PIECES or self._parsed > self._most_parsed:
            return UNREADABLE
        if member.endswith(".pth"):
            lines = (
                line for line in text.splitlines() if line.startswith((b"import ", b"import\t"))
            )
            text = b"\n".join(lines)
        using, calling = partial(self._used_beside, member), partial(self._calls_of, member)
        others = Others(using, calling, self._lookup)
        return read_code(installed(member)[1:], text, others, machine=self._machine)

    @property
    def _machine(self) -> str:
        return "ARM64" if self._subject.target == WIN_ARM64 else ""

    def _find(self, path: tuple[str, ...], call: ast.Call | None) -> Sequence[ast.expr]:
        """Return what names in a module of the wheel stand for, or a call of them, or nothing."""
        key = (path, call is not None)
        if key in self._looked_up and not (call and (call.args or call.keywords)):
            return self._looked_up[key]
        # Modules may import one another.
        self._looked_up[key] = ()
        for count in range(len(path) - 1, 0, -1):
            files = self._importable.get(("site", *path[:count]), ())
            given = [
                one for file in files if (one := self._names_of(file, path[count])) is not None
            ]
            if given:
                found = [one.value(path[count:], call) for one in given]
                doubts = [NOT_TOLD] * self._is_set_beside(path[count], files)
                self._looked_up[key] = [*found, *doubts]
            if files:
                break
        return self._looked_up[key]

    def _is_set_beside(self, name: str, files: Iterable[str]) -> bool:
        """Return whether another file may set a name of a module, as `module.name = …` does."""
        if name not in self._set_in:
            word = name.encode("utf-8", "replace")
            setting = re.compile(rb"\.%b\s*=[^=]" % re.escape(word))
            self._set_in[name] = frozenset(
                member
                for member in chain.from_iterable(self._sources.values())
                if word in (text := self.text(member)) and setting.search(text)
            )
        return not self._set_in[name].issubset(files)

    def _names_of(self, member: str, name: str) -> Given | None:
        """Return what the names of a file stand for; None of one without a name, or too many."""
        if member not in self._given:
            self._given[member] = None
            text = self.text(member)
            if not (_may_give(text, name) and member.endswith(".py")):
                del self._given[member]
                return None
            self._looking += _pieces(text) + _PARSING
            if len(text) <= _LARGEST_GIVING and self._looking <= _MOST_GIVING:
                file = installed(member)[1:]
                self._given[member] = read_names(file, text, self._lookup, machine=self._machine)
        return self._given[member]

    def _calls_of(self, member: str, functions: frozenset[str]) -> list[tuple[str, ast.Call]]:
        """Return the calls in other files that pass arguments to functions of a file."""
        found: list[tuple[str, ast.Call]] = []
        for other in chain.from_iterable(self._sources.values()):
            named = self._named(functions, other) if other != member else frozenset()
            names = b"|".join(name.encode("utf-8", "replace") for name in named)
            if not (named and re.search(rb"\b(%b)\s*\(\s*[^)\s]" % names, self.text(other))):
                continue
            given = self._names_of(other, next(iter(named)))
            if given is None or self._lookup.steps_left < 0:
                unknown = ast.Call(ast.Name(""), [ast.Starred(ast.Name(""))], [])
                found += [(name, unknown) for name in named]
            else:
                found += given.calls(named, installed(member)[1])
        return found

    def _used_beside(self, member: str, functions: frozenset[str]) -> frozenset[str]:
        """Return the functions of a file whose names are in other files."""
        points = (one for one in self._subject.names if one.endswith("/entry_points.txt"))
        found: set[str] = set()
        for other in chain(chain.from_iterable(self._sources.values()), points):
            if other != member:
                found |= self._named(functions - found, other)
            if self._read > _MOST_READ:
                # Not looked at: the benefit of the doubt.
                return functions
        return frozenset(found)

    def _named(self, names: frozenset[str], member: str) -> frozenset[str]:
        """Return those of some names that are words of a file."""
        text = self.text(member)
        if len(names) <= _FEW_NAMES:
            # Most files have none; taking their words apart was two thirds of onnxruntime's time.
            names = frozenset(name for name in names if name.encode("utf-8", "replace") in text)
        return names.intersection(_WORD.findall(text.decode("utf-8", "replace")) if names else ())

    def text(self, member: str) -> bytes:
        """Return the text of a file; nothing of one that is too large, or too late."""
        size = self._subject.sizes.get(member, 0)
        self._read += size + _READING
        if size > _MOST_SOURCE or self._read > _MOST_READ:
            return b""
        if member in self._kept:
            return self._kept[member]
        text = self._subject.read(member)
        self._keeping -= len(text) + _READING
        if self._keeping > 0:
            self._kept[member] = text
        return text

    def has_compiled_code(self, importer: str) -> bool:
        """Return whether compiled code of an image's packages may extend the search."""
        own = place_of(importer)[:-1]
        return any(
            self.has_word(member)
            for count in range(len(own), 0, -1)
            for member in self._compiled.get(own[:count], ())
        )

    @cached_property
    def _compiled(self) -> Mapping[tuple[str, ...], list[str]]:
        """The compiled modules, by the place of their folder."""
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for member in self._subject.names:
            if member.endswith((".pyc", ".pyd")) and not is_test_code(member):
                found[place_of(member)[:-1]].append(member)
        return found

    def has_word(self, member: str) -> bool:
        """Return whether a compiled file has a word of those that extend the search."""
        if member not in self._words:
            self._words[member] = self._looked_for(member)
        return self._words[member]

    def _looked_for(self, member: str) -> bool:
        self._read += self._subject.sizes.get(member, 0)
        if self._read > _MOST_READ:
            # Not looked at: the benefit of the doubt.
            return True
        content = self._subject.read(member)
        return any(word in content for word in _COMPILED_WORDS)

    def loader_of(self, member: str, *, at_once: bool = False) -> str | None:
        """Return a Python file that loads this very DLL by its path, or None.

        :param at_once: importing the file loads it.
        """
        return self._loaders[at_once].get(place_of(member))

    @cached_property
    def _loaders(self) -> Mapping[bool, Mapping[tuple[str, ...], str]]:
        """The first file that loads each DLL by its path: always, or whenever it is used."""
        found: dict[bool, dict[tuple[str, ...], str]] = {True: {}, False: {}}
        for source, code in self.all_codes:
            for at_once, paths in (True, code.loaded_at_once), (False, code.loaded):
                for one in paths:
                    if one.is_exact and one not in code.tried:
                        found[at_once].setdefault(one.place, source)
        return found

    def loaded_of(self, members: Iterable[str]) -> tuple[str, ...]:
        """Return those of some DLLs that code of the wheel may load itself."""
        loaded = {one for _, code in self.all_codes for one in code.loaded + code.offered}
        # Where Windows does not look, code that runs before may have loaded it.
        paths = {one._replace(root="") if one.root == ELSEWHERE else one for one in loaded}
        if not self._subject.may_read or any(one.is_unknown for one in paths):
            return tuple(members)
        found = []
        for member in members:
            self._compared += len(paths)
            place = place_of(member)
            if self._compared > MOST_COMPARED or any(one.fits(place) for one in paths):
                found.append(member)
        return tuple(found)

    @cached_property
    def has_loading_code(self) -> bool:
        """Return whether some Python file of the wheel loads DLLs itself."""
        return not self._subject.may_read or any(code.loaded for _, code in self.all_codes)

    def is_optional(self, module: str) -> bool:
        """Return whether code imports a module where it can do without, and nowhere else."""
        name = module.rpartition("/")[2].partition(".")[0]
        optional = False
        for code in self.importing(name):
            if name in code.required:
                return False
            optional = optional or name in code.optional
        return optional

    def may_find(self, module: str, *, beside: bool = False) -> bool:
        """Return whether code may find a module that an import alone does not.

        It extends `sys.path`, or loads the file itself, and has the module's name.

        :param beside: a script next to it finds it, too.
        """
        if not self._subject.may_read:
            return True
        place = place_of(module)
        names = frozenset({module.rpartition("/")[2].partition(".")[0]})
        found = any(
            _FINDING_WORDS.search(self.text(member))
            or (beside and place_of(member)[:-1] == place[:-1])
            for member in chain(self._scripts, chain.from_iterable(self._sources.values()))
            if self._named(names, member)
        )
        # What was not looked at has the benefit of the doubt.
        return found or self._read > _MOST_READ

    def below_path(self, folders: list[str]) -> list[str]:
        """Return those of a module's folders that an import names: below one of a .pth file."""
        lower = list(map(folded, folders))
        above = [len(root) for root in self._roots if root == lower[: len(root)]]
        return folders[max(above, default=0) :]

    @cached_property
    def _roots(self) -> list[list[str]]:
        """The folders in site-packages in which Python looks for modules: lines of .pth files."""
        lines = b"\n".join(map(self.text, self._starts)).decode("utf-8", "replace").splitlines()
        paths = [re.split(r"[/\\]", folded(line.strip())) for line in lines]
        return [[part for part in path if part not in {"", "."}] for path in paths]

    @cached_property
    def _scripts(self) -> list[str]:
        """The scripts that may be Python code, whatever their suffix: all that are no images."""
        return sorted(
            name
            for name in self._subject.names
            if place_of(name)[:2] == ("prefix", "scripts") and name not in self._subject.images
        )

    def importing(self, name: str) -> Iterator[Code]:
        """Yield the code of files that have a name in them."""
        if not self._subject.may_read:
            return
        of_python = name in _MODULES_OF_PYTHON
        for member in (self._users_of_python if of_python else self._users).get(name, ()):
            code = self._code(member)
            if code is not None:
                yield code

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        """The Python files that mention an extension module."""
        native = (*self._subject.natives, *chain.from_iterable(self._modules.values()))
        modules = frozenset(member.rpartition("/")[2].partition(".")[0] for member in native)
        return self._mentions(modules - _MODULES_OF_PYTHON)

    @cached_property
    def _users_of_python(self) -> Mapping[str, list[str]]:
        """The Python files that mention a module of Python with DLLs."""
        return self._mentions(_MODULES_OF_PYTHON)

    def _mentions(self, names: frozenset[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for members in self._sources.values():
            for member in members:
                for name in self._named(names, member):
                    found[name].append(member)
        return found


def _may_give(text: bytes, name: str) -> bool:
    """Return whether a file may give a name a value, or has it from another file."""
    return name.encode("utf-8", "replace") in text or b"import *" in text


def _pieces(text: bytes) -> int:
    """Return about how many nodes the syntax tree of a text has."""
    # Spaces between words, without those of an indentation.
    words = text.count(b" ") - 2 * text.count(b"  ")
    return sum(map(text.count, _PIECES)) + max(0, words)


def is_test_code(member: str) -> bool:
    """Return whether a file is a test, an example or the like: importing the package runs none."""
    *folders, name = member.lower().split("/")
    return (
        not _TEST_FOLDERS.isdisjoint(folders)
        or name.startswith("test_")
        or name in {"conftest.py", "setup.py"}
    )
