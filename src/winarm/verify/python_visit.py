"""What a Python file has in it about DLLs: its calls, imports and uses of names, visited once."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from winarm.verify.conditions import Conditions
from winarm.verify.python_names import Names, name_of
from winarm.verify.python_paths import Paths
from winarm.verify.python_values import Lookup

#: The folder of SetDllDirectory is one of LOAD_LIBRARY_SEARCH_USER_DIRS (LoadLibraryEx in
#: Microsoft's documentation).
ADDING = frozenset({
    "add_dll_directory", "AddDllDirectory", "SetDllDirectory", "SetDllDirectoryA",
    "SetDllDirectoryW",
})  # fmt: skip
LOADING = frozenset({
    "CDLL", "WinDLL", "OleDLL", "PyDLL", "LoadLibrary", "LoadLibraryW", "LoadLibraryA",
    "LoadLibraryExW", "LoadLibraryExA", "dlopen", "load_library",
})  # fmt: skip
#: Objects of ctypes whose attributes are DLLs.
_LOADERS = frozenset({"cdll", "windll", "oledll", "pydll"})
#: Functions that run other modules, or any code.
_RUNNING = frozenset({"import_module", "__import__", "exec", "run_module", "run_path"})
#: Errors of an import that cannot be made.
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "OSError", "Exception",
                            "BaseException"})  # fmt: skip
#: Statements of one file that are left out because they are not understood, and bytes of such a
#: file.
_MOST_NEWER = 3
_LARGEST_NEWER = 2**15


class Does(Enum):
    """What a step of an import does with a path."""

    ADD = "add a folder to those that are searched"
    DROP = "remove such a folder"
    LOAD = "load a DLL"
    IMPORT = "import a module"
    USE = "use a name, which may be a function of another file"


class Call(NamedTuple):
    """A call, and where it is."""

    node: ast.Call
    #: The functions that it is in.
    inside: tuple[str, ...]
    #: An error of loading is caught, or something else may be loaded.
    guarded: bool
    #: It is made always when the file is imported.
    sure: bool


class Event(NamedTuple):
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


@dataclass(frozen=True)
class Visited:
    """What a file has in it."""

    names: Names
    #: Evaluates expressions of the file.
    paths: Paths
    calls: Sequence[Call]
    #: Names that are used in each function or class, and at the top ("").
    used: Mapping[str, set[str]]
    #: What each of them does, in order.
    events: Mapping[str, Sequence[Event]]
    #: Functions that something else than their names calls.
    called_anyhow: frozenset[str]
    #: What adds folders is passed on to something else, such as map().
    passes_on: bool
    #: The file changes the current folder.
    moves: bool
    #: Last names of modules that it imports and can do without, and those that it must have.
    optional: frozenset[str]
    required: frozenset[str]


def visited(file: tuple[str, ...], text: bytes, lookup: Lookup, machine: str) -> Visited:
    """Visit a Python file.

    :param file: where it is installed.
    :param machine: what `platform.machine()` returns, or "" where that depends.
    :raises SyntaxError: it is not Python.
    :raises ValueError: it has a NUL.
    """
    tree = _parsed(text)
    visitor = _Visitor(Names(file, tree), lookup, machine)
    visitor.visit_body(tree.body)
    return visitor.result()


class _Visitor(ast.NodeVisitor):
    """Collects the assignments, calls and imports of a file, and where they are.

    A visit returns whether the statements after the node are never reached.
    """

    def __init__(self, names: Names, lookup: Lookup, machine: str) -> None:
        self._names = names
        self._lookup = lookup
        self._conditions = Conditions(machine, self._constant)
        self._paths = Paths(names, self._conditions, lookup)
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
        self._events: dict[str, list[Event]] = defaultdict(list)
        #: Functions that something else than their names calls.
        self._called_anyhow: set[str] = set()
        #: Names and attributes that are called, and names of those that are used otherwise.
        self._called: set[int] = set()
        self._passed_on: set[str] = set()
        self._calls: list[Call] = []
        self._references = self._yields = 0
        #: The file changes the current folder.
        self._moves = False
        self._optional: set[str] = set()
        self._required: set[str] = set()

    def result(self) -> Visited:
        """Return what has been visited, once all of it is."""
        names = self._names
        for one in self._calls:
            names.pass_arguments(one.node)
        for function in self._passed_on & names.functions.keys():
            # Whatever calls it may give it anything.
            for parameter in names.functions[function]:
                names.values[parameter.lstrip("*")].append(ast.Constant(...))
        return Visited(
            names,
            self._paths,
            self._calls,
            self._used,
            self._events,
            frozenset(self._called_anyhow),
            self._references > 0,
            self._moves,
            frozenset(self._optional),
            frozenset(self._required),
        )

    def _constant(self, name: str) -> ast.expr | None:
        """Return the value of a name, or of `name()`, that has one only; of other files, too."""
        own = self._names.constant(name)
        if own is not None:
            return own
        bare = name.removesuffix("()")
        call = ast.Call(ast.Name(bare), [], []) if bare != name else None
        for path in self._names.paths_of(ast.Name(bare)):
            match self._lookup.find(path, call):
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
        if isinstance(node, ast.Call) and self._names.called(node.func) in ADDING:
            self._note_event(Event(Does.DROP, node))

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
            self._note_event(Event(None, name, anyhow=True))
        elif dunder:
            self._used[self._class].add(name)
            self._events[self._class].append(Event(None, name))
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
        self._references -= is_alias and name_of(value) in ADDING
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
        if node.attr not in LOADING and name_of(node.value) in _LOADERS:
            self._note_call(ast.Call(ast.Name("CDLL"), [ast.Constant(node.attr)], []))
        else:
            self._use(node.attr)
            self._references += node.attr in ADDING
            if id(node) not in self._called:
                self._passed_on.add(node.attr)
        self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        self._note_call(node)
        self.generic_visit(node)

    def _note_call(self, node: ast.Call) -> None:
        self._called.add(id(node.func))
        guarded = self._guarded or self._choices > 0
        self._calls.append(Call(node, self._inside, guarded, self._is_sure))
        self._references -= isinstance(node.func, ast.Attribute) and node.func.attr in ADDING
        passed = [one for one in node.args if isinstance(one, ast.Name)]
        self._references += sum(self._names.called(one) in ADDING for one in passed)
        name = self._names.called(node.func)
        if name == "map" and len(node.args) == 2:  # noqa: PLR2004 - a function and what it goes through
            function, elements = node.args
            loop = f"element {len(self._calls)}"
            self._names.elements[loop].append(elements)
            self._note_call(ast.Call(function, [ast.Name(loop)], []))
        self._moves = self._moves or name == "chdir"
        self._names.put(node)
        if name in ADDING or name in LOADING:
            self._note_event(Event(Does.ADD if name in ADDING else Does.LOAD, node))
        elif name in _RUNNING:
            match node.args:
                case [ast.Constant(value=str(module)), *_] if name != "exec":
                    level = len(module) - len(module.lstrip("."))
                    named = ast.ImportFrom(module[level:] or None, [], level)
                    self._imports([module], named)
                case _:
                    self._note_event(Event(Does.ADD, ""))
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

    def _note_event(self, event: Event) -> None:
        self._events[self._inside[-1] if self._inside else ""].append(event)

    def _use(self, name: str) -> None:
        used = self._used[self._inside[-1] if self._inside else ""]
        if name not in used:
            used.add(name)
            self._note_event(Event(None, name))

    def _imports(self, names: list[str], node: ast.Import | ast.ImportFrom) -> None:
        found = {name.rpartition(".")[2] for name in names}
        found.discard("")
        (self._optional if self._guarded else self._required).update(found)
        modules = tuple(self._names.modules(node))
        self._note_event(Event(Does.IMPORT, "", modules, self._is_sure))


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
