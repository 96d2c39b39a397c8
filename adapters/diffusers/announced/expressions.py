"""What the expressions of a template do with a message, once they are read.

Each is a function of the message. One that makes nothing of it is `Silent`: also what Home
Assistant would take for false or nothing because it is missing, for what a message does not say is
not read.
"""

import json
import operator
from collections.abc import Callable, Mapping

from adapters.diffusers.payloads import MAX_NUMBER


class Silent(Exception):
    """A template makes nothing of this message."""


class Said:
    """One message, as text and, where it is looked at, as JSON; or a number that is to be sent."""

    __slots__ = ("_json", "value")

    def __init__(self, value: str | float) -> None:
        self.value = value
        self._json: object = _UNREAD if isinstance(value, str) else UNDEFINED

    @property
    def json(self) -> object:
        """Give what it holds; `UNDEFINED` where it is not JSON."""
        if self._json is _UNREAD:
            try:
                self._json = json.loads(str(self.value), parse_constant=_refused_constant)
            except (ValueError, RecursionError):
                self._json = UNDEFINED
        return self._json


UNDEFINED = object()
_UNREAD = object()
Node = Callable[[Said], object]

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def value_of(said: Said) -> object:
    """Give the message as it is."""
    return said.value


def constant(value: object) -> Node:
    """Give always the same."""
    return lambda _: value


def picked(path: tuple[str | int, ...]) -> Node:
    """Pick a part out of a JSON message, by names and numbers; `UNDEFINED` where it is missing."""

    def pick(said: Said) -> object:
        found = said.json
        for step in path:
            if isinstance(found, dict):
                found = found.get(step, UNDEFINED)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                _present(found)  # nothing can be picked out of what is missing
                found = UNDEFINED
        return found

    return pick


def chosen(condition: Node, yes: Node, no: Node) -> Node:
    """Give one or the other."""

    def choose(said: Said) -> object:
        # Home Assistant takes what is missing for false; but then a message that says nothing of
        # a value would tell one.
        return yes(said) if _present(condition(said)) else no(said)

    return choose


def _present(value: object) -> object:
    if value is UNDEFINED:
        raise Silent
    return value


def defined(node: Node, *, is_defined: bool) -> Node:
    """Say whether something is there, or is not."""
    return lambda said: (node(said) is not UNDEFINED) is is_defined


def compared(mark: str, left: Node, right: Node) -> Node:
    """Compare two; anything may be equal, but only numbers greater."""
    if mark in {"==", "!="}:
        return lambda said: (_present(left(said)) == _present(right(said))) is (mark == "==")
    compare = COMPARISONS[mark]
    return lambda said: compare(_as_number(left(said)), _as_number(right(said)))


_RECKON: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def reckoned(mark: str, left: Node, right: Node) -> Node:
    """Add, subtract, multiply or divide two numbers."""
    reckon = _RECKON[mark]
    return lambda said: _bounded(reckon(_as_number(left(said)), _as_number(right(said))))


def passed(way: Callable[[object, object], object], node: Node, argument: object) -> Node:
    """Pass something through a filter; `UNDEFINED` where that has no argument."""
    return lambda said: way(node(said), argument)


def _as_number(value: object) -> float:
    """Give a number that is one already: to reckon with a text is a mistake of the template."""
    if isinstance(value, int | float):
        return _bounded(value)
    raise Silent


def _bounded(number: float) -> float:
    if -MAX_NUMBER <= number <= MAX_NUMBER:
        return number
    raise Silent


def _float(value: object, otherwise: object) -> object:
    _present(value)
    try:
        return _bounded(float(value)) if isinstance(value, str) else float(_as_number(value))
    except (ValueError, Silent):
        return _else(otherwise)


def _int(value: object, otherwise: object) -> object:
    number = _float(value, UNDEFINED if otherwise is UNDEFINED else None)
    return _else(otherwise) if not isinstance(number, float) else int(number)


def _round(value: object, digits: object) -> object:
    number = float(value if isinstance(value, str) else _as_number(value))
    count = digits if isinstance(digits, int) and abs(digits) <= 12 else 0
    rounded = round(_bounded(number), count)
    return int(rounded) if count == 0 else rounded


def _else(otherwise: object) -> object:
    if otherwise is UNDEFINED:
        raise Silent
    return otherwise


def _default(value: object, otherwise: object) -> object:
    return ("" if otherwise is UNDEFINED else otherwise) if value is UNDEFINED else value


def _multiply(value: object, factor: object) -> object:
    return _bounded(_as_number(_float(value, UNDEFINED)) * _as_number(factor))


FILTERS: Mapping[str, Callable[[object, object], object]] = {
    "float": _float,
    "int": _int,
    "round": _round,
    "default": _default,
    "multiply": _multiply,
    "lower": lambda value, _: written(value).lower(),
    "upper": lambda value, _: written(value).upper(),
    "trim": lambda value, _: written(value).strip(),
    "string": lambda value, _: written(value),
    "abs": lambda value, _: abs(_as_number(value)),
    "is_defined": lambda value, _: value,
}


def written(value: object) -> str:
    """Give a value as Home Assistant writes it; a part of a message that is no value is silent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int | float):
        return str(_bounded(value))
    raise Silent


def _refused_constant(name: str) -> float:
    raise ValueError(name)
