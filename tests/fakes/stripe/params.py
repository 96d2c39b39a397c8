"""Reading of bracketed form bodies: `a[b][0]=c` becomes `{"a": {"b": ["c"]}}`, then fields."""

import re
from collections.abc import Iterable
from typing import Any

from tests.fakes.stripe.failures import ApiFailure, invalid

_PARTS = re.compile(r"\[([^\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the nested mapping that bracketed form keys describe; digit keys become lists."""
    tree: dict[str, Any] = {}
    for key, text in pairs:
        head, _, _ = key.partition("[")
        path = [head, *_PARTS.findall(key)]
        node = tree
        for part in path[:-1]:
            child = node.setdefault(part, {})
            if not isinstance(child, dict):
                raise invalid(f"Invalid parameter: {key}", param=head)
            node = child
        leaf = path[-1] or str(len(node))
        node[leaf] = text
    return {name: _listed(child) for name, child in tree.items()}


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_listed(node[key]) for key in sorted(node, key=int)]
    return {key: _listed(child) for key, child in node.items()}


class Params:
    """One request's parameters; a field that no one read is refused by `finish`, as Stripe does."""

    def __init__(self, fields: dict[str, Any], *, prefix: str = "") -> None:
        self._fields = fields
        self._prefix = prefix
        self._read: set[str] = {"expand"}

    def __contains__(self, name: str) -> bool:
        return self._fields.get(name) not in (None, "")

    def is_cleared(self, name: str) -> bool:
        """Tell whether a field was sent empty, which unsets it."""
        self._read.add(name)
        return self._fields.get(name) == ""

    def text(self, name: str, *, choices: tuple[str, ...] = ()) -> str | None:
        """Return a string field; None when absent or empty."""
        given = self._take(name)
        if given is None:
            return None
        if not isinstance(given, str):
            raise invalid(f"Invalid string: {given}", param=self._name(name))
        if choices and given not in choices:
            raise invalid(
                f"Invalid {name}: must be one of {', '.join(choices)}", param=self._name(name)
            )
        return given

    def required(self, name: str, *, choices: tuple[str, ...] = ()) -> str:
        """Return a string field that must be there."""
        given = self.text(name, choices=choices)
        if given is None:
            raise self._absent(name)
        return given

    def integer(self, name: str, *, at_least: int = 0, at_most: int = 99_999_999) -> int | None:
        """Return a whole number within bounds; None when absent."""
        given = self.text(name)
        if given is None:
            return None
        if not re.fullmatch(r"-?\d+", given):
            raise invalid(
                f"Invalid integer: {given}",
                param=self._name(name),
                code="parameter_invalid_integer",
            )
        number = int(given)
        if not at_least <= number <= at_most:
            raise invalid(
                f"{name} must be between {at_least} and {at_most}, not {number}.",
                param=self._name(name),
                code="parameter_invalid_integer",
            )
        return number

    def amount(self, name: str = "amount") -> int:
        """Return a required amount of at least one minor unit."""
        given = self.integer(name, at_least=1)
        if given is None:
            raise self._absent(name)
        return given

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean field written as true or false."""
        given = self.text(name, choices=("true", "false"))
        return default if given is None else given == "true"

    def mapping(self, name: str) -> dict[str, Any]:
        """Return a nested field as it stands; empty when absent."""
        given = self._take(name)
        if given is None:
            return {}
        if not isinstance(given, dict):
            raise invalid(f"Invalid hash: {given}", param=self._name(name))
        return given

    def inner(self, name: str) -> "Params":
        """Return a nested field as parameters of their own."""
        return Params(self.mapping(name), prefix=self._name(name))

    def entries(self, name: str) -> list[Any]:
        """Return a list field; empty when absent."""
        given = self._take(name)
        if given is None:
            return []
        if not isinstance(given, list):
            raise invalid(f"Invalid array: {given}", param=self._name(name))
        return given

    def finish(self) -> None:
        """Refuse the fields that nobody asked for."""
        for name in self._fields:
            if name not in self._read:
                raise invalid(
                    f"Received unknown parameter: {self._name(name)}",
                    param=self._name(name),
                    code="parameter_unknown",
                )

    def _take(self, name: str) -> Any:
        self._read.add(name)
        given = self._fields.get(name)
        return None if given == "" else given

    def _name(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name

    def _absent(self, name: str) -> ApiFailure:
        return invalid(
            f"Missing required param: {self._name(name)}.",
            param=self._name(name),
            code="parameter_missing",
        )
