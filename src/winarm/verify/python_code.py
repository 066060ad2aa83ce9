"""What the wheel's own Python code does about DLLs, read from its syntax and never run.

CPython loads extension modules with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and
LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR (Python/dynload_win.c). Other folders count only once code has
called `os.add_dll_directory`, or has loaded the DLL itself by its path. What no import and no call
reaches does not count.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from winarm.verify.conditions import Conditions
from winarm.verify.python_names import Names, name_of
from winarm.verify.python_paths import Paths
from winarm.verify.python_places import ELSEWHERE, UNKNOWN, Place
from winarm.verify.python_values import Lookup

#: Without one of these words, or one of the others and ctypes, a file has nothing to do with DLLs.
_SEARCH_WORDS = (b"add_dll_directory", b"LoadLibrary", b"DLL", b"dlopen", b"SetDllDirectory")
_CTYPES_WORDS = (b"AddDllDirectory", b"cdll", b"windll", b"load_library")
#: The folder of SetDllDirectory is one of LOAD_LIBRARY_SEARCH_USER_DIRS (LoadLibraryEx in
#: Microsoft's documentation).
_ADDING = frozenset({
    "add_dll_directory", "AddDllDirectory", "SetDllDirectory", "SetDllDirectoryA",
    "SetDllDirectoryW",
})  # fmt: skip
_LOADING = frozenset({
    "CDLL", "WinDLL", "OleDLL", "PyDLL", "LoadLibrary", "LoadLibraryW", "LoadLibraryA",
    "LoadLibraryExW", "LoadLibraryExA", "dlopen", "load_library",
})  # fmt: skip
#: Objects of ctypes whose attributes are DLLs.
_LOADERS = frozenset({"cdll", "windll", "oledll", "pydll"})
#: Those of ctypes, which leave out the current folder and PATH (CDLL.__init__).
_STRICT = frozenset({"CDLL", "WinDLL", "OleDLL", "PyDLL", "LoadLibrary"})
#: Functions that run other modules, or any code.
_RUNNING = frozenset({"import_module", "__import__", "exec", "run_module", "run_path"})
#: Errors of an import that cannot be made.
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "OSError", "Exception",
                            "BaseException"})  # fmt: skip
#: Statements of one file that are left out because they are not understood, and bytes of such a
#: file.
_MOST_NEWER = 3
_LARGEST_NEWER = 2**15
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


class Does(Enum):
    """What a step of an import does with a path."""

    ADD = "add a folder to those that are searched"
    DROP = "remove such a folder"
    LOAD = "load a DLL"
    IMPORT = "import a module"
    USE = "use a name, which may be a function of another file"


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
    try:
        return _Reader.visited(file, text, others or Others(), machine).code()
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError):
        return UNREADABLE


@dataclass(frozen=True)
class Given:
    """What one file gives others, in expressions of constants and of places."""

    #: Returns what `a.b`, names of the file, stands for, or what a call of it returns.
    value: Callable[[tuple[str, ...], ast.Call | None], ast.expr]
    #: Returns the calls that pass arguments to functions of other files of a package.
    calls: Callable[[frozenset[str], str], Sequence[tuple[str, ast.Call]]]


def read_names(
    file: tuple[str, ...], text: bytes, lookup: Lookup, *, machine: str = ""
) -> Given | None:
    """Return what a Python file gives others, or None where it cannot be read."""
    try:
        reader = _Reader.visited(file, text, Others(lookup=lookup), machine)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return Given(reader.value, reader.calls)


def _parsed(text: bytes) -> ast.Module:
    """Return a file's syntax tree, without statements that only a newer Python understands."""
    for _ in range(_MOST_NEWER if len(text) <= _LARGEST_NEWER else 0):
        try:
            return _tree(text)
        except SyntaxError as error:
            lines = text.splitlines()
            first = (error.lineno or 0) - 1
            if not 0 <= first < len(lines):
                break
            indent = _indent(lines[first])
            body = (one for one in range(first + 1, len(lines)) if lines[one].strip())
            last = next((one for one in body if _indent(lines[one]) <= indent), len(lines))
            lines[first:last] = [b""] * (last - first)
            text = b"\n".join(lines)
    return _tree(text)


