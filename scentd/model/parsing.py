"""Reading outside values into the model, strictly: nothing unknown is silently dropped.

What cannot be read is refused with the path of the field and the next step, so that a person
who wrote the JSON by hand can mend it.
"""

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from scentd.model.reasons import Reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: its path (`actions[0].seconds`), the fact, the next step.

    `because` is the fact as a code, for the problems that people meet in forms.
    """

    field: str
    message: str
    hint: str
    because: Reason | None = None


class Unreadable(ValueError):
    """A value does not fit the model; `problem` is the first thing wrong with it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.field}: {problem.message}")
        self.problem = problem


def parse(adapter: TypeAdapter[T], raw: object) -> T:
    """Read a JSON-like value, or JSON text, as the adapter's type; raises Unreadable."""
    if isinstance(raw, str | bytes):
        raw = _from_json(raw)
    try:
        value = adapter.validate_python(raw)
    except ValidationError as error:
        raise Unreadable(_problem_of(error, raw)) from error
    written = write(adapter, value)
    # What we wrote ourselves reads back equal: a hub that starts reads ten thousand such rules.
    if written != raw and (unknown := next(_unknown_fields(raw, written, ""), None)) is not None:
        raise Unreadable(unknown)
    return value


def write(adapter: TypeAdapter[T], value: T) -> dict[str, Any]:
    """Give the record as JSON would hold it; days in order, so that equal values read alike."""
    written = adapter.dump_python(value, mode="json")
    return {key: _in_order(item) for key, item in written.items()}


def _from_json(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        problem = Problem("", f"this is not JSON: {error}", "Check brackets, commas and quotes.")
        raise Unreadable(problem) from error


def _problem_of(error: ValidationError, raw: object) -> Problem:
    first = error.errors(include_url=False)[0]
    path = _path(first["loc"], raw)
    message = f"{first['msg'][0].lower()}{first['msg'][1:]}"
    if first["type"] == "missing":
        return Problem(path, "this field is missing", "Add it.", Reason("missing"))
    if first["type"].startswith("union_tag"):
        known = first.get("ctx", {}).get("expected_tags")
        hint = f"One of {known}." if known else "Add a “kind”."
        return Problem(f"{path}.kind", "this kind is not known here", hint, Reason("kind_unknown"))
    found = f"{first['input']!r:.60}"
    because = Reason("value_unfit", {"found": found})
    return Problem(path, f"{message} (found {found})", "Correct the value.", because)


def _path(location: tuple[int | str, ...], raw: object) -> str:
    """Write the place as people do; the tag pydantic adds for each `kind` is left out."""
    path = ""
    here = raw
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
            here = here[part] if isinstance(here, list | tuple) and part < len(here) else None
        elif isinstance(here, dict) and part not in here and here.get("kind") == part:
            continue
        else:
            path = f"{path}.{part}" if path else part
            here = here.get(part) if isinstance(here, dict) else None
    return path


def _unknown_fields(raw: object, known: object, path: str) -> Iterator[Problem]:
    if isinstance(raw, dict) and isinstance(known, dict):
        for key, value in raw.items():
            here = f"{path}.{key}" if path else str(key)
            if key not in known:
                close = difflib.get_close_matches(str(key), list(known), n=1)
                hint = f"Did you mean “{close[0]}”?" if close else f"Known: {', '.join(known)}."
                yield Problem(here, "there is no such field", hint, Reason("no_field"))
            else:
                yield from _unknown_fields(value, known[key], here)
    elif isinstance(raw, list | tuple) and isinstance(known, list):
        for number, (item, known_item) in enumerate(zip(raw, known, strict=False)):
            yield from _unknown_fields(item, known_item, f"{path}[{number}]")


def _in_order(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: sorted(item) if key == "days" else _in_order(item) for key, item in value.items()
        }
    if isinstance(value, list):
        return [_in_order(item) for item in value]
    return value
