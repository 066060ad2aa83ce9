"""What the wheel's own Python code does about DLLs, read from its syntax and never run.

CPython loads extension modules with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and
LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR (Python/dynload_win.c). Other folders count only once code has
called `os.add_dll_directory`, or has loaded the DLL itself by its path. Paths are followed through
assignments, loops and calls within one file, as far as constants go. What no import and no call
reaches does not count.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Without one of these words a file has nothing to do with DLLs.
SEARCH_WORDS = (b"add_dll_directory", b"AddDllDirectory", b"LoadLibrary", b"DLL", b"dlopen")
_ADDING = frozenset({"add_dll_directory", "AddDllDirectory"})
_LOADING = frozenset({
    "CDLL", "WinDLL", "OleDLL", "PyDLL", "LoadLibrary", "LoadLibraryW", "LoadLibraryA",
    "LoadLibraryExW", "LoadLibraryExA", "dlopen",
})  # fmt: skip
#: Functions that return the path that they are given.
_SAME = frozenset({
    "abspath", "realpath", "normpath", "normcase", "expanduser", "fspath", "str", "Path",
    "PurePath", "WindowsPath", "resolve", "absolute", "as_posix", "c_wchar_p", "c_char_p",
    "fsencode", "fsdecode", "encode", "as_file", "enter_context", "strip", "rstrip", "sorted",
    "list", "reversed", "tuple", "set", "create_unicode_buffer",
})  # fmt: skip
#: Errors of an import that cannot be made.
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "OSError", "Exception",
                            "BaseException"})  # fmt: skip
#: Where a value goes in a text.
_FIELD = re.compile(r"%s|\{\}")
_MOST_VALUES = 16
_DEEPEST = 12
#: Parts that a path is put together from, its components, and characters of one of the parts.
_MOST_PARTS = 64
_LONGEST_PART = 1024
#: Paths of one file that are kept.
_MOST_PLACES = 100
#: Every Python for Windows on Arm is as new as this.
_OLDEST = (3, 9)


class Place(NamedTuple):
    """A path as far as the code tells it."""

    #: `site` (where wheels are installed), "" for a relative path, or `?` for an unknown folder.
    root: str
    #: Components; None for one that the code does not tell.
    parts: tuple[str | None, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Return whether nothing at all is known of it."""
        return self.root == "?" and not any(self.parts)

    @property
    def is_exact(self) -> bool:
        """Return whether all of it is known."""
        return self.root == "site" and None not in self.parts

    @property
    def parent(self) -> Place:
        """Return the folder that it is in."""
        return Place(self.root, self.parts[:-1])

    def joined(self, other: Place) -> Place:
        """Return the path `other` below this one."""
        if other.root == "site":
            return other
        parts = list(self.parts)
        for part in (None,) if other.is_unknown else other.parts:
            if part == ".." and parts and parts[-1] != "..":
                parts.pop()
            elif part not in {".", ""}:
                parts.append(part)
        return Place(self.root, tuple(parts)) if len(parts) <= _MOST_PARTS else UNKNOWN

    def fits(self, installed: tuple[str, ...]) -> bool:
        """Return whether it may be the installed path, whose first part names the root."""
        if self.is_unknown:
            return False
        wanted = ("site", *self.parts) if self.root == "site" else self.parts
        actual = installed if self.root == "site" else installed[-len(wanted) :]
        return len(wanted) == len(actual) and all(
            one is None or one.lower() == other.lower()
            for one, other in zip(wanted, actual, strict=True)
        )


UNKNOWN = Place("?")


@dataclass(frozen=True)
class Code:
    """What one file does about DLLs."""

    #: Folders that it adds to those that are searched.
    added: tuple[Place, ...] = ()
    #: DLLs that it loads by path.
    loaded: tuple[Place, ...] = ()
    #: Those of them that it can do without.
    tried: frozenset[Place] = frozenset()
    #: Those that importing the file loads.
    loaded_at_once: frozenset[Place] = frozenset()
    #: Last names of modules that it imports and can do without, and those that it must have.
    optional: frozenset[str] = field(default_factory=frozenset)
    required: frozenset[str] = field(default_factory=frozenset)
    #: Those that importing the file imports.
    at_once: frozenset[str] = field(default_factory=frozenset)