def _tree(text: bytes) -> ast.Module:
    """Return a file's syntax tree, without a word on stderr about its escapes and literals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


class _Call(NamedTuple):
    """A call, and where it is."""

    node: ast.Call
    #: The functions that it is in.
    inside: tuple[str, ...]
    #: An error of loading is caught, or something else may be loaded.
    guarded: bool
    #: It is made always when the file is imported.
    sure: bool


class _Event(NamedTuple):
    """A call, an import or the use of a name within one function, or at the top of the file."""

    #: None where a name is used: if it is a function's, the function may run.
    does: Does | None
    #: The call whose argument is the path, or the name.
    what: ast.Call | str
    #: Modules that are imported.
    modules: tuple[tuple[str, ...], ...] = ()
    certain: bool = False
    #: Not by its name: nothing tells whether the function runs, or when.
    anyhow: bool = False


class _Reader(ast.NodeVisitor):
    """Collects assignments and calls of a file, then evaluates the paths in the calls.

    A visit returns whether the statements after the node are never reached.
    """

    def __init__(self, names: Names, others: Others, machine: str) -> None:
        self._names = names
        self._others = others
        self._conditions = Conditions(machine, self._constant)
        self._paths = Paths(names, self._conditions, others.lookup)
        self._inside: tuple[str, ...] = ()
        self._class = ""
        #: An error of what is visited is caught.
        self._guarded = False
        #: Conditions, loops and handlers of errors around what is visited.
        self._doubts = 0
        #: Branches around it of which another one may run.
        self._choices = 0
        #: Names that are used in each function or class, and at the top ("").
        self._used: dict[str, set[str]] = defaultdict(set)
        self._events: dict[str, list[_Event]] = defaultdict(list)
        #: Functions that something else than their names calls.
        self._called_anyhow: set[str] = set()
        #: Names and attributes that are called, and names of those that are used otherwise.
        self._called: set[int] = set()
        self._passed_on: set[str] = set()
        self._calls: list[_Call] = []
        #: The functions that run at some time, and whether other files were asked for them.
        self._reached: frozenset[str] | None = None
        self._asked = False
        self._references = self._followed = self._yields = 0
        #: The file changes the current folder.
        self._moves = False
        self._optional: set[str] = set()
        self._required: set[str] = set()

    @classmethod
    def visited(cls, file: tuple[str, ...], text: bytes, others: Others, machine: str) -> _Reader:
        """Return the reader of a file, once all of it is visited."""
        tree = _parsed(text)
        reader = cls(Names(file, tree), others, machine)
        reader.visit_body(tree.body)
        for one in reader._calls:
            reader._names.pass_arguments(one.node)
        for function in reader._passed_on & reader._names.functions.keys():
            # Whatever calls it may give it anything.
            for parameter in reader._names.functions[function]:
                reader._names.values[parameter.lstrip("*")].append(ast.Constant(...))
        return reader

    def value(self, path: tuple[str, ...], call: ast.Call | None) -> ast.expr:
        """Return what names of the file stand for, or a call of them, without names."""
        node: ast.expr = ast.Name(path[0])
        for name in path[1:]:
            node = ast.Attribute(node, name)
        if call is not None:
            node = ast.Call(node, call.args, call.keywords)
        return self._paths.closed(node)

    def calls(self, functions: frozenset[str], package: str) -> list[tuple[str, ast.Call]]:
        """Return the calls that pass arguments to functions of other files, without names."""
        return [
            (path[-1], self._paths.closed_call(call))
            for call in (one.node for one in self._calls)
            if call.args or call.keywords
            for path in self._names.paths_of(call.func)
            if path[-1] in functions and path[0] == package
        ]

    def _constant(self, name: str) -> ast.expr | None:
        """Return the value of a name, or of `name()`, that has one only; of other files, too."""
        own = self._names.constant(name)
        if own is not None:
            return own
        bare = name.removesuffix("()")
        call = ast.Call(ast.Name(bare), [], []) if bare != name else None
        for path in self._names.paths_of(ast.Name(bare)):
            match self._others.lookup.find(path, call):
                case [ast.Constant(value=bool()) as value]:
                    return value
                case _:
                    pass
        return None

    def visit_body(self, body: Iterable[object]) -> bool:
        """Visit statements up to one after which nothing runs, and return whether there is one."""
        return any(self.visit(node) for node in body if isinstance(node, ast.AST))

    def generic_visit(self, node: ast.AST) -> bool:
        """Visit what a node consists of."""
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                self.visit_body(value)
            elif isinstance(value, ast.AST) and value._fields:
                self.visit(value)
        return False

    def _visit_end(self, node: ast.AST) -> bool:
        self.generic_visit(node)
        return True

    visit_Raise = visit_Continue = visit_Break = _visit_end  # noqa: N815

    def visit_Return(self, node: ast.Return) -> bool:
        if self._inside and node.value is not None:
            self._names.returned[self._inside[-1]].append(node.value)
        return self._visit_end(node)

    def visit_If(self, node: ast.If | ast.IfExp | ast.While) -> bool:
        truth = self._conditions.truth(node.test)
        self.visit(node.test)
        self._doubts += truth is None
        is_choice = truth is None and bool(node.orelse)
        self._choices += is_choice
        body, other = (one if isinstance(one, list) else [one] for one in (node.body, node.orelse))
        ends = truth is not False and self.visit_body(body)
        is_loop = isinstance(node, ast.While)
        other_ends = (truth is not True or is_loop) and self.visit_body(other)
        self._doubts -= truth is None
        self._choices -= is_choice
        return not is_loop and (ends or truth is False) and (other_ends or truth is True)

    visit_IfExp = visit_While = visit_If  # noqa: N815

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Visit what `and` or `or` joins up to the value that decides it."""
        last = isinstance(node.op, ast.Or)
        for value in node.values:
            self.visit(value)
            if self._conditions.truth(value) is last:
                return

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self._doubts += 1
        for case in node.cases:
            matches = self._conditions.matches(node.subject, case.pattern)
            if matches is not False:
                self.visit_body(case.body)
            if matches and case.guard is None:
                break
        self._doubts -= 1

    def visit_Try(self, node: ast.Try) -> bool:
        before = self._guarded
        self._guarded = before or any(map(_catches_imports, node.handlers))
        self.visit_body(node.body)
        self._guarded = before
        self._doubts += 1
        # A fallback, too, is tried where the first choice failed.
        self.visit_body([*node.handlers, *node.orelse])
        self._doubts -= 1
        return self.visit_body(node.finalbody)

    def visit_With(self, node: ast.With) -> bool:
        before = self._guarded
        suppressed = any(map(_suppresses_imports, node.items))
        self.visit_body(node.items)
        yields = self._yields
        self._guarded = before or suppressed
        ends = self.visit_body(node.body) and not suppressed
        self._guarded = before
        # What the `with` of a generator holds is dropped after the statements of another `with`.
        for item in node.items if self._yields == yields else ():
            self._drop(item.context_expr)
        return ends

    def _drop(self, node: ast.expr) -> None:
        """Note that what a call of `add_dll_directory` returned is closed."""
        if isinstance(node, ast.Call) and self._names.called(node.func) in _ADDING:
            self._note_event(_Event(Does.DROP, node))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._names.functions.setdefault(node.name, [])
        before, self._class = self._class, node.name
        self.generic_visit(node)
        self._class = before

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        name = node.name
        self._names.define(name, node.args)
        parameters = self._names.functions[name]
        if self._class and parameters[:1] in (["self"], ["cls"]):
            del parameters[0]
        if self._class and name == "__init__":
            self._names.functions[self._class] = parameters
        dunder = name.startswith("__")
        if node.decorator_list or (dunder and not self._class):
            self._called_anyhow.add(name)
            self._note_event(_Event(None, name, anyhow=True))
        elif dunder:
            self._used[self._class].add(name)
            self._events[self._class].append(_Event(None, name))
        before = self._guarded, self._inside, self._class
        # Where it is called, it may be guarded; here nothing is known of that.
        self._guarded = False
        self.visit_body([*node.decorator_list, node.args])
        self._inside, self._class = (*self._inside, name), ""
        self.visit_body(node.body)
        match node.body[-1], self._names.returned[name]:
            case ast.Return(), [result] if not before[2]:
                self._names.results[name] = result
            case _:
                pass
        self._guarded, self._inside, self._class = before

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Visit a function without a name, which may be called at once."""
        self._names.define("", node.args)
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._imports([alias.name for alias in node.names], node)
        self._names.bind(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._imports([node.module or "", *(alias.name for alias in node.names)], node)
        self._names.bind(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._assign(target, node.value)
        match node:
            case ast.Assign(targets=[ast.Name()], value=ast.Constant()):
                # Nearly all of thousands, in files of constants.
                pass
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Lambda(args=arguments, body=body)
            ):
                self.visit(arguments)
                before, self._inside = self._inside, (*self._inside, name)
                self.visit(body)
                self._inside = before
            case _:
                self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assign(node.target, node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._assign(node.target, ast.BinOp(node.target, node.op, node.value))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._assign(node.target, node.value)
        self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._assign(node.optional_vars, node.context_expr)
        self.generic_visit(node)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        self._names.assign(target, value)
        # Another name of the function, by which it is called.
        is_alias = isinstance(target, ast.Name) and isinstance(value, ast.Attribute)
        self._references -= is_alias and name_of(value) in _ADDING
        if self._class and not self._inside and isinstance(target, ast.Name):
            # An attribute of the class, and of what is made of it.
            self._names.assign(ast.Attribute(ast.Name(self._class), target.id), value)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self._names.loop(node.target, node.iter)
        self._doubts += 1
        self.generic_visit(node)
        self._doubts -= 1

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._names.loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield) -> None:
        self._yields += 1
        if self._inside and node.value is not None:
            self._names.yielded[self._inside[-1]].append(node.value)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Leave values alone."""

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._use(node.id)
            if id(node) not in self._called:
                self._passed_on.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr not in _LOADING and name_of(node.value) in _LOADERS:
            self._note_call(ast.Call(ast.Name("CDLL"), [ast.Constant(node.attr)], []))
        else:
            self._use(node.attr)
            self._references += node.attr in _ADDING
            if id(node) not in self._called:
                self._passed_on.add(node.attr)
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        self._note_call(node)
        self.generic_visit(node)

    def _note_call(self, node: ast.Call) -> None:
        self._called.add(id(node.func))
        guarded = self._guarded or self._choices > 0
        self._calls.append(_Call(node, self._inside, guarded, self._is_sure))
        self._references -= isinstance(node.func, ast.Attribute) and node.func.attr in _ADDING
        passed = [one for one in node.args if isinstance(one, ast.Name)]
        self._references += sum(self._names.called(one) in _ADDING for one in passed)
        name = self._names.called(node.func)
        if name == "map" and len(node.args) == 2:  # noqa: PLR2004 - a function and what it goes through
            function, elements = node.args
            loop = f"element {len(self._calls)}"
            self._names.elements[loop].append(elements)
            self._note_call(ast.Call(function, [ast.Name(loop)], []))
        self._moves = self._moves or name == "chdir"
        self._names.put(node)
        if name in _ADDING or name in _LOADING:
            self._note_event(_Event(Does.ADD if name in _ADDING else Does.LOAD, node))
        elif name in _RUNNING:
            match node.args:
                case [ast.Constant(value=str(module)), *_] if name != "exec":
                    level = len(module) - len(module.lstrip("."))
                    named = ast.ImportFrom(module[level:] or None, [], level)
                    self._imports([module], named)
                case _:
                    self._note_event(_Event(Does.ADD, ""))
        match node.func:
            case ast.Attribute(attr="close", value=ast.Name(id=handle)):
                for value in self._names.values.get(handle, ()):
                    self._drop(value)
            case _:
                pass

    @property
    def _is_sure(self) -> bool:
        """Whether what is visited is always reached when the file is imported."""
        return not (self._guarded or self._inside or self._doubts)

    def _note_event(self, event: _Event) -> None:
        self._events[self._inside[-1] if self._inside else ""].append(event)

    def _use(self, name: str) -> None:
        used = self._used[self._inside[-1] if self._inside else ""]
        if name not in used:
            used.add(name)
            self._note_event(_Event(None, name))

    def _imports(self, names: list[str], node: ast.Import | ast.ImportFrom) -> None:
        found = {name.rpartition(".")[2] for name in names}
        found.discard("")
        (self._optional if self._guarded else self._required).update(found)
        modules = tuple(self._names.modules(node))
        self._note_event(_Event(Does.IMPORT, "", modules, self._is_sure))

    def code(self) -> Code:
        """Return what the file does."""
        self._take_arguments()
        added: dict[Place, None] = {}
        loaded: dict[Place, bool] = {}
        loaded_at_once: set[Place] = set()
        for call in self._calls:
            name = self._names.called(call.node.func)
            if not self._concerns(call.node):
                continue
            if not self._runs(call.inside):
                continue
            places = self._arguments(call.node)
            guarded = call.guarded or (len(places) > 1 and not self._names.is_looped(call.node))
            for place in places:
                if name in _ADDING:
                    added[place] = None
                else:
                    loaded[place] = guarded and loaded.get(place, True)
                    if self._at_top.issuperset(call.inside):
                        loaded_at_once.add(place)
            if len(added) + len(loaded) > _MOST_PLACES:
                # Without a limit, each DLL would be compared with each path.
                return UNREADABLE
        if self._references > 0:
            # Passed on to something else, such as map().
            added[UNKNOWN] = None
        return Code(
            tuple(added),
            tuple(loaded),
            frozenset(place for place, tried in loaded.items() if tried),
            frozenset(loaded_at_once),
            tuple(dict.fromkeys(self._needed())),
            tuple(dict.fromkeys(islice(self._offered(), _MOST_PLACES))),
            frozenset(self._optional),
            frozenset(self._required),
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
            one for call in self._calls if self._concerns(call.node) for one in call.node.args
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
        return self._concerns(call) and self._names.called(call.func) in _LOADING

    def _offered(self) -> Iterator[Place]:
        """Yield the DLLs that functions load which nothing calls."""
        for call in self._calls:
            if self._loads(call.node) and not self._runs(call.inside):
                yield from self._arguments(call.node)

    def _needed(self) -> Iterator[Place]:
        """Yield the DLLs that importing the file always loads."""
        for call in self._calls:
            places = self._arguments(call.node) if call.sure and self._loads(call.node) else []
            if len(places) == 1 and (places[0].is_exact or places[0].root == ELSEWHERE):
                yield from (one for one in places if one.parts)

    def _functions_with_dlls(self) -> Mapping[str, tuple[Step, ...]]:
        """Return what these functions do."""
        return {function: tuple(self._all_steps(function)) for function in self._concerning}

    @cached_property
    def _concerning(self) -> list[str]:
        """The functions that add folders or load DLLs, themselves or by others."""
        found = {one.inside[-1] for one in self._calls if one.inside and self._concerns(one.node)}
        users: dict[str, list[str]] = defaultdict(list)
        for function, used in self._used.items() if found else ():
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
        return self._names.called(call.func) in _ADDING | _LOADING and not self._names.is_own(call)

    def _all_steps(self, function: str) -> Iterator[Step]:
        steps = list(islice(self._steps(function, set()), _MOST_STEPS))
        if self._references > 0 or len(steps) == _MOST_STEPS:
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
        for does, what, modules, certain, anyhow in self._events[function]:
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
            self._reached = self._following(self._called_anyhow | {""})
        if not self._asked and not self._reached.issuperset(inside):
            self._asked = True
            around = (one.inside for one in self._calls if self._concerns(one.node))
            used = self._others.using(frozenset(self._concerning).union(*around))
            self._reached = self._following(used | self._called_anyhow | {""})
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
                name for name in self._used.get(pending.pop(), ()) if name in self._names.functions
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
        if name in _LOADING and place.parts and place.parts[-1] and "." not in place.parts[-1]:
            # The loader appends the suffix to a name without one.
            place = Place(place.root, (*place.parts[:-1], f"{place.parts[-1]}.dll"))
        if place.root or not place.parts or None in place.parts:
            return place
        if name in _ADDING or len(place.parts) > 1:
            return Place("?" if self._moves else ELSEWHERE).joined(place)
        is_strict = name in _STRICT and "winmode" not in keywords
        return place._replace(root=ELSEWHERE if is_strict else "")


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    """Return whether the code goes on after an import that cannot be made."""
    if any(map(_ends, handler.body)):
        return False
    match handler.type:
        case None:
            return True
        case ast.Tuple(elts=elements):
            return any(name_of(element) in _IMPORT_ERRORS for element in elements)
        case kind:
            return name_of(kind) in _IMPORT_ERRORS


def _ends(statement: ast.stmt) -> bool:
    """Return whether a statement raises an error or ends the program."""
    match statement:
        case ast.Expr(value=ast.Call(func=function)):
            return name_of(function) in {"exit", "_exit", "quit"}
        case _:
            return isinstance(statement, ast.Raise)


def _suppresses_imports(item: ast.withitem) -> bool:
    match item.context_expr:
        case ast.Call(func=function, args=args) if name_of(function) == "suppress":
            return any(name_of(argument) in _IMPORT_ERRORS for argument in args)
        case _:
            return False
