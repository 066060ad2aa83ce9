"""Paths in Python code, read from its syntax as far as constants go.

They are followed through assignments, loops and calls within one file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from string import Formatter
from typing import NamedTuple

from winarm.verify.conditions import Conditions
from winarm.verify.python_names import Names, name_of

#: Functions that return the path that they are given.
_SAME = frozenset({
    "abspath", "realpath", "normpath", "normcase", "expanduser", "fspath", "str", "Path",
    "PurePath", "WindowsPath", "resolve", "absolute", "as_posix", "c_wchar_p", "c_char_p",
    "fsencode", "fsdecode", "encode", "as_file", "enter_context", "strip", "rstrip", "sorted",
    "list", "reversed", "tuple", "set", "create_unicode_buffer",
})  # fmt: skip
#: Where a value goes in a text.
_FIELD = re.compile(r"%s")
#: What stands for other characters in a pattern, and folders in folders that `**` stands for.
_WILD = re.compile(r"[*?\[]")
_DEEPEST_FOLDER = 5
_MOST_VALUES = 16
_DEEPEST = 12
#: Parts that a path is put together from, its components, and characters of one of the parts.
_MOST_PARTS = 64
_LONGEST_PART = 1024


class Place(NamedTuple):
    """A path as far as the code tells it."""

    #: `site` (where wheels are installed), "" for a relative path, `?` for an unknown folder, or
    #: `ELSEWHERE` for a relative path that leads to no folder of the wheel.
    root: str
    #: Components; None for one that the code does not tell.
    parts: tuple[str | None, ...] = ()

    @property
    def is_unknown(self) -> bool:
        """Return whether nothing at all is known of it."""
        return self.root == "?" and not any(self.parts)

    @property
    def is_led(self) -> bool:
        """Return whether it begins with a folder that may be the wheel's."""
        return self.root in {"site", "?"}

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
        if self.is_unknown or self.root == ELSEWHERE:
            return False
        if "site-packages" in self.parts:
            below = self.parts[self.parts.index("site-packages") + 1 :]
            return Place("site", below).fits(installed)
        wanted = ("site", *self.parts) if self.root == "site" else self.parts
        actual = installed if self.root == "site" else installed[-len(wanted) :]
        return len(wanted) == len(actual) and all(
            one is None or one.lower() == other.lower()
            for one, other in zip(wanted, actual, strict=True)
        )


UNKNOWN = Place("?")
ELSEWHERE = "."


