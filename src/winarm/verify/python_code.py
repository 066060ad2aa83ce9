"""What the wheel's own Python code does about DLLs, read from its syntax and never run.

CPython loads extension modules with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and
LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR (Python/dynload_win.c). Other folders count only once code has
called `os.add_dll_directory`, or has loaded the DLL itself by its path. What no import and no call
reaches does not count.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from winarm.verify.python_places import ELSEWHERE, UNKNOWN, Place
from winarm.verify.python_values import Lookup
from winarm.verify.python_visit import ADDING, LOADING, Does, Visited, visited

#: Without one of these words, or one of the others and ctypes, a file has nothing to do with DLLs.
_SEARCH_WORDS = (b"add_dll_directory", b"LoadLibrary", b"DLL", b"dlopen", b"SetDllDirectory")
_CTYPES_WORDS = (b"AddDllDirectory", b"cdll", b"windll", b"load_library")
#: Those of ctypes, which leave out the current folder and PATH (CDLL.__init__).
_STRICT = frozenset({"CDLL", "WinDLL", "OleDLL", "PyDLL", "LoadLibrary"})
#: Paths of one file that are kept, and steps of its import.
_MOST_PLACES = 100
_MOST_STEPS = 3000
#: Functions of one file that are looked into for steps, some of them many times.
_MOST_FOLLOWED = 5000


def may_search(text: bytes) -> bool:
    """Return whether a file may have to do with DLLs."""
    return any(word in text for word in _SEARCH_WORDS) or (
        b"ctypes" in text and any(word in text for word in _CTYPES_WORDS)
    )


class Step(NamedTuple):
    """Something that importing a file does."""

    does: Does
    #: Of a module, its path without a suffix; of a name, the name.
    place: Place
    #: An import that is always tried, and whose error is not caught; a folder that stays.
    certain: bool = False


@dataclass(frozen=True)
class Code:
    """What one file does about DLLs."""

    #: Folders that it adds to those that are searched.
    added: tuple[Place, ...] = ()
    #: DLLs that it loads by path.
    loaded: tuple[Place, ...] = ()
    #: Those of them that it can do without.
    tried: frozenset[Place] = frozenset()
    #: Those that importing the file loads, and those without which its import fails.
    loaded_at_once: frozenset[Place] = frozenset()
    needed: tuple[Place, ...] = ()
    #: Those that functions load which nothing calls, but users of the package may.
    offered: tuple[Place, ...] = ()
    #: Last names of modules that it imports and can do without, and those that it must have.
    optional: frozenset[str] = field(default_factory=frozenset)
    required: frozenset[str] = field(default_factory=frozenset)
    #: What importing the file does, in order; more rather than less.
    steps: tuple[Step, ...] = ()
    #: What its functions that have to do with DLLs do, by their names.
    functions: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)


#: What may add any folder.
UNREADABLE = Code(added=(UNKNOWN,), steps=(Step(Does.ADD, UNKNOWN),))


@dataclass(frozen=True)
class Others:
    """What the other files of a wheel say about one file."""

    #: Returns those of the file's functions whose names other files have in them.
    using: Callable[[frozenset[str]], frozenset[str]] = lambda _functions: frozenset()
    #: Returns calls in other files that pass arguments to such functions, with their names.
    calling: Callable[[frozenset[str]], Sequence[tuple[str, ast.Call]]] = lambda _functions: ()
    lookup: Lookup = field(default_factory=Lookup)


def read_code(
    file: tuple[str, ...], text: bytes, others: Others | None = None, *, machine: str = ""
) -> Code | None:
    """Return what a Python file does about DLLs, or None if it is not Python.

    :param file: where it is installed.
    :param machine: what `platform.machine()` returns, or "" where that depends.
    """
    others = others or Others()
    try:
        return _Effects(visited(file, text, others.lookup, machine), others).code()
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError):
        return UNREADABLE


@dataclass(frozen=True)
class Given:
    """What one file gives others, in expressions of constants and of places."""

    _file: Visited

    def value(self, path: tuple[str, ...], call: ast.Call | None) -> ast.expr:
        """Return what `a.b`, names of the file, stands for, or what a call of it returns."""
        node: ast.expr = ast.Name(path[0])
        for name in path[1:]:
            node = ast.Attribute(node, name)
        if call is not None:
            node = ast.Call(node, call.args, call.keywords)
        return self._file.paths.closed(node)

    def calls(self, functions: frozenset[str], package: str) -> list[tuple[str, ast.Call]]:
        """Return the calls that pass arguments to functions of other files of a package."""
        return [
            (path[-1], self._file.paths.closed_call(call))
            for call in (one.node for one in self._file.calls)
            if call.args or call.keywords
            for path in self._file.names.paths_of(call.func)
            if path[-1] in functions and path[0] == package
        ]


def read_names(
    file: tuple[str, ...], text: bytes, lookup: Lookup, *, machine: str = ""
) -> Given | None:
    """Return what a Python file gives others, or None where it cannot be read."""
    try:
        return Given(visited(file, text, lookup, machine))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Effects:
    """What a file does about DLLs, worked out from what was visited."""

    def __init__(self, file: Visited, others: Others) -> None:
        self._file = file
        self._names = file.names
        self._paths = file.paths
        self._others = others
        #: The functions that run at some time, and whether other files were asked for them.
        self._reached: frozenset[str] | None = None
        self._asked = False
        self._followed = 0

    def code(self) -> Code:
        """Return what the file does."""
        self._take_arguments()
        added: dict[Place, None] = {}
        loaded: dict[Place, bool] = {}
        loaded_at_once: set[Place] = set()
        for call in self._file.calls:
            name = self._names.called(call.node.func)
            if not self._concerns(call.node):
                continue
            if not self._runs(call.inside):
                continue
            places = self._arguments(call.node)
            guarded = call.guarded or (len(places) > 1 and not self._names.is_looped(call.node))
            for place in places:
                if name in ADDING:
                    added[place] = None
                else:
                    loaded[place] = guarded and loaded.get(place, True)
                    if self._at_top.issuperset(call.inside):
                        loaded_at_once.add(place)
            if len(added) + len(loaded) > _MOST_PLACES:
                # Without a limit, each DLL would be compared with each path.
                return UNREADABLE
        if self._file.passes_on:
            # Passed on to something else, such as map().
            added[UNKNOWN] = None
        return Code(
            tuple(added),
            tuple(loaded),
            frozenset(place for place, tried in loaded.items() if tried),
            frozenset(loaded_at_once),
            tuple(dict.fromkeys(self._needed())),
            tuple(dict.fromkeys(islice(self._offered(), _MOST_PLACES))),
            self._file.optional,
            self._file.required,
            tuple(self._all_steps("")),
            self._functions_with_dlls(),
        )

    def _take_arguments(self) -> None:
        """Let parameters of functions with DLLs have what other files pass them."""
        names, deciding = self._names, self._deciding
        functions = frozenset(
            one
            for one in self._concerning
            if any(parameter.lstrip("*") in deciding for parameter in names.functions.get(one, ()))
        )
        for function, call in self._others.calling(functions) if functions else ():
            names.pass_to(function, call)

    @property
    def _deciding(self) -> frozenset[str]:
        """The names that decide which folders are added, and which DLLs are loaded."""
        found: set[str] = set()
        pending: list[ast.expr] = [
            one for call in self._file.calls if self._concerns(call.node) for one in call.node.args
        ]
        while pending:
            for node in ast.walk(pending.pop()):
                name = f".{node.attr}" if isinstance(node, ast.Attribute) else ""
                name = node.id if isinstance(node, ast.Name) else name
                if name and name not in found:
                    found.add(name)
                    pending += self._names.values.get(name, ())
                    pending += self._names.elements.get(name, ())
        return frozenset(found)

    def _loads(self, call: ast.Call) -> bool:
        return self._concerns(call) and self._names.called(call.func) in LOADING

    def _offered(self) -> Iterator[Place]:
        """Yield the DLLs that functions load which nothing calls."""
        for call in self._file.calls:
            if self._loads(call.node) and not self._runs(call.inside):
                yield from self._arguments(call.node)

    def _needed(self) -> Iterator[Place]:
        """Yield the DLLs that importing the file always loads."""
        for call in self._file.calls:
            places = self._arguments(call.node) if call.sure and self._loads(call.node) else []
            if len(places) == 1 and (places[0].is_exact or places[0].root == ELSEWHERE):
                yield from (one for one in places if one.parts)

    def _functions_with_dlls(self) -> Mapping[str, tuple[Step, ...]]:
        """Return what these functions do."""
        return {function: tuple(self._all_steps(function)) for function in self._concerning}

    @cached_property
    def _concerning(self) -> list[str]:
        """The functions that add folders or load DLLs, themselves or by others."""
        calls = (one for one in self._file.calls if self._concerns(one.node))
        found = {one.inside[-1] for one in calls if one.inside}
        users: dict[str, list[str]] = defaultdict(list)
        for function, used in self._file.used.items() if found else ():
            for name in used & self._names.functions.keys():
                users[name].append(function)
        pending = list(found)
        while pending:
            new = {user for user in users[pending.pop()] if user} - found
            found |= new
            pending += new
        return sorted(found)

    def _concerns(self, call: ast.Call) -> bool:
        """Return whether a call adds a folder or loads a DLL."""
        return self._names.called(call.func) in ADDING | LOADING and not self._names.is_own(call)

    def _all_steps(self, function: str) -> Iterator[Step]:
        steps = list(islice(self._steps(function, set()), _MOST_STEPS))
        if self._file.passes_on or len(steps) == _MOST_STEPS:
            yield Step(Does.ADD, UNKNOWN)
        dropped = {step.place for step in steps if step.does is Does.DROP}
        for step in steps:
            stays = step.does is Does.ADD and step.place not in dropped
            yield step._replace(certain=True) if stays else step

    def _steps(self, function: str, done: set[str]) -> Iterator[Step]:
        """Yield what a function does, and the functions that it uses, each once."""
        done.add(function)
        self._followed += 1
        if self._followed > _MOST_FOLLOWED:
            yield Step(Does.ADD, UNKNOWN)
            return
        for does, what, modules, certain, anyhow in self._file.events.get(function, ()):
            if anyhow:
                steps = self._steps(f"{what}", {*done})
                yield from (step for step in steps if step.does is not Does.IMPORT)
            elif does is Does.IMPORT:
                yield from (Step(does, Place("site", module), certain) for module in modules)
            elif does is None:
                if what not in self._names.functions:
                    yield Step(Does.USE, Place("", (f"{what}",)))
                elif what not in done:
                    yield from self._steps(f"{what}", done)
            elif isinstance(what, str):
                yield Step(does, UNKNOWN)
            elif not self._names.is_own(what):
                yield from (Step(does, place) for place in self._arguments(what))

    def _runs(self, inside: tuple[str, ...]) -> bool:
        """Return whether what is in these functions, one in the other, runs at some time."""
        if self._reached is None:
            self._reached = self._following(self._file.called_anyhow | {""})
        if not self._asked and not self._reached.issuperset(inside):
            self._asked = True
            around = (one.inside for one in self._file.calls if self._concerns(one.node))
            used = self._others.using(frozenset(self._concerning).union(*around))
            self._reached = self._following(used | self._file.called_anyhow | {""})
        return self._reached.issuperset(inside)

    @cached_property
    def _at_top(self) -> frozenset[str]:
        """The functions that the file's own statements call, directly or not."""
        return self._following({""})

    def _following(self, first: Iterable[str]) -> frozenset[str]:
        """Return functions, and the file's functions that are named in them, and so on."""
        found = set(first)
        pending = list(found)
        while pending:
            new = {
                name
                for name in self._file.used.get(pending.pop(), ())
                if name in self._names.functions
            }
            pending += new - found
            found |= new
        return frozenset(found)

    def _arguments(self, call: ast.Call) -> list[Place]:
        keywords = {one.arg: one.value for one in call.keywords}
        values = [
            *call.args[:1],
            *(keywords[name] for name in ("name", "path") if name in keywords),
        ]
        # SetDllDirectoryW(None) removes a folder, CDLL(None) loads nothing.
        if not values or (isinstance(values[0], ast.Constant) and values[0].value is None):
            return []
        places = [self._from_here(one, call, keywords) for one in self._paths.places(values[0])]
        along = [one for one in places if not one.root and len(one.parts) == 1]
        return places + [way.joined(one) for one in along for way in self._paths.search_path]

    def _from_here(self, place: Place, call: ast.Call, keywords: Iterable[str | None]) -> Place:
        """Return where a relative path leads: the current folder is not the package's."""
        name = self._names.called(call.func)
        if name in LOADING and place.parts and place.parts[-1] and "." not in place.parts[-1]:
            # The loader appends the suffix to a name without one.
            place = Place(place.root, (*place.parts[:-1], f"{place.parts[-1]}.dll"))
        if place.root or not place.parts or None in place.parts:
            return place
        if name in ADDING or len(place.parts) > 1:
            return Place("?" if self._file.moves else ELSEWHERE).joined(place)
        is_strict = name in _STRICT and "winmode" not in keywords
        return place._replace(root=ELSEWHERE if is_strict else "")
