"""The API described for machines: OpenAPI 3.1, made from the same rows that answer."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from scentd.api.access import Scope
from scentd.api.routes import Door, Media, Route, View

_REFERENCE = "#/components/schemas/{model}"


class ErrorView(View):
    """What every refusal looks like."""

    code: str
    """Says which, stable across releases."""
    message: str
    """Says what is wrong, in plain words."""
    hint: str
    """Says what to do next."""
    field: str | None = None
    """Says where in the body or query, when it is about one field."""


def describe(rows: Sequence[Route], version: str) -> dict[str, Any]:
    """Give the OpenAPI 3.1 document of these rows."""
    types = _Types(rows)
    paths: dict[str, Any] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row, types)
    schemas = {name: of for name, of in types.definitions.items() if name not in _queries(rows)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The Scent: the hub's local API",
            "version": version or "0",
            "description": "Reachable from home only. Every refusal is {code, message, hint}.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "scl_<id>_<secret>, made on the settings page.",
                },
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "scent_hub_<port>",
                    "description": "A signed-in browser; changes need the header X-CSRF-Token.",
                },
            },
        },
    }


def _queries(rows: Sequence[Route]) -> set[str]:
    """Give the names of what is described parameter by parameter."""
    return {row.asks.__name__ for row in rows if row.method == "GET" and row.asks is not None}


class _Types:
    """The JSON schemas of everything the rows read and answer."""

    def __init__(self, rows: Sequence[Route]) -> None:
        asked = [row.schema or row.asks for row in rows if row.schema or row.asks]
        answered = [row.answers for row in rows if row.answers] + [ErrorView]
        wanted: list[tuple[Any, JsonSchemaMode]] = [(one, "validation") for one in asked]
        wanted += [(one, "serialization") for one in answered]
        known = {(repr(one), mode): one for one, mode in wanted}
        schemas, self.definitions = _generate(known)
        self._schemas = schemas

    def of(self, wanted: object, mode: JsonSchemaMode) -> dict[str, Any]:
        return self._schemas[(repr(wanted), mode)]


def _generate(
    known: dict[tuple[str, JsonSchemaMode], Any],
) -> tuple[dict[tuple[str, JsonSchemaMode], dict[str, Any]], dict[str, Any]]:
    inputs = [(key, key[1], TypeAdapter(one)) for key, one in known.items()]
    made, rest = TypeAdapter.json_schemas(
        inputs, ref_template=_REFERENCE, schema_generator=GenerateJsonSchema
    )
    schemas = {key: made[(key, key[1])] for key in known}
    return schemas, rest.get("$defs", {})


def _operation(row: Route, types: _Types) -> dict[str, Any]:
    summary, _, rest = (row.handler.__doc__ or "").strip().partition("\n")
    operation: dict[str, Any] = {
        "operationId": row.handler.__name__,
        "summary": summary,
        "tags": [row.noun],
        "parameters": [*_path_parameters(row), *_query_parameters(row, types)],
        "responses": _responses(row, types),
        "security": _security(row),
    }
    if rest.strip():
        operation["description"] = rest.strip()
    if row.method != "GET" and row.asks is not None:
        schema = types.of(row.schema or row.asks, "validation")
        operation["requestBody"] = {
            "required": True,
            "content": {Media.JSON.value: {"schema": schema}},
        }
    return operation


def _path_parameters(row: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", row.path)
    ]


def _query_parameters(row: Route, types: _Types) -> list[dict[str, Any]]:
    if row.method != "GET" or row.asks is None:
        return []
    schema = types.of(row.asks, "validation")
    if "$ref" in schema:
        schema = types.definitions[schema["$ref"].rsplit("/", 1)[1]]
    return [
        {"name": name, "in": "query", "required": False, "schema": of}
        for name, of in schema["properties"].items()
    ]


def _responses(row: Route, types: _Types) -> dict[str, Any]:
    refusal = {
        "description": "Refused.",
        "content": {Media.JSON.value: {"schema": types.of(ErrorView, "serialization")}},
    }
    return {**_success(row, types), "default": refusal}


def _success(row: Route, types: _Types) -> dict[str, Any]:
    if row.media is Media.WEBSOCKET:
        answer: dict[str, Any] = {"description": "A WebSocket; each text frame is one message."}
        answer["x-message"] = types.of(row.schema, "validation")
        return {str(HTTPStatus.SWITCHING_PROTOCOLS.value): answer}
    if row.media is Media.EVENTS:
        schema = types.of(row.schema, "validation")
        content = {Media.EVENTS.value: {"schema": schema}}
        return {"200": {"description": "One message an event.", "content": content}}
    if row.answers is None:
        return {str(row.status.value): {"description": "Done."}}
    content = {Media.JSON.value: {"schema": types.of(row.answers, "serialization")}}
    return {str(row.status.value): {"description": row.status.phrase, "content": content}}


def _security(row: Route) -> list[dict[str, list[str]]]:
    if row.needs is Door.OPEN:
        return []
    if isinstance(row.needs, Scope):
        return [{"token": [row.needs.value]}, {"session": []}]
    return [{"session": []}]