class Paths:
    """Evaluates the paths that expressions of one file stand for."""

    def __init__(self, names: Names, conditions: Conditions) -> None:
        self._names = names
        self._conditions = conditions
        self._file = Place("site", names.file)
        self._evaluations: dict[int, list[Place]] = {}
        #: Nodes that are not in the file, kept so that none has the identity of another.
        self._made: list[ast.expr] = []

    def places(self, node: ast.expr, depth: int = 0) -> list[Place]:
        """Return the paths that an expression may be."""
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
            case ast.Name(id="__file__") if "__file__" not in self._names.values:
                yield self._file
            case ast.Name(id=name):
                for value in self._names.values.get(name, ()):
                    yield from self.places(value, below)
                for value in self._names.elements.get(name, ()):
                    yield from self._items(value, below)
            case ast.Attribute(attr="path", value=value):
                yield from self.places(value, below)
            case ast.Attribute(attr="parent", value=value):
                yield from (place.parent for place in self.places(value, below))
            case ast.Attribute(attr="pardir"):
                yield Place("", ("..",))
            case ast.Attribute(attr="curdir"):
                yield Place("", (".",))
            case ast.Attribute(attr="sep"):
                yield _from_text("/")
            case ast.Subscript(value=ast.Attribute(attr="parents", value=value), slice=index):
                number = index.value if isinstance(index, ast.Constant) else None
                for place in self.places(value, below):
                    up = int(number) + 1 if isinstance(number, int) and number >= 0 else 0
                    yield Place(place.root, place.parts[:-up]) if up else UNKNOWN
            case ast.Subscript(value=ast.Name(id="__path__")):
                yield self._file.parent
            case ast.Subscript(value=ast.Call(func=function, args=[value, *_])) if (
                name_of(function) == "split"
            ):
                yield from (place.parent for place in self.places(value, below))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                yield from self._joined([left, right], below)
            case ast.BinOp(left=ast.Constant(value=text), op=ast.Mod(), right=right):
                values = right.elts if isinstance(right, ast.Tuple) else [right]
                yield from self._assembled(_percent_pieces(text, values), below)
            case ast.BinOp(op=ast.Add()):
                yield from self._concatenated(_operands(node), below)
            case ast.JoinedStr(values=pieces):
                yield from self._concatenated(
                    [one.value if isinstance(one, ast.FormattedValue) else one for one in pieces],
                    below,
                )
            case ast.IfExp(test=test, body=body, orelse=orelse):
                truth = self._conditions.truth(test)
                yield from self.places(body, below) if truth is not False else ()
                yield from self.places(orelse, below) if truth is not True else ()
            case ast.NamedExpr(value=value):
                yield from self.places(value, below)
            case ast.Call():
                yield from self._result(node, below)
            case _:
                yield UNKNOWN

    def _result(self, call: ast.Call, depth: int) -> Iterator[Place]:
        name = self._names.called(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        first = call.args[0] if call.args else None
        source = first if first is not None else receiver
        if name == "files":
            yield from self._package(first)
        elif self._names.is_own(call):
            for value in self._names.returned.get(name, ()):
                yield from self.places(value, depth)
        elif name == "format" and isinstance(receiver, ast.Constant):
            keywords = {one.arg: one.value for one in call.keywords}
            pieces = _format_pieces(receiver.value, call.args, keywords)
            yield from self._assembled(pieces, depth)
        elif name in _SAME and len(call.args) < 2 and source is not None:  # noqa: PLR2004
            yield from self.places(source, depth)
        elif first is not None:
            yield from self._put_together(name, receiver, call.args, depth)

    def _put_together(
        self, name: str, receiver: ast.expr | None, arguments: list[ast.expr], depth: int
    ) -> Iterator[Place]:
        """Yield what functions of os.path and methods of pathlib make of paths."""
        if name == "dirname":
            yield from (place.parent for place in self.places(arguments[0], depth))
        elif name in {"join", "Path", "PurePath"}:
            yield from self._joined(arguments, depth)
        elif name == "joinpath" and receiver is not None:
            yield from self._joined([receiver, *arguments], depth)
        elif name == "with_name" and receiver is not None:
            for place in self.places(receiver, depth):
                for last in self.places(arguments[0], depth):
                    yield place.parent.joined(last)
        elif name in _SAME:
            yield from self.places(arguments[0], depth)

    def _package(self, argument: ast.expr | None) -> Iterator[Place]:
        """Yield the folder of importlib.resources.files(package)."""
        match argument:
            case ast.Constant(value=str(name)):
                yield Place("site", tuple(name.split(".")))
            case ast.Name(id="__package__" | "__name__"):
                yield self._file.parent
            case _:
                yield UNKNOWN

    def _assembled(self, pieces: list[ast.expr] | None, depth: int) -> Iterator[Place]:
        """Yield what a text becomes that is put together of `pieces`, if they are known."""
        if pieces is None:
            yield UNKNOWN
            return
        self._made += pieces
        yield from self._concatenated(pieces, depth)

    def _joined(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        places = [Place("")]
        for node in nodes:
            if isinstance(node, ast.Starred) or len(nodes) > _MOST_PARTS:
                yield UNKNOWN
                return
            others = self.places(node, depth)
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
            others = self.places(node, depth)
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
                    yield from self.places(element, depth)
            case ast.Name(id=name):
                for value in self._names.values.get(name, ()):
                    if depth < _DEEPEST:
                        yield from self._items(value, depth + 1)
            case ast.Call(func=function, args=args):
                name = self._names.called(function)
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
        is_pattern = name.endswith("glob")
        nodes = [] if of_module or not isinstance(function, ast.Attribute) else [function.value]
        nodes += [ast.Constant("**")] if name == "rglob" else []
        nodes += call.args[:1] if of_module or is_pattern else []
        nodes += [] if is_pattern else [ast.Constant("*")]
        self._made += nodes
        for place in self._joined(nodes, depth):
            yield from _matching(place)
        if name == "listdir":
            # Names, which the code joins to the folder.
            yield Place("", (None,))


def _percent_pieces(text: object, values: Sequence[ast.expr]) -> list[ast.expr] | None:
    """Return the pieces of a text whose `%s` stand for `values`, or None if it is another."""
    texts = _FIELD.split(text) if isinstance(text, str) and len(text) <= _LONGEST_PART else []
    if len(texts) != len(values) + 1:
        return None
    pieces: list[ast.expr] = [ast.Constant(texts[0])]
    for value, after in zip(values, texts[1:], strict=True):
        pieces += value, ast.Constant(after)
    return pieces


def _format_pieces(
    text: object, values: Sequence[ast.expr], keywords: Mapping[str | None, ast.expr]
) -> list[ast.expr] | None:
    """Return the pieces of what `str.format` makes of a text, or None where it fails."""
    if not isinstance(text, str) or len(text) > _LONGEST_PART:
        return None
    named: Mapping[str | None, ast.expr] = {
        **keywords,
        **{f"{number}": value for number, value in enumerate(values)},
    }
    pieces: list[ast.expr] = []
    automatic = count()
    try:
        for before, field, form, conversion in Formatter().parse(text):
            pieces.append(ast.Constant(before))
            if field is not None:
                value = named.get(field or f"{next(automatic)}")
                known = value is not None and not form and conversion in {None, "s"}
                pieces.append(value if value is not None and known else ast.Name("?"))
    except ValueError:
        return None
    return pieces


def _matching(pattern: Place) -> Iterator[Place]:
    """Yield the paths that fit a pattern of `glob`."""
    wild = tuple(None if part and _WILD.search(part) else part for part in pattern.parts)
    at = pattern.parts.index("**") if "**" in pattern.parts else -1
    for depth in range(_DEEPEST_FOLDER) if at >= 0 else ():
        yield Place(pattern.root, (*wild[:at], *(None,) * depth, *wild[at + 1 :]))
    if at < 0:
        yield Place(pattern.root, wild)


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
