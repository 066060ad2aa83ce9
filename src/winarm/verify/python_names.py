"""What the names in a Python file stand for: values, functions, and what is imported."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property


class Names:
    """Filled while the file is visited."""

    def __init__(self, file: tuple[str, ...], tree: ast.Module) -> None:
        """Begin with a file's installed path and syntax tree."""
        self.file = file
        self.values: dict[str, list[ast.expr]] = defaultdict(list)
        #: What loops go through, by the name of the loop.
        self.elements: dict[str, list[ast.expr]] = defaultdict(list)
        #: The file's functions and classes, and the names of their parameters.
        self.functions: dict[str, list[str]] = {}
        self.returned: dict[str, list[ast.expr]] = defaultdict(list)
        #: Names by which functions of others are called.
        self.aliases: dict[str, str] = {}
        self._tree = tree

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Note a value of a name."""
        if isinstance(target, ast.Name):
            self.values[target.id].append(value)
            if isinstance(value, ast.Attribute):
                self.aliases.setdefault(target.id, value.attr)
            elif (named := getattr_name(value) or _partial_name(value)) is not None:
                self.aliases.setdefault(target.id, named)

    def pass_arguments(self, call: ast.Call) -> None:
        """Let parameters of an own function have the values that it is called with."""
        if self.is_own(call):
            parameters = self.functions[name_of(call.func) or ""]
            for name, argument in zip(parameters, call.args, strict=False):
                self.values[name].append(argument)

    def is_own(self, call: ast.Call) -> bool:
        """Return whether a function or a method of this file is called."""
        match call.func:
            case ast.Name(id=name):
                return name in self.functions
            case ast.Attribute(attr=name) if name in self.functions:
                return _root(call.func) not in self._imported
            case _:
                return False

    def called(self, function: ast.expr) -> str:
        """Return the name of the function that is called, or ""."""
        if isinstance(function, ast.Name):
            return self.aliases.get(function.id, function.id)
        return name_of(function) or getattr_name(function) or ""

    def is_looped(self, node: ast.AST) -> bool:
        """Return whether an expression has a name that a loop gives one value after the other."""
        return any(isinstance(one, ast.Name) and one.id in self.elements for one in ast.walk(node))

    def constant(self, name: str) -> ast.expr | None:
        """Return the value of a name that the file assigns once, or None."""
        return self._constants.get(name)

    def modules(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, ...]]:
        """Yield the modules that an import may run, where their files are without a suffix."""
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
            return
        own = self.file[: -node.level] if node.level else ()
        package = (*own, *(node.module.split(".") if node.module else ()))
        yield package
        yield from ((*package, alias.name) for alias in node.names)

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return list(ast.walk(self._tree))

    @cached_property
    def _imported(self) -> frozenset[str]:
        """The names that imports bind, and no class of the file has."""
        classes = {node.name for node in self._nodes if isinstance(node, ast.ClassDef)}
        return frozenset(
            (alias.asname or alias.name).partition(".")[0]
            for node in self._nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ).difference(classes)

    @cached_property
    def _constants(self) -> dict[str, ast.expr]:
        bound = Counter(
            node.arg if isinstance(node, ast.arg) else node.id
            for node in self._nodes
            if isinstance(node, ast.arg)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        )
        return {
            node.targets[0].id: node.value
            for node in self._nodes
            if isinstance(node, ast.Assign)
            and len(node.targets) == 1
            and isinstance(node.targets[0], ast.Name)
            and bound[node.targets[0].id] == 1
        }


def _root(node: ast.expr) -> str:
    """Return the name that an expression such as `a.b().c` begins with, or ""."""
    while True:
        match node:
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""


def name_of(function: ast.expr) -> str | None:
    """Return the last name of what is called."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def _partial_name(node: ast.expr) -> str | None:
    """Return the last name of `x` in `partial(x)`."""
    match node:
        case ast.Call(func=function, args=[partial]) if name_of(function) == "partial":
            return name_of(partial)
        case _:
            return None


def getattr_name(node: ast.expr) -> str | None:
    """Return the name in `getattr(x, name)`."""
    match node:
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(name)), *_]):
            return name
        case _:
            return None
