"""What the wheel's own Python code does about DLLs, read from its syntax and never run.

CPython loads extension modules with LOAD_LIBRARY_SEARCH_DEFAULT_DIRS and
LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR (Python/dynload_win.c). Other folders count only once code has
called `os.add_dll_directory`, or has loaded the DLL itself by its path. Paths are followed through
assignments, loops and calls within one file, as far as constants go.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
_MOST_VALUES = 16
_DEEPEST = 12
#: Expressions of one file that are evaluated: names may refer to one another many times over.
_MOST_STEPS = 20_000


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
        return Place(self.root, tuple(parts))

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
    #: Last names of modules that it imports and can do without, and those that it must have.
    optional: frozenset[str] = field(default_factory=frozenset)
    required: frozenset[str] = field(default_factory=frozenset)


def read_code(member: str, text: bytes) -> Code | None:
    """Return what a Python file does about DLLs, or None if it is not Python."""
    try:
        tree = ast.parse(text)
        reader = _Reader(member)
        reader.visit_body(tree.body, guarded=False)
        return reader.code()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Reader:
    """Collects assignments and calls of a file, then evaluates the paths in the calls."""

    def __init__(self, member: str) -> None:
        self._file = Place("site", tuple(member.split("/")))
        self._values: dict[str, list[ast.expr]] = defaultdict(list)
        self._elements: dict[str, list[ast.expr]] = defaultdict(list)
        self._functions: dict[str, list[str]] = {}
        self._calls: list[ast.Call] = []
        self._references = self._steps = 0
        self._aliases: dict[str, str] = {}
        self._optional: set[str] = set()
        self._required: set[str] = set()

    def visit_body(self, body: Sequence[ast.AST], *, guarded: bool) -> None:
        for node in body:
            self._visit(node, guarded=guarded)

    def _visit(self, node: ast.AST, *, guarded: bool) -> None:
        if isinstance(node, ast.If):
            truth = _truth(node.test)
            self._visit(node.test, guarded=guarded)
            if truth is not False:
                self.visit_body(node.body, guarded=guarded)
            if truth is not True:
                self.visit_body(node.orelse, guarded=guarded)
            return
        if isinstance(node, ast.Try):
            caught = any(_catches_imports(handler) for handler in node.handlers)
            self.visit_body(node.body, guarded=guarded or caught)
            # A fallback, too, is tried where the first choice failed.
            self.visit_body([*node.handlers, *node.orelse, *node.finalbody], guarded=guarded)
            return
        if isinstance(node, ast.With) and any(map(_suppresses_imports, node.items)):
            self.visit_body(node.items, guarded=guarded)
            self.visit_body(node.body, guarded=True)
            return
        self._note(node, guarded=guarded)
        self.visit_body(tuple(ast.iter_child_nodes(node)), guarded=guarded)

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
            case ast.FunctionDef(name=name, args=arguments):
                self._functions[name] = [argument.arg for argument in arguments.args]
            case ast.Call():
                self._calls.append(node)
                self._references -= _name_of(node.func) in _ADDING
            case ast.Attribute(attr=name) if name in _ADDING:
                self._references += 1

    def _imports(self, names: list[str], *, guarded: bool) -> None:
        found = {name.rpartition(".")[2] for name in names}
        (self._optional if guarded else self._required).update(found - {""})

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._values[target.id].append(value)
            if isinstance(value, ast.Attribute):
                self._aliases.setdefault(target.id, value.attr)
            elif (named := _getattr_name(value)) is not None:
                self._aliases.setdefault(target.id, named)

    def code(self) -> Code:
        for call in self._calls:
            if isinstance(call.func, ast.Name) and call.func.id in self._functions:
                names = self._functions[call.func.id]
                for name, argument in zip(names, call.args, strict=False):
                    self._values[name].append(argument)
        added, loaded = [], []
        for call in self._calls:
            name = self._called(call.func)
            if name in _ADDING:
                added += self._arguments(call)
            elif name in _LOADING:
                loaded += self._arguments(call)
        if self._references > 0:
            # Passed on to something else, such as map().
            added.append(UNKNOWN)
        return Code(
            tuple(dict.fromkeys(added)),
            tuple(dict.fromkeys(loaded)),
            frozenset(self._optional),
            frozenset(self._required),
        )

    def _called(self, function: ast.expr) -> str:
        if isinstance(function, ast.Name):
            return self._aliases.get(function.id, function.id)
        return _name_of(function) or _getattr_name(function) or ""

    def _arguments(self, call: ast.Call) -> list[Place]:
        argument = call.args[0] if call.args else next((k.value for k in call.keywords), None)
        return self._places(argument, 0) if argument is not None else []

    def _places(self, node: ast.expr, depth: int) -> list[Place]:
        self._steps += 1
        if depth >= _DEEPEST or self._steps > _MOST_STEPS:
            return [UNKNOWN]
        found = dict.fromkeys(islice(self._evaluated(node, depth), _MOST_VALUES))
        return list(found) or [UNKNOWN]

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
        if name == "dirname" and first is not None:
            yield from (place.parent for place in self._places(first, depth))
        elif name == "join" and first is not None:
            yield from self._joined(call.args, depth)
        elif name == "joinpath" and receiver is not None:
            yield from self._joined([receiver, *call.args], depth)
        elif name == "with_name" and receiver is not None and first is not None:
            for place in self._places(receiver, depth):
                yield from (place.parent.joined(last) for last in self._places(first, depth))
        elif name in {"Path", "PurePath"} and len(call.args) > 1:
            yield from self._joined(call.args, depth)
        elif name == "files":
            yield from self._package(first)
        elif name in _SAME and (source := first if first is not None else receiver) is not None:
            yield from self._places(source, depth)
        else:
            yield UNKNOWN

    def _package(self, argument: ast.expr | None) -> Iterator[Place]:
        """Yield the folder of importlib.resources.files(package)."""
        match argument:
            case ast.Constant(value=str(name)):
                yield Place("site", tuple(name.split(".")))
            case ast.Name(id="__package__" | "__name__"):
                yield self._file.parent
            case _:
                yield UNKNOWN

    def _joined(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        places = [Place("")]
        for node in nodes:
            if isinstance(node, ast.Starred):
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
    parts: list[str | None] = list(text.replace("\\", "/").split("/"))
    return Place("", tuple(parts))


def _concatenation(first: Place, second: Place) -> Place:
    if second.root != "" and first.parts in {(), ("",)}:
        return second
    if second.root != "" or not second.parts:
        return Place(first.root, (*first.parts[:-1], None))
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


def _truth(test: ast.expr) -> bool | None:  # noqa: PLR0911 - a case each
    """Return what a condition is on Windows, or None."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
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
