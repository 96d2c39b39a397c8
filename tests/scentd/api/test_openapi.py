import re

from scentd.api.access import Scope
from scentd.api.page.site import PAGES
from scentd.api.routes import Door
from scentd.api.server import api_routes


async def document(program):
    _, found = await (await program(Scope.READ)).ask("GET", "/api/v1/openapi.json")
    return found


def references(part):
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


async def test_the_description_holds_exactly_the_addresses_that_answer(program):
    found = await document(program)

    described = {(m.upper(), path) for path, one in found["paths"].items() for m in one}

    assert found["openapi"] == "3.1.0"
    assert described == {(row.method, row.path) for row in api_routes("")}


async def test_every_reference_leads_somewhere(program):
    found = await document(program)

    names = {one.removeprefix("#/components/schemas/") for one in references(found)}

    assert names == set(found["components"]["schemas"])


async def test_every_operation_says_what_it_is_and_who_may(program):
    found = await document(program)

    ids = []
    for row in api_routes(""):
        operation = found["paths"][row.path][row.method.lower()]
        ids.append(operation["operationId"])
        assert operation["summary"].endswith((".", ".)", "“"))
        assert "default" in operation["responses"]
        assert [one["name"] for one in operation["parameters"] if one["in"] == "path"] == (
            re.findall(r"{(\w+)}", row.path)
        )
        if isinstance(row.needs, Scope):
            assert operation["security"][0] == {"token": [row.needs.value]}
        elif row.needs is Door.OPEN:
            assert operation["security"] == []
    assert len(ids) == len(set(ids))


async def test_every_field_is_described(program):
    found = await document(program)

    bare = [
        f"{name}.{field}"
        for name, schema in found["components"]["schemas"].items()
        if name.endswith(("View", "Body", "Pulse", "LevelPoint")) or name == "Message"
        for field, of in schema.get("properties", {}).items()
        if "description" not in of
    ]

    assert bare == []


def test_pages_and_api_never_share_an_address():
    pages = {(page.method, page.path) for page in PAGES}

    assert pages.isdisjoint((row.method, row.path) for row in api_routes(""))
    assert len(pages) == len(PAGES)
