"""The few templates that devices really use: a value picked out of a message, and reckoned with.

They are read into a tree once. Nothing is ever evaluated by Python or by Jinja: what is not of
this small language is refused, and so is what is longer or deeper than any device needs.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from adapters.diffusers.announced.expressions import (
    COMPARISONS,
    FILTERS,
    UNDEFINED,
    Node,
    Said,
    Silent,
    chosen,
    compared,
    constant,
    defined,
    passed,
    picked,
    reckoned,
    value_of,
    written,
)
from adapters.diffusers.payloads import MAX_TEXT

MOST_CHARACTERS = 400
MOST_TOKENS = 80
MOST_DEPTH = 8
"""Nested brackets: devices use two."""
_KEPT = 2_048
"""Templates kept in their read form: 200 devices of ten."""


class TemplateRefused(Exception):
    """A template is not of the language; trying again cannot help."""


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and expressions, in their order."""

    parts: tuple[str | Node, ...]

    def of(self, said: Said) -> str | None:
        """Give the text it makes of a message; None where it makes nothing of it."""
        try:
            made = [part if isinstance(part, str) else written(part(said)) for part in self.parts]
        except (Silent, ArithmeticError, ValueError, TypeError):
            return None
        return "".join(made).strip()


@lru_cache(maxsize=_KEPT)
def template_of(text: str) -> Template:
    """Read a template; raises TemplateRefused. "" gives the message as it is."""
    if not text:
        return Template((value_of,))
    if len(text) > MOST_CHARACTERS or _STRANGE.search(text):
        raise TemplateRefused(text[:MAX_TEXT])
    parts: list[str | Node] = []
    rest = text
    while rest:
        before, opened, rest = rest.partition("{{")
        if before:
            parts.append(before)
        if opened:
            inner, closed, rest = rest.partition("}}")
            if not closed:
                raise TemplateRefused(text[:MAX_TEXT])
            inner = inner.removeprefix("-").removesuffix("-")  # marks that trim the spaces around
            parts.append(_Reader(inner.strip()).whole())
    return Template(tuple(parts))


_STRANGE = re.compile(r"\{[%#]|[\ud800-\udfff]")
"""Statements, comments, and halves of characters, which JSON can write and nobody can keep."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,12}(?:\.\d{1,12})?)|(?P<word>[A-Za-z_]\w{0,63})"
    r"|'(?P<single>[^'\\]{0,64})'|\"(?P<double>[^\"\\]{0,64})\""
    r"|(?P<mark>==|!=|<=|>=|[<>|()\[\].,+*/-]))"
)


class _Reader:
    """Read one expression, by what may follow what."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._choice()
        if self._at != len(self._tokens):
            raise TemplateRefused("something is left over")
        return node

    def _choice(self) -> Node:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise TemplateRefused("it is too deep")
        node = self._comparison()
        if self._takes("word", "if"):
            condition = self._comparison()
            if not self._takes("word", "else"):
                raise TemplateRefused("an if without else")
            node = chosen(condition, node, self._choice())
        self._depth -= 1
        return node

    def _comparison(self) -> Node:
        left = self._sum()
        kind, text = self._peek()
        if kind == "mark" and (text in COMPARISONS or text in {"==", "!="}):
            self._at += 1
            return compared(text, left, self._sum())
        return left

    def _sum(self) -> Node:
        node = self._product()
        while self._peek() in {("mark", "+"), ("mark", "-")}:
            node = reckoned(self._next()[1], node, self._product())
        return node

    def _product(self) -> Node:
        node = self._filtered()
        while self._peek() in {("mark", "*"), ("mark", "/")}:
            node = reckoned(self._next()[1], node, self._filtered())
        return node

    def _filtered(self) -> Node:
        is_negative = self._takes("mark", "-")
        node = self._single()
        if is_negative:
            node = reckoned("-", constant(0), node)
        while True:
            if self._takes("mark", "|"):
                node = self._through_filter(node)
            elif self._takes("word", "is"):
                is_defined = not self._takes("word", "not")
                if not self._takes("word", "defined"):
                    raise TemplateRefused("is what?")
                node = defined(node, is_defined=is_defined)
            else:
                return node

    def _through_filter(self, node: Node) -> Node:
        kind, name = self._next()
        if kind != "word" or name not in FILTERS:
            raise TemplateRefused(f"the filter {name}")
        return passed(FILTERS[name], node, self._argument())

    def _argument(self) -> object:
        if not self._takes("mark", "("):
            return UNDEFINED
        if self._takes("mark", ")"):
            return UNDEFINED
        is_negative = self._takes("mark", "-")
        kind, text = self._next()
        if kind not in {"number", "text"} or not self._takes("mark", ")"):
            raise TemplateRefused("the argument of a filter")
        if kind == "text":
            return text
        return -_number(text) if is_negative else _number(text)

    def _single(self) -> Node:
        kind, text = self._next()
        if kind == "number":
            return constant(_number(text))
        if kind == "text":
            return constant(text)
        if (kind, text) == ("mark", "("):
            node = self._choice()
            if not self._takes("mark", ")"):
                raise TemplateRefused("a bracket is open")
            return node
        if text == "value":
            return value_of
        if text == "value_json":
            return picked(tuple(self._path()))
        if text.lower() in {"true", "false"} and kind == "word":
            return constant(text.lower() == "true")
        raise TemplateRefused(text)

    def _path(self) -> list[str | int]:
        path: list[str | int] = []
        while True:
            if self._takes("mark", "."):
                kind, text = self._next()
                if kind != "word":
                    raise TemplateRefused("what comes after the dot")
                path.append(text)
            elif self._takes("mark", "["):
                kind, text = self._next()
                if kind not in {"number", "text"} or "." in (text if kind == "number" else ""):
                    raise TemplateRefused("what is picked")
                path.append(int(text) if kind == "number" else text)
                if not self._takes("mark", "]"):
                    raise TemplateRefused("a bracket is open")
            else:
                return path

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _takes(self, kind: str, text: str) -> bool:
        if self._peek() != (kind, text):
            return False
        self._at += 1
        return True


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or len(tokens) >= MOST_TOKENS:
            raise TemplateRefused(text[at : at + 20])
        kind = found.lastgroup or ""
        tokens.append(("text" if kind in {"single", "double"} else kind, found[kind]))
        at = found.end()
    return tokens


def _number(text: str) -> float:
    return float(text) if "." in text else int(text)
