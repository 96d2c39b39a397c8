"""JSON that comes out as it went in: order, doubled names and the way numbers are written."""

import json
from collections.abc import Callable, Iterable
from typing import TypeAlias


class Pairs:
    """An object: its names and values in order, a doubled name twice."""

    def __init__(self, pairs: "Iterable[tuple[str, Node]]") -> None:
        self.pairs = tuple(pairs)


class Number(str):
    """A number as it is written."""

    __slots__ = ()


Node: TypeAlias = "Pairs | list[Node] | Number | str | bool | None"


def parsed(text: str) -> Node:
    """Give the tree of an object or a list; None for anything else."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        tree: Node = json.loads(
            text,
            object_pairs_hook=Pairs,
            parse_float=Number,
            parse_int=Number,
            parse_constant=Number,
        )
    except (ValueError, RecursionError):
        return None
    return tree


def written(node: Node) -> str:
    """Give the tree as text."""
    if isinstance(node, Pairs):
        return "{" + ",".join(f"{_text(name)}:{written(value)}" for name, value in node.pairs) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(written, node)) + "]"
    if isinstance(node, Number):
        return str(node)
    return _text(node) if isinstance(node, str) else json.dumps(node)


def changed(
    node: Node, leaf: Callable[[Node, tuple[str, ...]], Node], names: tuple[str, ...] = ()
) -> Node:
    """Give the tree with each leaf, and each name as a leaf of no name, as `leaf` makes it.

    `leaf` is told the names above it, the innermost last.
    """
    if isinstance(node, Pairs):
        return Pairs(
            (str(leaf(name, ())), changed(value, leaf, (*names, name)))
            for name, value in node.pairs
        )
    if isinstance(node, list):
        return [changed(item, leaf, names) for item in node]
    return leaf(node, names)


def _text(text: str) -> str:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)
