"""What conditions in Python code come to on Windows, as far as constants go."""

from __future__ import annotations

import ast
from collections.abc import Callable
from operator import eq, ge, gt, le, lshift, lt, mul, ne, sub
from typing import Any

#: Every Python for Windows on Arm is as new as this.
_OLDEST = (3, 9)
_FACTS = {"sys.platform": "win32", "os.name": "nt"}
_CALLED_FACTS = {"platform.system": "Windows"}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: eq, ast.NotEq: ne, ast.Lt: lt, ast.LtE: le, ast.Gt: gt, ast.GtE: ge, ast.Is: eq,
    ast.IsNot: ne, ast.In: lambda one, other: one in other,
    ast.NotIn: lambda one, other: one not in other,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Pow: pow, ast.LShift: lshift, ast.Sub: sub, ast.Mult: mul,
}  # fmt: skip
_LARGEST_POWER = 64
_METHODS = frozenset({"lower", "upper", "casefold", "startswith", "endswith"})
#: Names that stand for one another, and expressions of one file that are evaluated.
_DEEPEST = 12
_MOST_EVALUATED = 10_000


class _UnknownError(Exception):
    """The code does not tell the value."""


class Conditions:
    """Evaluates conditions of one file."""

    def __init__(self, machine: str, constant: Callable[[str], ast.expr | None]) -> None:
        """Evaluate with these facts.

        :param machine: what `platform.machine()` returns, or "" where that depends.
        :param constant: returns the value of a name that the file assigns once, or None.
        """
        self._machine = machine
        self._constant = constant
        self._left = _MOST_EVALUATED

    def truth(self, test: ast.expr) -> bool | None:
        """Return what a condition is on Windows, or None."""
        return self._truth(test, 0)

    def _truth(self, test: ast.expr, depth: int) -> bool | None:
        try:
            return bool(self._value(test, depth))
        except _UnknownError:
            return None

    def matches(self, subject: ast.expr, pattern: ast.pattern) -> bool | None:
        """Return whether a value matches a pattern of `case`, or None."""
        match pattern:
            case ast.MatchOr(patterns=patterns):
                found = [self.matches(subject, one) for one in patterns]
                return _any_of(found)
            case ast.MatchValue(value=value):
                return self.truth(ast.Compare(subject, [ast.Eq()], [value]))
            case ast.MatchAs(pattern=None):
                return True
            case _:
                return None

    def _value(self, node: ast.expr, depth: int) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - a case each
        below = depth + 1
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise _UnknownError
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
                return False
            case ast.Name(id="__name__"):
                return "imported"
            case ast.Name(id="__debug__"):
                return True
            case ast.Name(id=name) if (assigned := self._constant(name)) is not None:
                return self._value(assigned, below)
            case ast.Attribute() if spelled(node) in _FACTS:
                return _FACTS[spelled(node)]
            case ast.Attribute() if spelled(node) == "sys.maxsize" and self._machine:
                return 2**63 - 1
            case ast.BinOp(
                left=ast.Constant(value=int(one)), op=operator, right=ast.Constant(value=int(other))
            ) if type(operator) in _ARITHMETIC and 0 <= other <= _LARGEST_POWER:
                return _ARITHMETIC[type(operator)](one, other)
            case ast.BoolOp(op=operator, values=values):
                wanted = isinstance(operator, ast.Or)
                found = [self._truth(value, below) for value in values]
                truth = _any_of([one is wanted if one is not None else None for one in found])
                if truth is None:
                    raise _UnknownError
                return truth is wanted
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self._value(operand, below)
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                return self._compared(left, operator, right, below)
            case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
                return tuple(self._value(element, below) for element in elements)
            case ast.Call(func=function, args=arguments, keywords=[]):
                return self._result(function, arguments, below)
            case _:
                raise _UnknownError

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> bool:
        version = left.value if isinstance(left, ast.Subscript) else left
        if spelled(version) == "sys.version_info":
            return _is_newer(operator, self._value(right, depth))
        try:
            one, other = self._value(left, depth), self._value(right, depth)
            return bool(_COMPARISONS[type(operator)](one, other))
        except TypeError:
            raise _UnknownError from None

    def _result(self, function: ast.expr, arguments: list[ast.expr], depth: int) -> Any:  # noqa: ANN401
        name = spelled(function)
        if name == "platform.machine" and self._machine:
            return self._machine
        if name in _CALLED_FACTS:
            return _CALLED_FACTS[name]
        match function, arguments:
            case ast.Name(id=own), [] if (returned := self._constant(f"{own}()")) is not None:
                return self._value(returned, depth)
            case _, [ast.Constant(value="P")] if name == "struct.calcsize" and self._machine:
                return 8
            case ast.Name(id="hasattr"), [ast.Name(id="os" | "_os"), ast.Constant(value=attribute)]:
                if attribute == "add_dll_directory":
                    return True
            case ast.Attribute(attr=method, value=receiver), _ if method in _METHODS:
                text = self._value(receiver, depth)
                values = [self._value(argument, depth) for argument in arguments]
                if isinstance(text, str):
                    try:
                        return getattr(text, method)(*values)
                    except TypeError:
                        pass
        raise _UnknownError


def _any_of(found: list[bool | None]) -> bool | None:
    """Return whether one of some truths is true, or None."""
    return True if True in found else None if None in found else False


def _is_newer(operator: ast.cmpop, version: Any) -> bool:  # noqa: ANN401 - whatever it is compared to
    """Return what a comparison of Python's version comes to on every Python that there is."""
    plain = isinstance(version, tuple) and all(isinstance(number, int) for number in version)
    if plain and version <= _OLDEST:
        if isinstance(operator, ast.GtE | ast.Lt):
            return isinstance(operator, ast.GtE)
        if version < _OLDEST and isinstance(operator, ast.Gt | ast.LtE | ast.Eq):
            return isinstance(operator, ast.Gt)
    raise _UnknownError


def spelled(node: ast.expr) -> str:
    """Return `module.name` for such an attribute, or ""."""
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return f"{module.lstrip('_')}.{name}"
        case _:
            return ""
