"""What the wheel's own Python code does about DLLs, read from its syntax and never run.

CPython loads extension modules with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and
LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR (Python/dynload_win.c). Other folders count only once code has
called `os.add_dll_directory`, or has loaded the DLL itself by its path. What no import and no call
reaches does not count.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from winarm.verify.conditions import Conditions
from winarm.verify.python_names import Names, name_of
from winarm.verify.python_paths import ELSEWHERE, UNKNOWN, Paths, Place

#: Without one of these words, or one of the others and ctypes, a file has nothing to do with DLLs.
_SEARCH_WORDS = (b"add_dll_directory", b"LoadLibrary", b"DLL", b"dlopen")
_CTYPES_WORDS = (b"AddDllDirectory", b"cdll", b"windll", b"load_library")
_ADDING = frozenset({"add_dll_directory", "AddDllDirectory"})
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


#: Returns those of a file's functions whose names other files have in them.
UsedElsewhere = Callable[[frozenset[str]], frozenset[str]]


def _nowhere(_functions: frozenset[str]) -> frozenset[str]:
    return frozenset()


def read_code(
    file: tuple[str, ...],
    text: bytes,
    used_elsewhere: UsedElsewhere = _nowhere,
    *,
    machine: str = "",
) -> Code | None:
    """Return what a Python file does about DLLs, or None if it is not Python.

    :param file: where it is installed.
    :param machine: what `platform.machine()` returns, or "" where that depends.
    """
    try:
        tree = _parsed(text)
        reader = _Reader(Names(file, tree), machine)
        reader.visit_body(tree.body, guarded=False)
        return reader.code(used_elsewhere)
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError):
        return UNREADABLE


def _parsed(text: bytes) -> ast.Module:
    """Return a file's syntax tree, without statements that only a newer Python understands."""
    for _ in range(_MOST_NEWER if len(text) <= _LARGEST_NEWER else 0):
        try:
            return ast.parse(text)
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


