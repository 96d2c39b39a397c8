"""Routes that are looked through when first asked for, not when they are declared.

FastAPI reads the signature of every endpoint and builds a validator of each of its parts: a
millisecond a route, twice for a router that is included in another. The shop has 500 of them and
most processes are asked for a few: its start paid half a second for the rest.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import fastapi
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import compile_path

_compiled = lru_cache(maxsize=None)(compile_path)


class LateRoute(APIRoute):
    """A route that knows its address and methods; FastAPI adds the rest when it is first needed.

    A declaration that FastAPI refuses is therefore told late: a test asks for every route.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: set[str] | list[str] | None = None,
        name: str | None = None,
        **declared: Any,
    ) -> None:
        self.path = path
        self.endpoint = endpoint
        self.path_regex, self.path_format, self.param_convertors = _compiled(path)
        self.methods = {method.upper() for method in methods or ("GET",)}
        self.name = name or endpoint.__name__
        self._declared: dict[str, Any] | None = declared

    def declare_in(self, router: fastapi.APIRouter) -> None:
        """Declare the same in a router, which adds its prefix, tags, dependencies and answers.

        Raises RuntimeError when it was looked through already.
        """
        if self._declared is None:
            raise RuntimeError(f"{self.path} answers already and cannot be included any more.")
        declared = {
            option: value
            for option, value in self._declared.items()
            if option != "dependency_overrides_provider"
        }
        router.add_api_route(
            self.path,
            self.endpoint,
            methods=self.methods,
            name=self.name,
            route_class_override=LateRoute,
            **declared,
        )

    def __getattr__(self, name: str) -> object:
        declared = self.__dict__.get("_declared")
        if declared is None:
            raise AttributeError(name)
        self._declared = None
        try:
            super().__init__(
                self.path, self.endpoint, methods=self.methods, name=self.name, **declared
            )
        except BaseException:
            self._declared = declared
            raise
        return getattr(self, name)


class APIRouter(fastapi.APIRouter):
    """FastAPI's router, of late routes: what it includes becomes routes of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=LateRoute, **options)

    def include_router(self, router: fastapi.APIRouter, **options: Any) -> None:
        """Take in the routes of another router, as if they were declared here."""
        if options or not _is_late(router):
            super().include_router(router, **options)
        else:
            _take_in(self, router)


def include(app: FastAPI, router: fastapi.APIRouter) -> None:
    """Take the routes of a router into an application, with what that demands of every route."""
    if _is_late(router):
        _take_in(app.router, router)
    else:
        app.include_router(router)


def _is_late(router: fastapi.APIRouter) -> bool:
    return all(isinstance(route, LateRoute) for route in router.routes)


def _take_in(into: fastapi.APIRouter, router: fastapi.APIRouter) -> None:
    for route in router.routes:
        if isinstance(route, LateRoute):
            route.declare_in(into)
