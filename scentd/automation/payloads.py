"""Numbers in the payloads of messages, wherever they stand. Pure."""

import json
import math


class Unreadable(ValueError):
    """A payload holds no number where a rule looks for one."""


def number_at(content: object, path: str) -> float:
    """Give the number at a dotted path of JSON content; raises Unreadable."""
    return _number(_walk(content, path))


def bare_number(payload: bytes) -> float:
    """Read a payload that is a number; raises Unreadable."""
    try:
        return _finite(float(payload))
    except ValueError as error:
        raise Unreadable("the payload is not a number") from error


def content_of(payload: bytes) -> object:
    """Give the JSON content; None for what is no JSON: it has no path."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _walk(content: object, path: str) -> object:
    for part in path.split("."):
        if isinstance(content, dict) and part in content:
            content = content[part]
        elif isinstance(content, list) and part.isdecimal() and int(part) < len(content):
            content = content[int(part)]
        else:
            raise Unreadable(f"there is no JSON with “{path}” in the payload")
    return content


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable("it is not a number")
    try:
        return _finite(float(value))
    except OverflowError as error:
        raise Unreadable("it is too large a number") from error


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise Unreadable("it is not a finite number")
    return value
