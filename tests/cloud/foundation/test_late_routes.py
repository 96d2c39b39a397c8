"""Routes that are looked through late answer and are described like FastAPI's own."""

from typing import Annotated

import fastapi
import pytest
from fastapi import Depends, FastAPI, HTTPException, Query, params
from fastapi.routing import APIRoute
from pydantic import BaseModel

from cloud.foundation.web import late_routes
from tests.fakes.cloud_client import CloudClient


class Bottle(BaseModel):
    """What the routes under test answer."""

    name: str
    count: int


def test_they_are_described_like_those_of_fastapi() -> None:
    own, theirs = late_app(), FastAPI(responses={404: {"model": Bottle}})

    theirs.include_router(shelf(fastapi.APIRouter))

    assert own.openapi() == theirs.openapi()
    assert len(own.openapi()["paths"]) == 2


async def test_they_ask_and_answer_like_those_of_fastapi() -> None:
    async with CloudClient(late_app()) as client:
        found = await client.get("/shelf/new/7", params={"count": 2})
        wrong = await client.get("/shelf/new/7", params={"count": "two"})
        other = await client.put("/shelf/new/7")
        none = await client.get("/shelf/old/7")

    assert found.json() == {"name": "7", "count": 2}
    assert (wrong.status_code, other.status_code, none.status_code) == (422, 405, 404)


async def test_what_the_application_demands_of_every_route_is_asked_on_a_nested_one() -> None:
    def nobody() -> None:
        raise HTTPException(403)

    app = late_app(Depends(nobody))

    async with CloudClient(app) as client:
        answers = [await client.get("/shelf/new/7"), await client.get("/shelf")]

    assert [answer.status_code for answer in answers] == [403, 403]


async def test_what_a_router_of_fastapi_declares_is_asked_the_same() -> None:
    def nobody() -> None:
        raise HTTPException(403)

    app = FastAPI(dependencies=[Depends(nobody)])
    outer = late_routes.APIRouter()
    outer.include_router(shelf(fastapi.APIRouter))
    late_routes.include(app, outer)

    async with CloudClient(app) as client:
        answer = await client.get("/shelf/new/7")

    assert answer.status_code == 403


def test_nothing_is_looked_through_before_it_is_asked_for() -> None:
    app = late_app()
    router = late_routes.APIRouter()

    @router.get("/senseless/{name}")
    async def senseless(name: Annotated[str, Query()]) -> None:
        """Stand in the address and behind the question mark, which cannot be."""

    late_routes.include(app, router)

    route = app.routes[-1]
    assert isinstance(route, APIRoute)
    for _ in range(2):
        with pytest.raises(AssertionError, match="Cannot use `Query` for path"):
            _ = route.dependant


def test_what_answers_already_is_not_included_any_more() -> None:
    router = shelf(late_routes.APIRouter)
    route = router.routes[0]
    assert isinstance(route, late_routes.LateRoute)
    _ = route.dependant

    with pytest.raises(RuntimeError, match="/shelf answers already"):
        late_routes.include(FastAPI(), router)


def late_app(*dependencies: params.Depends) -> FastAPI:
    """Return an application of late routes that demands something of each."""
    app = FastAPI(dependencies=dependencies, responses={404: {"model": Bottle}})
    late_routes.include(app, shelf(late_routes.APIRouter))
    return app


def shelf(kind: type[fastapi.APIRouter]) -> fastapi.APIRouter:
    """Return a router with a nested one, of either kind."""
    inner = kind(prefix="/new", tags=["new"])

    @inner.get("/{name}", responses={409: {"model": Bottle}})
    async def bottle(name: str, count: int = 1) -> Bottle:
        """Return a bottle."""
        return Bottle(name=name, count=count)

    router = kind(prefix="/shelf", tags=["shelf"])

    @router.get("")
    async def bottles() -> list[Bottle]:
        """Return no bottles."""
        return []

    router.include_router(inner)
    return router
