"""No number that a caller may send is too large for the database: each has its bounds."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

pytestmark = pytest.mark.needs_postgres

# What a hub sends is measured by the protocol that hub and cloud share.
HUBS = "/v1/"
BOUNDS = {"maximum", "exclusiveMaximum", "enum", "const"}


def test_every_number_that_a_program_sends_has_an_upper_bound(app: FastAPI) -> None:
    document = app.openapi()

    found = {
        f"{method.upper()} {path} {name}"
        for path, item in document["paths"].items()
        if not path.startswith(HUBS)
        for method, operation in item.items()
        for name, schema in asked(operation)
        for part in numbers(document, schema, frozenset())
        if not BOUNDS & part.keys()
    }

    assert not sorted(found)


def test_every_number_in_the_address_of_a_page_has_an_upper_bound(app: FastAPI) -> None:
    found = {
        f"{context.path} {parameter.name}"
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute)
        for part in (route.dependant.path_params, route.dependant.query_params)
        for parameter in part
        if parameter.field_info.annotation is int
        and not {type(one).__name__ for one in parameter.field_info.metadata} & {"Lt", "Le"}
    }

    assert not sorted(found)


def asked(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the names and schemas of all that an operation takes."""
    for parameter in operation.get("parameters", ()):
        yield parameter["name"], parameter["schema"]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        yield "body", media.get("schema", {})


def numbers(
    document: dict[str, Any], schema: Any, seen: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """Return every whole number in a schema, however deep."""
    if isinstance(schema, list):
        for part in schema:
            yield from numbers(document, part, seen)
    if not isinstance(schema, dict):
        return
    reference = schema.get("$ref")
    if reference is not None and reference not in seen:
        named = document["components"]["schemas"][reference.rpartition("/")[2]]
        yield from numbers(document, named, seen | {reference})
    if schema.get("type") == "integer":
        yield schema
    for key in ("properties", "items", "anyOf", "oneOf", "allOf", "additionalProperties"):
        parts = schema.get(key)
        yield from numbers(
            document, list(parts.values()) if key == "properties" and parts else parts, seen
        )
