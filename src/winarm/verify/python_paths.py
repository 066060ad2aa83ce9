"""Paths in Python code, read from its syntax as far as constants go."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from string import Formatter

from winarm.verify.python_names import name_of
from winarm.verify.python_places import (
    LONGEST_TEXT,
    MOST_PARTS,
    UNKNOWN,
    Place,
    concatenation,
    from_text,
    matching,
)
from winarm.verify.python_values import DEEPEST, MOST_FOLLOWED, MOST_VALUES, Values, operands

#: Functions that return the path that they are given.
_SAME = frozenset({
    "abspath", "realpath", "normpath", "normcase", "expanduser", "fspath", "str", "Path",
    "PurePath", "WindowsPath", "resolve", "absolute", "as_posix", "c_wchar_p", "c_char_p",
    "fsencode", "fsdecode", "encode", "as_file", "enter_context", "strip", "rstrip", "sorted",
    "list", "reversed", "tuple", "set", "create_unicode_buffer",
})  # fmt: skip
#: Texts of os.path.
_TEXTS = {"pardir": "..", "curdir": ".", "sep": "/"}
#: Where a value goes in a text.
_FIELD = re.compile(r"%s")


class Paths(Values):
    """Evaluates the paths that expressions of one file stand for."""

    def places(self, node: ast.expr, depth: int = 0) -> list[Place]:
        """Return the paths that an expression may be."""
        # Once each: names may refer to one another many times over.
        known = self.evaluations.get(id(node))
        if known is not None:
            return known
        if depth >= DEEPEST:
            return [UNKNOWN]
        self.evaluations[id(node)] = [UNKNOWN]
        found = dict.fromkeys(islice(self._evaluated(node, depth), MOST_VALUES))
        self.evaluations[id(node)] = list(found) or [UNKNOWN]
        return self.evaluations[id(node)]

    @property
    def search_path(self) -> list[Place]:
        """Return the folders that the file puts into the environment variable PATH."""
        found = [
            self.places(one) for value in self.names.search_paths for one in self._entries(value)
        ]
        return [place for places in found for place in places if place.is_led and place.parts]

    def _entries(self, value: ast.expr) -> list[ast.expr]:
        """Return the folders in a value of PATH."""
        match value:
            case ast.JoinedStr(values=pieces):
                parts = _formatted(pieces)
            case ast.Call(func=function, args=[container]) if name_of(function) == "join":
                return self.elements(container)
            case _:
                parts = operands(value)
        groups: list[list[ast.expr]] = [[]]
        for part in parts:
            if _is_separator(part):
                groups.append([])
            else:
                groups[-1].append(part)
        found = [ast.JoinedStr(group) for group in groups]
        self.made += found
        return [*found]

    def _evaluated(self, node: ast.expr, depth: int) -> Iterator[Place]:  # noqa: C901, PLR0912
        below = depth + 1
        meant = self.meant(node)
        if meant is not None:
            # None is no path; something else is given before it is used as one.
            meant = meant[:MOST_FOLLOWED]
            for value in [one for one in meant if not _is_none(one)] or meant:
                yield from self.places(value, below)
            return
        match node:
            case ast.Constant(value=Place() as place):
                yield place
            case ast.Constant(value=str(text)):
                yield from_text(text)
            case ast.Constant(value=bytes(data)):
                yield from_text(data.decode("utf-8", "replace"))
            case ast.Name(id="__file__"):
                yield self.file
            case ast.Name(id="__package__" | "__name__"):
                yield Place("", (".".join(map(str, self.file.parent.parts)),))
            case ast.Attribute(attr="path", value=value):
                yield from self.places(value, below)
            case ast.Attribute(attr="parent", value=value):
                yield from (place.parent for place in self.places(value, below))
            case ast.Attribute(attr="prefix" | "exec_prefix", value=ast.Name(id="sys" | "_sys")):
                yield Place("prefix")
            case ast.Attribute(attr="pardir" | "curdir" | "sep" as name):
                yield from_text(_TEXTS[name])
            case ast.Subscript(value=ast.Attribute(attr="parents", value=value), slice=index):
                number = index.value if isinstance(index, ast.Constant) else None
                for place in self.places(value, below):
                    up = int(number) + 1 if isinstance(number, int) and number >= 0 else 0
                    yield Place(place.root, place.parts[:-up]) if up else UNKNOWN
            case ast.Subscript(
                value=ast.Call(func=function, args=[value]), slice=ast.Constant(value=0)
            ) if name_of(function) == "split" and not _is_text(value):
                yield from (place.parent for place in self.places(value, below))
            case ast.Subscript(value=container):
                for element in self.elements(container):
                    yield from self.places(element, below)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                yield from self._joined([left, right], below)
            case ast.BinOp(left=ast.Constant(value=text), op=ast.Mod(), right=right):
                values = right.elts if isinstance(right, ast.Tuple) else [right]
                yield from self._assembled(_percent_pieces(text, values), below)
            case ast.BinOp(op=ast.Add()):
                yield from self._concatenated(operands(node), below)
            case ast.JoinedStr(values=pieces):
                yield from self._concatenated(_formatted(pieces), below)
            case ast.Call():
                yield from self._result(node, below)
            case _:
                yield UNKNOWN

    def _result(self, call: ast.Call, depth: int) -> Iterator[Place]:  # noqa: C901, PLR0912 - a case each
        name = self.names.called(call.func)
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        first = call.args[0] if call.args else None
        source = first if first is not None else receiver
        if name == "files":
            yield from self._package(first, depth)
        elif name == "get" and receiver is not None and first is not None:
            self.made.append(ast.Subscript(receiver, first))
            found = self.meant(self.made[-1])
            yield from (UNKNOWN,) if found is None else ()
            for value in (*(found or ()), *call.args[1:]):
                yield from self.places(value, depth)
        elif name in {"getenv", "pop", "getattr"} and len(call.args) > 1:
            yield UNKNOWN
            yield from self.places(call.args[-1], depth)
        elif name == "join" and _is_text(receiver) and receiver is not None:
            yield from self._joined_by(receiver, call.args, depth)
        elif name == "locate_file" and first is not None:
            yield from (Place("site").joined(one) for one in self.places(first, depth))
        elif name == "replace" and receiver is not None and len(call.args) == 2:  # noqa: PLR2004 - the old and the new
            yield from self._replaced(receiver, call.args, depth)
        elif name in {"path", "resource_filename"} and len(call.args) == 2:  # noqa: PLR2004 - a package, and a name in it
            for package in self._package(first, depth):
                yield from (package.joined(one) for one in self.places(call.args[1], depth))
        elif name in {"get_path", "get_python_lib"}:
            yield from self._of_sysconfig(first)
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

    def _package(self, argument: ast.expr | None, depth: int) -> Iterator[Place]:
        """Yield the folder of importlib.resources.files(package)."""
        if argument is None:
            yield self.file.parent
            return
        for name in self.places(argument, depth):
            match name:
                case Place(root="", parts=[str(dotted)]):
                    yield Place("site", tuple(dotted.split(".")))
                case _:
                    yield UNKNOWN

    def _replaced(
        self, text: ast.expr, arguments: Sequence[ast.expr], depth: int
    ) -> Iterator[Place]:
        """Yield a path in which one text is replaced by another."""
        match arguments:
            case [ast.Constant(value=str(old)), ast.Constant(value=str(new))] if old:
                for place in self.places(text, depth):
                    parts = [part and part.replace(old, new) for part in place.parts]
                    whole = [
                        piece for part in parts for piece in (part.split("/") if part else [part])
                    ]
                    yield Place(place.root).joined(Place("", tuple(whole)))
            case _:
                yield UNKNOWN

    def _of_sysconfig(self, key: ast.expr | None) -> Iterator[Place]:
        """Yield the folder of sysconfig.get_path(key), or of get_python_lib()."""
        match key:
            case None | ast.Constant(value="platlib" | "purelib" | 0 | 1):
                yield Place("site")
            case ast.Constant(value="data"):
                yield Place("prefix")
            case ast.Constant(value="scripts"):
                yield Place("prefix", ("Scripts",))
            case _:
                yield UNKNOWN

    def _joined_by(
        self, separator: ast.expr, arguments: Sequence[ast.expr], depth: int
    ) -> Iterator[Place]:
        """Yield what a text joins to a path: with a separator of folders, or none."""
        [between, *more] = self.places(separator, depth)
        parts = [ast.Starred(one) for one in arguments[:1]]
        self.made += parts
        if more or between not in {from_text("/"), from_text("")}:
            yield UNKNOWN
        elif between == from_text("/"):
            yield from self._joined(parts, depth)
        else:
            for nodes in self._spliced(parts):
                yield from self._concatenated(nodes, depth)

    def _assembled(self, pieces: list[ast.expr] | None, depth: int) -> Iterator[Place]:
        """Yield what a text becomes that is put together of `pieces`, if they are known."""
        if pieces is None:
            yield UNKNOWN
            return
        self.made += pieces
        yield from self._concatenated(pieces, depth)

    def _spliced(self, nodes: Sequence[ast.expr]) -> Iterator[list[ast.expr]]:
        """Yield the arguments that `nodes` may be, some of them `*container`."""
        variants: list[list[ast.expr]] = [[]]
        for node in nodes[: MOST_PARTS + 1]:
            inner = self.literals(node.value) if isinstance(node, ast.Starred) else []
            ways = [self.elements(one) for one in inner] or [[node]]
            variants = [[*one, *way] for one in variants for way in ways][:MOST_VALUES]
        yield from variants

    def _joined(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        for variant in self._spliced(nodes):
            if len(variant) > MOST_PARTS:
                yield UNKNOWN
            else:
                yield from self._joined_plain(variant, depth)

    def _joined_plain(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        places = [Place("")]
        for node in nodes:
            others = self.places(node, depth)
            places = [
                other if other.root != "" and place == Place("") else place.joined(other)
                for place in places
                for other in others
            ][:MOST_VALUES]
        yield from places

    def _concatenated(self, nodes: Sequence[ast.expr], depth: int) -> Iterator[Place]:
        """Yield the places that texts make one after the other."""
        places = [Place("", ("",))]
        if len(nodes) > MOST_PARTS:
            yield UNKNOWN
            return
        for node in nodes:
            others = self.places(node, depth)
            places = [concatenation(place, other) for place in places for other in others][
                :MOST_VALUES
            ]
        # `..` within the text counts once all of it is there.
        yield from (
            place if place.is_unknown else Place(place.root).joined(Place("", place.parts))
            for place in places
        )

    def listed(self, call: ast.Call, name: str, depth: int) -> Iterator[Place]:
        """Yield the paths that a function returns which lists a folder."""
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
        self.made += nodes
        for place in self._joined(nodes, depth):
            yield from matching(place)
        if name == "listdir":
            # Names, which the code joins to the folder.
            yield Place("", (None,))


def _percent_pieces(text: object, values: Sequence[ast.expr]) -> list[ast.expr] | None:
    """Return the pieces of a text whose `%s` stand for `values`, or None if it is another."""
    texts = _FIELD.split(text) if isinstance(text, str) and len(text) <= LONGEST_TEXT else []
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
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
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


def _formatted(pieces: Sequence[ast.expr]) -> list[ast.expr]:
    """Return the texts and values that an f-string is put together of."""
    return [one.value if isinstance(one, ast.FormattedValue) else one for one in pieces]


def _is_separator(node: ast.expr) -> bool:
    """Return whether an expression is what separates the folders in PATH."""
    text = node.value if isinstance(node, ast.Constant) else None
    return text == ";" or (name_of(node) == "pathsep")


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(receiver: ast.expr | None) -> bool:
    """Return whether `join` is a method of a text: of a constant or of a separator."""
    match receiver:
        case ast.Constant() | ast.Attribute(attr="sep" | "altsep") | ast.Name(id="sep"):
            return True
        case _:
            return False