class _Reader:
    """Collects assignments and calls of a file, then evaluates the paths in the calls."""

    def __init__(self, names: Names, machine: str) -> None:
        self._names = names
        self._conditions = Conditions(machine, names.constant)
        self._paths = Paths(names, self._conditions)
        self._inside: tuple[str, ...] = ()
        self._class = ""
        #: Conditions, loops and handlers of errors around what is visited.
        self._doubts = 0
        #: Branches around it of which another one may run.
        self._choices = 0
        #: Names that are used in each function or class, and at the top ("").
        self._used: dict[str, set[str]] = defaultdict(set)
        self._events: dict[str, list[_Event]] = defaultdict(list)
        #: Functions that something else than their names calls.
        self._called_anyhow: set[str] = set()
        self._calls: list[_Call] = []
        #: The functions that run at some time, and whether other files were asked for them.
        self._reached: frozenset[str] | None = None
        self._asked = False
        self._references = self._followed = self._yields = 0
        #: The file changes the current folder.
        self._moves = False
        self._optional: set[str] = set()
        self._required: set[str] = set()

    def visit_body(self, body: Iterable[ast.AST], *, guarded: bool) -> bool:
        """Visit statements up to one after which nothing runs, and return whether there is one."""
        return any(self._visit(node, guarded=guarded) for node in body)

    def _visit(self, node: ast.AST, *, guarded: bool) -> bool:  # noqa: PLR0911 - a case each
        """Visit a node, and return whether the statements after it are never reached."""
        match node:
            case ast.If() | ast.IfExp() | ast.While():
                return self._visit_if(node, guarded=guarded)
            case ast.BoolOp(op=operator, values=values):
                self._visit_operands(values, isinstance(operator, ast.Or), guarded=guarded)
                return False
            case ast.Match(subject=subject, cases=cases):
                self._visit_cases(subject, cases, guarded=guarded)
                return False
            case ast.Try() | ast.With():
                return self._visit_guard(node, guarded=guarded)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._visit_function(node, name)
                return False
            case ast.ClassDef(name=name):
                self._names.functions.setdefault(name, [])
                before, self._class = self._class, name
                self._visit_fields(node, guarded=guarded)
                self._class = before
                return False
            case _:
                self._note(node, guarded=guarded)
        looping = isinstance(node, ast.For | ast.AsyncFor)
        self._doubts += looping
        self._visit_fields(node, guarded=guarded)
        self._doubts -= looping
        return isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break)

    def _visit_fields(self, node: ast.AST, *, guarded: bool) -> None:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                self.visit_body((one for one in value if isinstance(one, ast.AST)), guarded=guarded)
            elif isinstance(value, ast.AST) and value._fields:
                self._visit(value, guarded=guarded)

    def _visit_if(self, node: ast.If | ast.IfExp | ast.While, *, guarded: bool) -> bool:
        truth = self._conditions.truth(node.test)
        self._visit(node.test, guarded=guarded)
        self._doubts += truth is None
        is_choice = truth is None and bool(node.orelse)
        self._choices += is_choice
        body, other = (one if isinstance(one, list) else [one] for one in (node.body, node.orelse))
        ends = truth is not False and self.visit_body(body, guarded=guarded)
        is_loop = isinstance(node, ast.While)
        other_ends = (truth is not True or is_loop) and self.visit_body(other, guarded=guarded)
        self._doubts -= truth is None
        self._choices -= is_choice
        return not is_loop and (ends or truth is False) and (other_ends or truth is True)

    def _visit_operands(self, values: list[ast.expr], last: bool, *, guarded: bool) -> None:  # noqa: FBT001
        """Visit what `and` or `or` joins up to the value that decides it.

        :param last: the truth after which nothing else is evaluated.
        """
        for value in values:
            self._visit(value, guarded=guarded)
            if self._conditions.truth(value) is last:
                return

    def _visit_cases(
        self, subject: ast.expr, cases: list[ast.match_case], *, guarded: bool
    ) -> None:
        self._visit(subject, guarded=guarded)
        self._doubts += 1
        for case in cases:
            matches = self._conditions.matches(subject, case.pattern)
            if matches is not False:
                self.visit_body(case.body, guarded=guarded)
            if matches and case.guard is None:
                break
        self._doubts -= 1

    def _visit_guard(self, node: ast.Try | ast.With, *, guarded: bool) -> bool:
        if isinstance(node, ast.Try):
            caught = any(map(_catches_imports, node.handlers))
            self.visit_body(node.body, guarded=guarded or caught)
            self._doubts += 1
            # A fallback, too, is tried where the first choice failed.
            for handler in node.handlers:
                self._visit(handler, guarded=guarded)
            self.visit_body(node.orelse, guarded=guarded)
            self._doubts -= 1
            return self.visit_body(node.finalbody, guarded=guarded)
        suppressed = any(map(_suppresses_imports, node.items))
        self.visit_body(node.items, guarded=guarded)
        yields = self._yields
        ends = self.visit_body(node.body, guarded=guarded or suppressed) and not suppressed
        # What the `with` of a generator holds is dropped after the statements of another `with`.
        for item in node.items if self._yields == yields else ():
            self._drop(item.context_expr)
        return ends

    def _drop(self, node: ast.expr) -> None:
        """Note that what a call of `add_dll_directory` returned is closed."""
        if isinstance(node, ast.Call) and self._names.called(node.func) in _ADDING:
            self._note_event(_Event(Does.DROP, node))

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> None:
        parameters = [argument.arg for argument in node.args.args]
        if self._class and parameters[:1] in (["self"], ["cls"]):
            del parameters[0]
        self._names.functions[name] = parameters
        if self._class and name == "__init__":
            self._names.functions[self._class] = parameters
        dunder = name.startswith("__")
        if node.decorator_list or (dunder and not self._class):
            self._called_anyhow.add(name)
            self._note_event(_Event(None, name, anyhow=True))
        elif dunder:
            self._used[self._class].add(name)
            self._events[self._class].append(_Event(None, name))
        self.visit_body(node.decorator_list, guarded=False)
        self._visit(node.args, guarded=False)
        before, self._inside = self._inside, (*self._inside, name)
        class_before, self._class = self._class, ""
        # Where it is called, it may be guarded; here nothing is known of that.
        self.visit_body(node.body, guarded=False)
        self._inside, self._class = before, class_before

    def _note(self, node: ast.AST, *, guarded: bool) -> None:  # noqa: C901, PLR0912 - a case each
        names = self._names
        match node:
            case ast.Import(names=aliases):
                self._imports([alias.name for alias in aliases], node, guarded=guarded)
            case ast.ImportFrom(module=module, names=aliases):
                found = [module or "", *(alias.name for alias in aliases)]
                self._imports(found, node, guarded=guarded)
                for alias in aliases:
                    names.aliases[alias.asname or alias.name] = alias.name
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    names.assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                names.assign(target, value)
            case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
                names.values[name].append(ast.BinOp(target, op, value))
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                names.values[name].append(value)
            case ast.For(target=ast.Name(id=name), iter=value):
                names.elements[name].append(value)
            case ast.comprehension(target=ast.Name(id=name), iter=value):
                names.elements[name].append(value)
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                names.values[name].append(value)
            case ast.Return(value=ast.expr() as value) if self._inside:
                names.returned[self._inside[-1]].append(value)
            case ast.Call():
                self._note_call(node, guarded=guarded)
            case ast.Yield():
                self._yields += 1
            case ast.Name(id=name, ctx=ast.Load()):
                self._use(name)
            case ast.Attribute(value=ast.Name() | ast.Attribute() as loader, attr=name) if (
                name_of(loader) in _LOADERS and name not in _LOADING
            ):
                load = ast.Call(ast.Name("CDLL"), [ast.Constant(name)], [])
                self._note_call(load, guarded=guarded)
            case ast.Attribute(attr=name):
                self._use(name)
                self._references += name in _ADDING
            case _:
                pass

    def _note_call(self, node: ast.Call, *, guarded: bool) -> None:
        sure = not (guarded or self._inside or self._doubts)
        self._calls.append(_Call(node, self._inside, guarded or self._choices > 0, sure))
        self._references -= name_of(node.func) in _ADDING
        name = self._names.called(node.func)
        self._moves = self._moves or name == "chdir"
        if name in _ADDING or name in _LOADING:
            self._note_event(_Event(Does.ADD if name in _ADDING else Does.LOAD, node))
        elif name in _RUNNING:
            match node.args:
                case [ast.Constant(value=str(module)), *_] if name != "exec":
                    level = len(module) - len(module.lstrip("."))
                    named = ast.ImportFrom(module[level:] or None, [], level)
                    self._imports([module], named, guarded=guarded)
                case _:
                    self._note_event(_Event(Does.ADD, ""))
        match node.func:
            case ast.Attribute(attr="close", value=ast.Name(id=handle)):
                for value in self._names.values.get(handle, ()):
                    self._drop(value)
            case _:
                pass

    def _note_event(self, event: _Event) -> None:
        self._events[self._inside[-1] if self._inside else ""].append(event)

    def _use(self, name: str) -> None:
        used = self._used[self._inside[-1] if self._inside else ""]
        if name not in used:
            used.add(name)
            self._note_event(_Event(None, name))

    def _imports(
        self, names: list[str], node: ast.Import | ast.ImportFrom, *, guarded: bool
    ) -> None:
        found = {name.rpartition(".")[2] for name in names}
        found.discard("")
        (self._optional if guarded else self._required).update(found)
        certain = not (guarded or self._inside or self._doubts)
        modules = tuple(self._names.modules(node))
        self._note_event(_Event(Does.IMPORT, "", modules, certain))

    def code(self, used_elsewhere: UsedElsewhere) -> Code:
        """Return what the file does, once all of it is visited."""
        for one in self._calls:
            self._names.pass_arguments(one.node)
        added: dict[Place, None] = {}
        loaded: dict[Place, bool] = {}
        loaded_at_once: set[Place] = set()
        for call in self._calls:
            name = self._names.called(call.node.func)
            if not self._concerns(call.node):
                continue
            if not self._runs(call.inside, used_elsewhere):
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
            tuple(dict.fromkeys(islice(self._offered(used_elsewhere), _MOST_PLACES))),
            frozenset(self._optional),
            frozenset(self._required),
            tuple(self._all_steps("")),
            self._functions_with_dlls(),
        )

    def _loads(self, call: ast.Call) -> bool:
        return self._concerns(call) and self._names.called(call.func) in _LOADING

    def _offered(self, used_elsewhere: UsedElsewhere) -> Iterator[Place]:
        """Yield the DLLs that functions load which nothing calls."""
        for call in self._calls:
            if self._loads(call.node) and not self._runs(call.inside, used_elsewhere):
                yield from self._arguments(call.node)

    def _needed(self) -> Iterator[Place]:
        """Yield the DLLs that importing the file always loads."""
        for call in self._calls:
            places = self._arguments(call.node) if call.sure and self._loads(call.node) else []
            if len(places) == 1 and (places[0].is_exact or places[0].root == ELSEWHERE):
                yield from (one for one in places if one.parts)

    def _functions_with_dlls(self) -> Mapping[str, tuple[Step, ...]]:
        """Return what functions do that add folders or load DLLs, themselves or by others."""
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
        return {function: tuple(self._all_steps(function)) for function in sorted(found)}

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

    def _runs(self, inside: tuple[str, ...], used_elsewhere: UsedElsewhere) -> bool:
        """Return whether what is in these functions, one in the other, runs at some time."""
        if self._reached is None:
            self._reached = self._following(self._called_anyhow | {""})
        if not self._asked and not self._reached.issuperset(inside):
            self._asked = True
            used = used_elsewhere(frozenset(self._names.functions))
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
        places = self._paths.places(values[0]) if values else []
        return [self._from_here(one, call, keywords) for one in places]

    def _from_here(self, place: Place, call: ast.Call, keywords: Iterable[str | None]) -> Place:
        """Return where a relative path leads: the current folder is not the package's."""
        name = self._names.called(call.func)
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