#: What may add any folder.
UNREADABLE = Code(added=(UNKNOWN,))


#: Returns those of a file's functions whose names other files have in them.
UsedElsewhere = Callable[[frozenset[str]], frozenset[str]]


def _nowhere(_functions: frozenset[str]) -> frozenset[str]:
    return frozenset()


def read_code(member: str, text: bytes, used_elsewhere: UsedElsewhere = _nowhere) -> Code | None:
    """Return what a Python file does about DLLs, or None if it is not Python."""
    try:
        reader = _Reader(member)
        reader.visit_body(ast.parse(text).body, guarded=False)
        return reader.code(used_elsewhere)
    except (SyntaxError, ValueError):
        return None
    except (RecursionError, MemoryError):
        return UNREADABLE


class _Call(NamedTuple):
    """A call, and where it is."""

    node: ast.Call
    #: The functions that it is in.
    inside: tuple[str, ...]
    #: An error of loading is caught.
    guarded: bool


class _Reader:
    """Collects assignments and calls of a file, then evaluates the paths in the calls."""

    def __init__(self, member: str) -> None:
        self._file = Place("site", tuple(member.split("/")))
        self._values: dict[str, list[ast.expr]] = defaultdict(list)
        self._elements: dict[str, list[ast.expr]] = defaultdict(list)
        self._functions: dict[str, list[str]] = {}
        self._returned: dict[str, list[ast.expr]] = defaultdict(list)
        self._inside: tuple[str, ...] = ()
        #: Names that are used in each function, and at the top ("").
        self._used: dict[str, set[str]] = defaultdict(set)
        #: Functions that something else than their names calls.
        self._called_anyhow: set[str] = set()
        self._calls: list[_Call] = []
        self._evaluations: dict[int, list[Place]] = {}
        #: Nodes that are not in the file, kept so that none has the identity of another.
        self._made: list[ast.expr] = []
        #: The functions that run at some time, and whether other files were asked for them.
        self._reached: frozenset[str] | None = None
        self._asked = False
        self._references = 0
        self._aliases: dict[str, str] = {}
        self._optional: set[str] = set()
        self._required: set[str] = set()
        self._at_once: set[str] = set()

    def visit_body(self, body: Iterable[ast.AST], *, guarded: bool) -> bool:
        """Visit statements up to one after which nothing runs, and return whether there is one."""
        return any(self._visit(node, guarded=guarded) for node in body)

    def _visit(self, node: ast.AST, *, guarded: bool) -> bool:
        """Visit a node, and return whether the statements after it are never reached."""
        match node:
            case ast.If():
                return self._visit_if(node, guarded=guarded)
            case ast.Try() | ast.With():
                return self._visit_guard(node, guarded=guarded)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._visit_function(node, name)
                return False
            case _:
                self._note(node, guarded=guarded)
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                self.visit_body((one for one in value if isinstance(one, ast.AST)), guarded=guarded)
            elif isinstance(value, ast.AST) and value._fields:
                self._visit(value, guarded=guarded)
        return isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break)

    def _visit_if(self, node: ast.If, *, guarded: bool) -> bool:
        truth = _truth(node.test)
        self._visit(node.test, guarded=guarded)
        ends = truth is not False and self.visit_body(node.body, guarded=guarded)
        other_ends = truth is not True and self.visit_body(node.orelse, guarded=guarded)
        return (ends or truth is False) and (other_ends or truth is True)

    def _visit_guard(self, node: ast.Try | ast.With, *, guarded: bool) -> bool:
        if isinstance(node, ast.Try):
            caught = any(map(_catches_imports, node.handlers))
            self.visit_body(node.body, guarded=guarded or caught)
            # A fallback, too, is tried where the first choice failed.
            for handler in node.handlers:
                self._visit(handler, guarded=guarded)
            self.visit_body(node.orelse, guarded=guarded)
            return self.visit_body(node.finalbody, guarded=guarded)
        suppressed = any(map(_suppresses_imports, node.items))
        self.visit_body(node.items, guarded=guarded)
        return self.visit_body(node.body, guarded=guarded or suppressed) and not suppressed

    def _visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> None:
        self._functions[name] = [argument.arg for argument in node.args.args]
        if node.decorator_list or name.startswith("__"):
            self._called_anyhow.add(name)
        self.visit_body(node.decorator_list, guarded=False)
        self._visit(node.args, guarded=False)
        before, self._inside = self._inside, (*self._inside, name)
        # Where it is called, it may be guarded; here nothing is known of that.
        self.visit_body(node.body, guarded=False)
        self._inside = before

    def _note(self, node: ast.AST, *, guarded: bool) -> None:  # noqa: C901, PLR0912 - a case each
        match node:
            case ast.Import(names=names):
                self._imports([alias.name for alias in names], guarded=guarded)
            case ast.ImportFrom(module=module, names=names):
                self._imports([module or "", *(alias.name for alias in names)], guarded=guarded)
                for alias in names:
                    self._aliases[alias.asname or alias.name] = alias.name
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self._values[name].append(value)
            case ast.For(target=ast.Name(id=name), iter=value):
                self._elements[name].append(value)
            case ast.comprehension(target=ast.Name(id=name), iter=value):
                self._elements[name].append(value)
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
                self._values[name].append(value)
            case ast.Return(value=ast.expr() as value) if self._inside:
                self._returned[self._inside[-1]].append(value)
            case ast.Call():
                self._calls.append(_Call(node, self._inside, guarded))
                self._references -= _name_of(node.func) in _ADDING
            case ast.Name(id=name):
                self._use(name)
            case ast.Attribute(attr=name):
                self._use(name)
                self._references += name in _ADDING
            case _:
                pass

    def _use(self, name: str) -> None:
        self._used[self._inside[-1] if self._inside else ""].add(name)

    def _imports(self, names: list[str], *, guarded: bool) -> None:
        found = {name.rpartition(".")[2] for name in names}
        found.discard("")
        (self._optional if guarded else self._required).update(found)
        if not (guarded or self._inside):
            self._at_once |= found

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._values[target.id].append(value)
            if isinstance(value, ast.Attribute):
                self._aliases.setdefault(target.id, value.attr)
            elif (named := _getattr_name(value)) is not None:
                self._aliases.setdefault(target.id, named)

    def code(self, used_elsewhere: UsedElsewhere) -> Code:
        self._pass_arguments()
        added: dict[Place, None] = {}
        loaded: dict[Place, bool] = {}
        loaded_at_once: set[Place] = set()
        for call in self._calls:
            name = self._called(call.node.func)
            if name not in _ADDING | _LOADING or self._is_own(call.node):
                continue
            if not self._runs(call.inside, used_elsewhere):
                continue
            for place in self._arguments(call.node):
                if name in _ADDING:
                    added[place] = None
                else:
                    loaded[place] = call.guarded and loaded.get(place, True)
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
            frozenset(self._optional),
            frozenset(self._required),
            frozenset(self._at_once),
        )

    def _is_own(self, call: ast.Call) -> bool:
        """Return whether a function of this file is called."""
        return isinstance(call.func, ast.Name) and call.func.id in self._functions

    def _pass_arguments(self) -> None:
        """Let parameters of the file's functions have the values that they are called with."""
        for call, _, _ in self._calls:
            if isinstance(call.func, ast.Name) and call.func.id in self._functions:
                names = self._functions[call.func.id]
                for name, argument in zip(names, call.args, strict=False):
                    self._values[name].append(argument)

    def _runs(self, inside: tuple[str, ...], used_elsewhere: UsedElsewhere) -> bool:
        """Return whether what is in these functions, one in the other, runs at some time."""
        if self._reached is None:
            self._reached = self._following(self._called_anyhow | {""})
        if not self._asked and not self._reached.issuperset(inside):
            self._asked = True
            used = used_elsewhere(frozenset(self._functions))
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
            new = {name for name in self._used.get(pending.pop(), ()) if name in self._functions}
            pending += new - found
            found |= new
        return frozenset(found)

    def _called(self, function: ast.expr) -> str:
        if isinstance(function, ast.Name):
            return self._aliases.get(function.id, function.id)
        return _name_of(function) or _getattr_name(function) or ""

    def _arguments(self, call: ast.Call) -> list[Place]:
        argument = call.args[0] if call.args else next((k.value for k in call.keywords), None)
        return self._places(argument, 0) if argument is not None else []

    def _places(self, node: ast.expr, depth: int) -> list[Place]:
        # Once each: names may refer to one another many times over.
        known = self._evaluations.get(id(node))
        if known is not None:
            return known
        if depth >= _DEEPEST:
            return [UNKNOWN]
        self._evaluations[id(node)] = [UNKNOWN]
        found = dict.fromkeys(islice(self._evaluated(node, depth), _MOST_VALUES))
        self._evaluations[id(node)] = list(found) or [UNKNOWN]
        return self._evaluations[id(node)]

    def _evaluated(self, node: ast.expr, depth: int) -> Iterator[Place]:  # noqa: C901, PLR0912
        below = depth + 1
        match node:
            case ast.Constant(value=str(text)):
                yield _from_text(text)
            case ast.Constant(value=bytes(data)):
                yield _from_text(data.decode("utf-8", "replace"))
            case ast.Name(id="__file__"):
                yield self._file
            case ast.Name(id=name):
                for value in self._values.get(name, ()):
                    yield from self._places(value, below)
                for value in self._elements.get(name, ()):
                    yield from self._items(value, below)
            case ast.Attribute(attr="parent", value=value):
                yield from (place.parent for place in self._places(value, below))
            case ast.Attribute(attr="pardir"):
                yield Place("", ("..",))
            case ast.Attribute(attr="curdir"):
                yield Place("", (".",))
            case ast.Attribute(attr="sep"):
                yield _from_text("/")
            case ast.Subscript(value=ast.Attribute(attr="parents", value=value), slice=index):
                number = index.value if isinstance(index, ast.Constant) else None
                for place in self._places(value, below):
                    up = int(number) + 1 if isinstance(number, int) and number >= 0 else 0
                    yield Place(place.root, place.parts[:-up]) if up else UNKNOWN
            case ast.Subscript(value=ast.Name(id="__path__")):
                yield self._file.parent
            case ast.Subscript(value=ast.Call(func=function, args=[value, *_])) if (
                _name_of(function) == "split"
            ):
                yield from (place.parent for place in self._places(value, below))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                yield from self._joined([left, right], below)
            case ast.BinOp(left=ast.Constant(value=text), op=ast.Mod(), right=right):
                values = right.elts if isinstance(right, ast.Tuple) else [right]
                yield from self._formatted(text, values, below)
            case ast.BinOp(op=ast.Add()):
                yield from self._concatenated(_operands(node), below)
            case ast.JoinedStr(values=pieces):
                yield from self._concatenated(
                    [one.value if isinstance(one, ast.FormattedValue) else one for one in pieces],
                    below,
                )
            case ast.IfExp(body=body, orelse=orelse):
                yield from (*self._places(body, below), *self._places(orelse, below))
            case ast.NamedExpr(value=value):
                yield from self._places(value, below)
            case ast.Call():
                yield from self._result(node, below)
            case _:
                yield UNKNOWN

    def _result(self, call: ast.Call, depth: int) -> Iterator[Place]:
        name = self._called(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        first = call.args[0] if call.args else None
        source = first if first is not None else receiver
        if name == "files":
            yield from self._package(first)
        elif self._is_own(call):
            for value in self._returned.get(name, ()):
                yield from self._places(value, depth)
        elif name == "format" and isinstance(receiver, ast.Constant):
            yield from self._formatted(receiver.value, call.args, depth)
        elif name in _SAME and len(call.args) < 2 and source is not None:  # noqa: PLR2004
            yield from self._places(source, depth)
        elif first is not None:
            yield from self._put_together(name, receiver, call.args, depth)

    def _put_together(
        self, name: str, receiver: ast.expr | None, arguments: list[ast.expr], depth: int
    ) -> Iterator[Place]:
        """Yield what functions of os.path and methods of pathlib make of paths."""
        if name == "dirname":
            yield from (place.parent for place in self._places(arguments[0], depth))
        elif name in {"join", "Path", "PurePath"}:
            yield from self._joined(arguments, depth)
        elif name == "joinpath" and receiver is not None:
            yield from self._joined([receiver, *arguments], depth)
        elif name == "with_name" and receiver is not None:
            for place in self._places(receiver, depth):
                for last in self._places(arguments[0], depth):
                    yield place.parent.joined(last)
        elif name in _SAME:
            yield from self._places(arguments[0], depth)

    def _package(self, argument: ast.expr | None) -> Iterator[Place]:
        """Yield the folder of importlib.resources.files(package)."""
        match argument:
            case ast.Constant(value=str(name)):
                yield Place("site", tuple(name.split(".")))
            case ast.Name(id="__package__" | "__name__"):
                yield self._file.parent
            case _:
                yield UNKNOWN

    def _formatted(self, text: object, values: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        """Yield what a text becomes whose `{}` and `%s` stand for `values`."""
        if not isinstance(text, str) or len(text) > _LONGEST_PART:
            yield UNKNOWN
            return
        texts = _FIELD.split(text)
        if len(texts) != len(values) + 1:
            yield UNKNOWN
            return
        nodes: list[ast.expr] = [ast.Constant(texts[0])]
        for value, after in zip(values, texts[1:], strict=True):
            nodes += value, ast.Constant(after)
        self._made += nodes
        yield from self._concatenated(nodes, depth)

    def _joined(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        places = [Place("")]
        for node in nodes:
            if isinstance(node, ast.Starred) or len(nodes) > _MOST_PARTS:
                yield UNKNOWN
                return
            others = self._places(node, depth)
            places = [
                other if other.root != "" and place == Place("") else place.joined(other)
                for place in places
                for other in others
            ][:_MOST_VALUES]
        yield from places

    def _concatenated(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        """Yield the places that texts make one after the other."""
        places = [Place("", ("",))]
        if len(nodes) > _MOST_PARTS:
            yield UNKNOWN
            return
        for node in nodes:
            others = self._places(node, depth)
            places = [_concatenation(place, other) for place in places for other in others][
                :_MOST_VALUES
            ]
        # `..` within the text counts once all of it is there.
        yield from (
            place if place.is_unknown else Place(place.root).joined(Place("", place.parts))
            for place in places
        )

    def _items(self, node: ast.expr, depth: int) -> Iterator[Place]:
        """Yield the places that a loop over `node` goes through."""
        match node:
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                for element in elements[:_MOST_VALUES]:
                    yield from self._places(element, depth)
            case ast.Name(id=name):
                for value in self._values.get(name, ()):
                    if depth < _DEEPEST:
                        yield from self._items(value, depth + 1)
            case ast.Call(func=function, args=args):
                name = self._called(function)
                if name in {"glob", "rglob", "iterdir", "listdir", "scandir", "iglob"}:
                    yield from self._listed(node, name, depth)
                elif name in {"sorted", "list", "tuple", "reversed", "set"} and args:
                    yield from self._items(args[0], depth + 1) if depth < _DEEPEST else (UNKNOWN,)
                else:
                    yield UNKNOWN
            case _:
                yield UNKNOWN

    def _listed(self, call: ast.Call, name: str, depth: int) -> Iterator[Place]:
        function = call.func
        of_module = isinstance(function, ast.Name) or (
            isinstance(function, ast.Attribute)
            and isinstance(function.value, ast.Name)
            and function.value.id in {"os", "glob"}
        )
        if of_module and call.args:
            for place in self._places(call.args[0], depth):
                wild = place.parent if name in {"glob", "iglob"} else place
                yield wild.joined(Place("", (None,)))
                if name == "listdir":
                    # Names, which the code joins to the folder.
                    yield Place("", (None,))
        elif isinstance(function, ast.Attribute):
            for place in self._places(function.value, depth):
                yield place.joined(Place("", (None,)))


def _from_text(text: str) -> Place:
    if len(text) > _LONGEST_PART:
        return UNKNOWN
    parts: list[str | None] = list(text.replace("\\", "/").split("/"))
    return Place("", tuple(parts))


def _concatenation(first: Place, second: Place) -> Place:
    if second.root != "" and first.parts in {(), ("",)}:
        return second
    if second.root != "" or not second.parts:
        return Place(first.root, (*first.parts[:-1], None))
    if len(first.parts) + len(second.parts) > _MOST_PARTS:
        return UNKNOWN
    last, head = (first.parts[-1] if first.parts else ""), second.parts[0]
    joint = None if last is None or head is None else last + head
    return Place(first.root, (*first.parts[:-1], joint, *second.parts[1:]))


def _operands(node: ast.expr) -> list[ast.expr]:
    """Return what a chain of `+` adds."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _name_of(function: ast.expr) -> str | None:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def _getattr_name(node: ast.expr) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
            return name
        case _:
            return None


def _truth(test: ast.expr) -> bool | None:  # noqa: C901, PLR0911 - a case each
    """Return what a condition is on Windows, or None."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.BoolOp(op=operator, values=values):
            return _truth_of_all(list(map(_truth, values)), isinstance(operator, ast.And))
        case ast.Compare(
            left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]
        ):
            return False
        case ast.Compare(left=left, ops=[operator], comparators=[ast.Tuple() as version]) if (
            _spelled(left) == "sys.version_info"
        ):
            return _is_newer(operator, version)
        case ast.Compare(
            left=left,
            ops=[ast.In() | ast.NotIn() as operator],
            comparators=[ast.Tuple(elts=choices) | ast.List(elts=choices) | ast.Set(elts=choices)],
        ):
            return _is_among(left, choices, isinstance(operator, ast.In))
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=str(text))]):
            return _is_windows(left, text)
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[ast.Constant(value=str(text))]):
            same = _is_windows(left, text)
            return None if same is None else not same
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _truth(operand)
            return None if inner is None else not inner
        case ast.Call(
            func=ast.Attribute(attr="startswith", value=left), args=[ast.Constant(value=str(text))]
        ):
            return "win32".startswith(text) if _spelled(left) == "sys.platform" else None
        case _:
            return None


