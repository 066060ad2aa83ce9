"""What the names in a Python file stand for: values, functions, and what is imported."""

from __future__ import annotations

import ast
import builtins
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

#: Methods that put their argument into a container, and those that put in what it holds.
_PUTTING = frozenset({"add", "append", "appendleft", "insert"})
_EXTENDING = frozenset({"extend", "update"})
#: Calls of one file that are followed with the arguments of each.
_MOST_CALLS = 100


class Names:
    """Filled while the file is visited."""

    def __init__(self, file: tuple[str, ...], tree: ast.Module) -> None:
        """Begin with a file's installed path and syntax tree."""
        self.file = file
        #: By name; those of attributes, whatever has them, by the name after a dot.
        self.values: dict[str, list[ast.expr]] = defaultdict(list)
        #: What loops go through, by the name of the loop.
        self.elements: dict[str, list[ast.expr]] = defaultdict(list)
        #: What is put into containers, by their names.
        self.members: dict[str, list[ast.expr]] = defaultdict(list)
        #: Parameters that are what a name is, so that functions may put something into it.
        self.shared: dict[str, list[str]] = defaultdict(list)
        #: The file's functions and classes, and the names of their parameters; `*` before the one
        #: that takes all further arguments.
        self.functions: dict[str, list[str]] = {}
        self.returned: dict[str, list[ast.expr]] = defaultdict(list)
        self.yielded: dict[str, list[ast.expr]] = defaultdict(list)
        #: What functions return that end with their only `return`.
        self.results: dict[str, ast.expr] = {}
        #: What parameters of functions are where they are not given.
        self.defaults: dict[str, dict[str, ast.expr]] = {}
        #: Values of the environment variable PATH.
        self.search_paths: list[ast.expr] = []
        #: Modules, or names of theirs, that imports bind to names; and modules all of whose names
        #: are imported.
        self.imported: dict[str, tuple[str, ...]] = {}
        self.opened: list[tuple[str, ...]] = []
        #: Names by which functions of others are called.
        self.aliases: dict[str, str] = {}
        #: Calls of functions that are followed with their arguments.
        self.calls_left = _MOST_CALLS
        self._tree = tree

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        """Note a value of a name, of an attribute, of an item, or of each of several names."""
        match target:
            case ast.Name(id=name):
                self.values[name].append(value)
                if isinstance(value, ast.Lambda):
                    self.define(name, value.args, value.body)
                elif isinstance(value, ast.Attribute):
                    self.aliases.setdefault(name, value.attr)
                elif isinstance(value, ast.Call) and (
                    named := getattr_name(value) or _partial_name(value)
                ):
                    self.aliases.setdefault(name, named)
            case ast.Attribute(attr=name):
                self.values[f".{name}"].append(value)
            case ast.Subscript(value=container, slice=index):
                self.members[_key(container)].append(value)
                if name_of(container) == "environ" and _is_path(index):
                    self.search_paths.append(value)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for number, one in enumerate(targets):
                    self.assign(one, ast.Subscript(value, ast.Constant(number)))
            case _:
                pass

    def loop(self, target: ast.expr, iterable: ast.expr) -> None:
        """Note what a loop gives its names, one after the other."""
        if isinstance(target, ast.Name):
            self.elements[target.id].append(iterable)
        else:
            element = f"element {len(self.elements)}"
            self.elements[element].append(iterable)
            self.assign(target, ast.Name(element))

    def put(self, call: ast.Call) -> None:
        """Note what a method puts into a container."""
        match call:
            case ast.Call(func=ast.Attribute(value=container, attr=method), args=[*_, value]):
                if method in _PUTTING:
                    self.members[_key(container)].append(value)
                elif method in _EXTENDING:
                    self.values[_key(container)].append(value)
            case _:
                pass

    def define(self, name: str, arguments: ast.arguments, returned: ast.expr | None = None) -> None:
        """Note a function, its parameters and their defaults, and what a lambda returns."""
        plain = [*arguments.posonlyargs, *arguments.args]
        with_defaults = plain[len(plain) - len(arguments.defaults) :]
        pairs = [
            *zip(with_defaults, arguments.defaults, strict=True),
            *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
        ]
        self.defaults[name] = {one.arg: value for one, value in pairs if value is not None}
        for parameter, value in self.defaults[name].items():
            self.values[parameter].append(value)
        rest = [f"*{arguments.vararg.arg if arguments.vararg else ''}"]
        names = [one.arg for one in plain], [one.arg for one in arguments.kwonlyargs]
        has_rest = arguments.vararg or arguments.kwonlyargs
        self.results.pop(name, None)
        self.functions[name] = [*names[0], *(rest if has_rest else ()), *names[1]]
        if returned is not None:
            self.returned[name].append(returned)

    def pass_arguments(self, call: ast.Call) -> None:
        """Let parameters of an own function have the values that it is called with."""
        if self.is_own(call):
            self.pass_to(name_of(call.func) or "", call)

    def pass_to(self, function: str, call: ast.Call) -> None:
        """Let parameters of a function have the arguments of a call."""
        for name, value in self.arguments(function, call):
            if isinstance(value, ast.Starred):
                self.elements[name].append(value.value)
            else:
                self.values[name].append(value)
                if isinstance(value, ast.Name):
                    self.shared[value.id].append(name)

    def arguments(self, function: str, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        """Yield parameters of a function and what a call passes; `*x` where it is one of those."""
        parameters = self.functions[function]
        given: list[ast.expr] = []
        for one in call.args:
            match one:
                case ast.Starred(value=ast.Tuple(elts=elements) | ast.List(elts=elements)):
                    given += elements
                case _:
                    given.append(one)
        for index, (name, argument) in enumerate(zip(parameters, given, strict=False)):
            if name.startswith("*"):
                yield name[1:], ast.Tuple(given[index:])
                break
            if isinstance(argument, ast.Starred):
                yield from ((other.lstrip("*"), argument) for other in parameters[index:])
                break
            yield name, argument
        yield from ((one.arg, one.value) for one in call.keywords if one.arg is not None)

    def bind(self, node: ast.Import | ast.ImportFrom) -> None:
        """Note which modules, or names of theirs, an import binds to names."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                path = tuple(alias.name.split("."))
                self.imported[alias.asname or path[0]] = path if alias.asname else path[:1]
            return
        package = next(self.modules(node))
        for alias in node.names:
            if alias.name == "*":
                self.opened.append(package)
            self.imported[alias.asname or alias.name] = (*package, alias.name)
            self.aliases[alias.asname or alias.name] = alias.name

    def paths_of(self, node: ast.expr) -> Iterator[tuple[str, ...]]:
        """Yield the modules, and names of modules, that `a` or `a.b().c` may mean."""
        names: list[str] = []
        while isinstance(node, ast.Attribute | ast.Call):
            if isinstance(node, ast.Attribute):
                names.append(node.attr)
            node = node.value if isinstance(node, ast.Attribute) else node.func
        below = tuple(reversed(names))
        if isinstance(node, ast.Name) and node.id in self.imported:
            yield (*self.imported[node.id], *below)
        elif isinstance(node, ast.Name) and not hasattr(builtins, node.id):
            yield from ((*module, node.id, *below) for module in self.opened)

    def is_own(self, call: ast.Call) -> bool:
        """Return whether a function or a method of this file is called."""
        match call.func:
            case ast.Name(id=name):
                return name in self.functions
            case ast.Attribute(attr=name) if name in self.functions:
                return _root(call.func) not in self._imported
            case _:
                return False

    def is_object(self, node: ast.expr) -> bool:
        """Return whether an expression is a class of the file, or an object of one."""
        match node:
            case ast.Name(id="self" | "cls"):
                return True
            case ast.Name(id=name):
                values = self.values.get(name, ())
                return name in self.functions or any(
                    isinstance(one, ast.Call) and self.is_own(one) for one in values
                )
            case ast.Call():
                return self.is_own(node)
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
        """Return the value of a name that the file assigns once, or None.

        Of `name()`, what the function of that name returns, if it is always one thing.
        """
        if name.endswith("()"):
            return self.results.get(name[:-2])
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


def _is_path(index: ast.expr) -> bool:
    """Return whether an index is the name of the environment variable PATH."""
    text = index.value if isinstance(index, ast.Constant) else None
    return isinstance(text, str) and text.upper() == "PATH"


def _key(container: ast.expr) -> str:
    """Return what values of a name or an attribute are noted under."""
    match container:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return f".{name}"
        case _:
            return ""


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
