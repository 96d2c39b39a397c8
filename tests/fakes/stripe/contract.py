"""Whether an answer is one that the official SDK's declarations allow.

The SDK declares every field of every object of the API version that it pins. `complaints` reads
those declarations: a field that it does not know, one that must be there and is not, and a value
of another kind or outside the listed words are all told by their path.
"""

import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import stripe
from stripe._object_classes import get_object_class

# What the SDK leaves untyped, and what it holds about itself.
_OWN = {"OBJECT_NAME", "id"}


def complaints(answer: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an object of the API; empty when nothing is."""
    return list(_of_object(answer, str(answer.get("object", "?"))))


def _of_object(answer: Mapping[str, Any], path: str) -> Iterator[str]:
    if answer.get("deleted") is True:
        return
    if answer.get("object") in ("list", "search_result"):
        for index, held in enumerate(answer["data"]):
            yield from _of_object(held, f"{path}.data[{index}]")
        return
    declared = get_object_class("V1", answer.get("object", ""))
    if declared is stripe.StripeObject:
        yield f"{path}: the SDK knows no such object"
        return
    yield from _of_class(answer, declared, path)


def _of_class(answer: Mapping[str, Any], declared: type, path: str) -> Iterator[str]:
    fields = _fields(declared)
    for name, value in answer.items():
        if name not in fields:
            yield f"{path}.{name}: not declared"
        else:
            yield from _of_value(value, fields[name], f"{path}.{name}")
    for name, kind in fields.items():
        if name not in answer and name not in _OWN and not _is_optional(kind):
            yield f"{path}.{name}: missing"


@cache
def _fields(declared: type) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for parent in reversed(declared.__mro__):
        if parent.__module__.startswith("stripe.") and parent.__name__ not in (
            "StripeObject",
            "APIResource",
        ):
            spaces = _Names({**vars(parent), **vars(declared)})
            for name, kind in vars(parent).get("__annotations__", {}).items():
                names[name] = _evaluated(kind, spaces)
    return {
        name: kind
        for name, kind in names.items()
        if not name.startswith("_") and typing.get_origin(kind) is not typing.ClassVar
    }


class _Names(dict[str, Any]):
    """Names as annotations use them; those of the SDK are loaded when they are asked for."""

    def __missing__(self, name: str) -> Any:
        for module in (stripe, typing):
            found = getattr(module, name, None)
            if found is not None:
                return found
        raise KeyError(name)


def _evaluated(kind: Any, names: _Names) -> Any:
    holder = types.SimpleNamespace(__annotations__={"it": kind})
    try:
        return typing.get_type_hints(holder, {}, names)["it"]
    except NameError:
        # A class of a part of the SDK that this stand-in does not speak.
        return Any


def _is_optional(kind: Any) -> bool:
    return kind is Any or type(None) in typing.get_args(kind)


def _of_value(value: Any, kind: Any, path: str) -> Iterator[str]:
    if kind is Any or kind is typing.Any:
        return
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        found = [list(_of_value(value, one, path)) for one in _choices(kind)]
        if all(found):
            yield from min(found, key=len)
    elif origin is typing.Literal:
        if value not in typing.get_args(kind):
            yield f"{path}: {value!r} is not one of {typing.get_args(kind)}"
    elif origin is list:
        yield from _of_list(value, typing.get_args(kind)[0], path)
    elif kind is type(None):
        if value is not None:
            yield f"{path}: {value!r} where null belongs"
    else:
        yield from _of_plain(value, origin or kind, path)


def _choices(union: Any) -> list[Any]:
    """Return what a union allows; of listed words, those alone that the SDK knows today."""
    kinds = list(typing.get_args(union))
    if any(typing.get_origin(kind) is typing.Literal for kind in kinds):
        kinds = [kind for kind in kinds if kind is not str]
    return kinds


def _of_list(value: Any, kind: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    for index, held in enumerate(value):
        yield from _of_value(held, kind, f"{path}[{index}]")


def _of_plain(value: Any, kind: Any, path: str) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, stripe.StripeObject):
        yield from _of_sdk_class(value, kind, path)
        return
    is_wrong = not isinstance(value, kind) if isinstance(kind, type) else False
    if is_wrong or (kind is int and isinstance(value, bool)):
        yield f"{path}: {value!r} is no {getattr(kind, '__name__', kind)}"


def _of_sdk_class(value: Any, kind: type, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no {kind.__name__}"
    elif isinstance(value.get("object"), dict):
        # What an event carries.
        yield from _of_object(value["object"], f"{path}.object")
    elif kind.__name__ in ("UntypedStripeObject", "StripeObject"):
        return
    elif "object" in value:
        yield from _of_object(value, path)
    else:
        yield from _of_class(value, kind, path)