def _truth_of_all(values: list[bool | None], of_all: bool) -> bool | None:  # noqa: FBT001
    """Return what `and`, or else `or`, makes of truths."""
    if (not of_all) in values:
        return not of_all
    return None if None in values else of_all


def _is_newer(operator: ast.cmpop, version: ast.Tuple) -> bool | None:
    """Return what a comparison of Python's version comes to on every Python that there is."""
    numbers = tuple(one.value if isinstance(one, ast.Constant) else None for one in version.elts)
    if not all(isinstance(number, int) for number in numbers) or numbers > _OLDEST:
        return None
    if isinstance(operator, ast.GtE | ast.Gt):
        return True if isinstance(operator, ast.GtE) or numbers < _OLDEST else None
    return False if isinstance(operator, ast.Lt) or numbers < _OLDEST else None


def _is_among(left: ast.expr, choices: list[ast.expr], wanted: bool) -> bool | None:  # noqa: FBT001
    texts = [one.value for one in choices if isinstance(one, ast.Constant)]
    found = [_is_windows(left, text) for text in texts if isinstance(text, str)]
    if len(found) < len(choices) or None in found:
        return None
    return any(found) is wanted


def _is_windows(left: ast.expr, text: str) -> bool | None:
    windows = {"sys.platform": "win32", "os.name": "nt", "platform.system": "Windows"}
    own = windows.get(_spelled(left.func if isinstance(left, ast.Call) else left))
    return None if own is None else own == text


def _spelled(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module}.{name}"
        case _:
            return ""


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    """Return whether the code goes on after an import that cannot be made."""
    if any(isinstance(statement, ast.Raise) for statement in handler.body):
        return False
    match handler.type:
        case None:
            return True
        case ast.Tuple(elts=elements):
            return any(_name_of(element) in _IMPORT_ERRORS for element in elements)
        case kind:
            return _name_of(kind) in _IMPORT_ERRORS


def _suppresses_imports(item: ast.withitem) -> bool:
    match item.context_expr:
        case ast.Call(func=function, args=args) if _name_of(function) == "suppress":
            return any(_name_of(argument) in _IMPORT_ERRORS for argument in args)
        case _:
            return False
