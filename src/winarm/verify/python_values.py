"""What expressions in Python code stand for, as far as constants go.

They are followed through assignments, containers, loops and calls, and through what is imported
from other files of the wheel.
"""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from winarm.verify.conditions import Conditions
from winarm.verify.python_names import Names
from winarm.verify.python_places import Place, matching

#: Functions that return containers with the elements of their last argument, or some of these.
_SAME_ELEMENTS = frozenset({"sorted", "list", "tuple", "reversed", "set", "iter", "filter"})
_LISTING = frozenset({"glob", "rglob", "iterdir", "listdir", "scandir", "iglob"})
#: Functions that return one of the elements of their argument.
_CHOOSING = frozenset({"next", "min", "max"})
#: Attributes of paths and of entries of folders.
_OF_PATHS = frozenset({"parent", "path"})
#: What the code does not tell.
NOT_TOLD = ast.Constant(...)
MOST_VALUES = 16
DEEPEST = 12
#: Calls in calls that are followed with the arguments of each.
_DEEPEST_CALL = 4
#: Expressions of all files that are followed through containers and calls.
_MOST_STEPS = 8_000
#: Expressions that are gone through to find the containers that one may be.
MOST_FOLLOWED = 100

#: Returns what a name of another module stands for, or what a call of it returns: in expressions
#: of constants, or of places as if these were constants.
Find = Callable[[tuple[str, ...], ast.Call | None], Sequence[ast.expr]]


@dataclass
class Lookup:
    """Looks up names of other modules, within a bound for all files together."""

    find: Find = lambda _path, _call: ()
    #: Expressions that are still followed.
    steps_left: int = _MOST_STEPS


class Values(ABC):
    """Evaluates what expressions of one file stand for, except paths."""

    def __init__(
        self,
        names: Names,
        conditions: Conditions,
        lookup: Lookup,
        bound: Mapping[str, list[ast.expr]] | None = None,
    ) -> None:
        """Begin with what is known of the file.

        :param bound: values of parameters within one call.
        """
        self.names = names
        self._bound = bound
        self.conditions = conditions
        self._lookup = lookup
        self.file = Place("site", names.file)
        #: The paths that expressions are, by their identities.
        self.evaluations: dict[int, list[Place]] = {}
        #: Calls that this one is in.
        self.level = 0
        self._iterations: dict[int, list[ast.expr]] = {}
        self._items: dict[int, list[ast.expr] | None] = {}
        #: Nodes that are not in the file, kept so that none has the identity of another.
        self.made: list[ast.expr] = []

    @abstractmethod
    def places(self, node: ast.expr, depth: int = 0) -> list[Place]:
        """Return the paths that an expression may be."""

    @abstractmethod
    def listed(self, call: ast.Call, name: str, depth: int) -> Iterator[Place]:
        """Yield the paths that a function returns which lists a folder."""

    def closed(self, node: ast.expr, depth: int = 0) -> ast.expr:
        """Return an expression without names that stands for the same as far as it is known."""
        self._lookup.steps_left -= 1
        if depth > DEEPEST or self._lookup.steps_left < 0:
            return NOT_TOLD
        match self.literals(node):
            case [ast.Compare() | ast.UnaryOp() as test] if (
                truth := self.conditions.truth(test)
            ) is not None:
                return ast.Constant(truth)
            case [ast.Tuple() | ast.List() | ast.Set() as container]:
                elements = container.elts[:MOST_VALUES]
                return ast.Tuple([self.closed(one, depth + 1) for one in elements])
            case [ast.Dict(keys=keys, values=values)] if len(keys) <= MOST_VALUES:
                return ast.Dict(keys, [self.closed(one, depth + 1) for one in values])
            case _:
                places = [known(place) for place in self.places(node)]
                return ast.BoolOp(ast.Or(), [*places]) if len(places) > 1 else places[0]

    def closed_call(self, call: ast.Call) -> ast.Call:
        """Return a call with arguments that have no names."""
        return ast.Call(
            call.func,
            [self.closed(one) for one in call.args],
            [ast.keyword(one.arg, self.closed(one.value)) for one in call.keywords],
        )

    def meant(self, node: ast.expr) -> list[ast.expr] | None:  # noqa: C901, PLR0911, PLR0912 - a case each
        """Return the expressions that a name, an item and the like may stand for.

        None where the expression stands for itself.
        """
        names = self.names
        match node:
            case ast.Name(id=name) if self._bound is not None and name in self._bound:
                return self._bound[name]
            case ast.Name(id=name):
                found = names.values.get(name, [])[:MOST_FOLLOWED]
                for iterable in names.elements.get(name, [])[:MOST_VALUES]:
                    found += self.elements(iterable)
                return found or self._imported(node)
            case ast.Attribute(attr=name, value=owner):
                found = names.values.get(f".{name}", [])[:MOST_FOLLOWED]
                if name in names.functions:
                    # A property.
                    found += names.returned.get(name, ())
                if found and not names.is_object(owner):
                    # Another thing may have an attribute of that name.
                    return None if name in _OF_PATHS else [*found, NOT_TOLD]
                return found or self._imported(node)
            case ast.Subscript(value=container, slice=index):
                return self._at(node, container, index)
            case ast.NamedExpr(value=value):
                return [value]
            case ast.BoolOp(values=values):
                return values
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = self.conditions.truth(test)
                return [body] * (truth is not False) + [orelse] * (truth is not True)
            case ast.Call(func=function) if names.called(function) == "getsitepackages":
                return [ast.Tuple([known(Place("prefix")), known(Place("site"))])]
            case ast.Call(args=[iterable, *_]) if names.called(node.func) in _CHOOSING:
                return self.elements(iterable)
            case ast.Call(func=ast.Attribute(attr="pop", value=container), args=[]):
                return self.elements(container)
            case ast.Call(func=function):
                if not names.is_own(node):
                    return self._imported(function, node)
                name = names.called(function)
                # A generator stands for itself.
                return self._returned(name, node) or (None if name in names.yielded else [])
            case _:
                return None

    def _imported(self, node: ast.expr, call: ast.Call | None = None) -> list[ast.expr] | None:
        """Return what a name of another file stands for, or a call of it returns, if known."""
        paths = self.names.paths_of(node)
        if call is None:
            return [one for path in paths for one in self._lookup.find(path, None)] or None
        if id(call) not in self._items:
            self._items[id(call)] = []
            closed = self.closed_call(call)
            self._items[id(call)] = [
                one for path in paths for one in self._lookup.find(path, closed)
            ]
        return self._items[id(call)] or None

    def _returned(self, function: str, call: ast.Call) -> list[ast.expr]:
        """Return what a function of the file returns, given its arguments."""
        names = self.names
        returned = names.returned.get(function, [])
        is_deep = self.level >= _DEEPEST_CALL or names.calls_left <= 0
        if is_deep or not (call.args or call.keywords):
            return returned
        if id(call) not in self._items:
            self._items[id(call)] = []
            names.calls_left -= 1
            bound = {name: [value] for name, value in names.defaults.get(function, {}).items()}
            for name, value in names.arguments(function, call):
                given = self.elements(value.value) if isinstance(value, ast.Starred) else [value]
                bound[name] = [self.closed(one) for one in given]
            inside = type(self)(names, self.conditions, self._lookup, bound)
            inside.level = self.level + 1
            self._items[id(call)] = [inside.closed(one) for one in returned[:MOST_VALUES]]
        return self._items[id(call)] or []

    def literals(self, node: ast.expr) -> list[ast.expr]:
        """Return the containers and other expressions of their own that one may stand for."""
        pending, seen = [node], set[int]()
        found: list[ast.expr] = []
        while pending and len(seen) < MOST_FOLLOWED:
            one = pending.pop()
            if id(one) not in seen:
                seen.add(id(one))
                meant = self.meant(one)
                if meant is None:
                    found.append(one)
                else:
                    pending += meant[:MOST_FOLLOWED]
        self._lookup.steps_left -= len(seen)
        return found if self._lookup.steps_left > 0 else [NOT_TOLD]

    def _at(self, node: ast.expr, container: ast.expr, index: ast.expr) -> list[ast.expr] | None:
        """Return what an item of a container may be, or None where the container is not known."""
        if isinstance(index, ast.Slice):
            return None
        if id(node) not in self._items:
            self._items[id(node)] = None
            found = self._put_into(container)
            is_known = bool(found)
            for one in self.literals(container):
                match one:
                    case ast.Dict(keys=keys, values=values):
                        found += self._of_dict(keys, values, index)
                        is_known = True
                    case ast.Tuple(elts=elements) | ast.List(elts=elements):
                        found += _of_sequence(elements, index)
                        is_known = True
                    case _:
                        found.append(NOT_TOLD)
            self._items[id(node)] = found if is_known else None
        return self._items[id(node)]

    def _of_dict(
        self, keys: list[ast.expr | None], values: list[ast.expr], index: ast.expr
    ) -> list[ast.expr]:
        """Return the values that a key of a dictionary may mean."""
        found: list[ast.expr] = [NOT_TOLD] * (len(keys) > MOST_FOLLOWED)
        for key, value in islice(zip(keys, values, strict=True), MOST_FOLLOWED):
            is_it = key and self.conditions.truth(ast.Compare(index, [ast.Eq()], [key]))
            if is_it:
                return [value]
            found += [value] if is_it is None else []
        return found

    def _put_into(self, container: ast.expr) -> list[ast.expr]:
        """Return what methods and assignments put into a container."""
        members = self.names.members
        match container:
            case ast.Name(id=name):
                found = [
                    member
                    for one in (name, *self.names.shared.get(name, ())[:MOST_VALUES])
                    for member in members.get(one, ())[:MOST_VALUES]
                ]
                return found[:MOST_VALUES]
            case ast.Attribute(attr=name) if name != "environ":
                return members.get(f".{name}", [])[:MOST_VALUES]
            case _:
                return []

    def elements(self, node: ast.expr) -> list[ast.expr]:
        """Return what a loop over `node` goes through, as far as it is known."""
        known = self._iterations.get(id(node))
        if known is None:
            # A container may be made of itself.
            self._iterations[id(node)] = []
            found = [
                element for one in self.literals(node) for element in self._elements_of(one)
            ] + self._put_into(node)
            known = self._iterations[id(node)] = found[:MOST_VALUES]
            self.made += known
        return known

    def _elements_of(self, node: ast.expr) -> Iterator[ast.expr]:  # noqa: C901 - a case each
        match node:
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                for element in elements[:MOST_VALUES]:
                    if isinstance(element, ast.Starred):
                        yield from self.elements(element.value)
                    else:
                        yield element
            case ast.Dict(keys=keys):
                yield from (key for key in keys if key is not None)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                yield node.elt
            case ast.Subscript(value=container, slice=ast.Slice()):
                yield from self.elements(container)
            case ast.BinOp(op=ast.Add()):
                for operand in operands(node):
                    yield from self.elements(operand)
            case ast.Name(id="__path__"):
                yield known(self.file.parent)
            case ast.Call():
                yield from self._results(node)
            case _:
                yield NOT_TOLD

    def _results(self, call: ast.Call) -> Iterator[ast.expr]:  # noqa: C901 - a case each
        """Yield the elements of what a call returns."""
        name = self.names.called(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        if self.names.is_own(call):
            yield from self.names.yielded.get(name, ())
        elif name in _LISTING:
            yield from (known(place) for place in self.listed(call, name, 0))
        elif name in _SAME_ELEMENTS and call.args:
            yield from self.elements(call.args[-1])
        elif name == "map" and len(call.args) == 2:  # noqa: PLR2004 - a function and what it goes through
            function, iterable = call.args
            yield from (ast.Call(function, [one], []) for one in self.elements(iterable))
        elif name == "enumerate" and call.args:
            yield from (ast.Tuple([NOT_TOLD, one]) for one in self.elements(call.args[0]))
        elif name == "zip" and call.args:
            columns = zip(*map(self.elements, call.args), strict=False)
            yield from (ast.Tuple([*row]) for row in columns)
        elif name == "walk" and call.args:
            for place in self.places(call.args[0]):
                for below in matching(place.joined(Place("", ("**",)))):
                    yield ast.Tuple([known(below), NOT_TOLD, NOT_TOLD])
        elif name in {"keys", "values", "items"} and receiver is not None:
            yield from self._of_view(name, receiver)
        else:
            yield NOT_TOLD

    def _of_view(self, name: str, receiver: ast.expr) -> Iterator[ast.expr]:
        """Yield keys, values or both of a dictionary."""
        for one in self.literals(receiver):
            if not isinstance(one, ast.Dict):
                yield NOT_TOLD
                continue
            for key, value in islice(zip(one.keys, one.values, strict=True), MOST_VALUES):
                pair = [key or NOT_TOLD, value]
                yield ast.Tuple(pair) if name == "items" else pair[name == "values"]


def _of_sequence(elements: list[ast.expr], index: ast.expr) -> list[ast.expr]:
    """Return the elements that an index may mean."""
    try:
        number = ast.literal_eval(index)
        return [elements[number]]
    except (ValueError, TypeError, IndexError, SyntaxError):
        return elements[:MOST_VALUES]


def known(place: Place) -> ast.Constant:
    """Return an expression that stands for a place."""
    return ast.Constant(place)  # type: ignore[arg-type]


def operands(node: ast.expr) -> list[ast.expr]:
    """Return what a chain of `+` adds."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]
