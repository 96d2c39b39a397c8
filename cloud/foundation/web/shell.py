"""An application with manners and without features: routers are what a composition root adds."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Depends, FastAPI, Request
from prometheus_client import CollectorRegistry
from pydantic import BaseModel
from starlette.responses import Response

from cloud.foundation.repeats import Repeats
from cloud.foundation.site_facts import SiteFactsSource
from cloud.foundation.web.closing import Closing
from cloud.foundation.web.csrf import Csrf
from cloud.foundation.web.errors import ERROR_RESPONSES, ErrorPages
from cloud.foundation.web.idempotency import Idempotency, describe
from cloud.foundation.web.late_routes import APIRouter, include
from cloud.foundation.web.middleware import (
    BodyLimit,
    RequestContext,
    RequestMetrics,
    SafeHeaders,
    security_headers,
)
from cloud.foundation.web.services import WebServices
from cloud.foundation.web.static import PREFIX, StaticFiles
from cloud.foundation.web.templates import Templates

_STATIC = Path(__file__).parent.parent / "static"
_MOST_BYTES = 2 * 1024 * 1024

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class ShellSettings:
    """What the shell must be told.

    secret: signs the form tokens, 32 characters or more.
    is_demo: shows the demo badge on every page.
    form_targets: foreign origins that a form may lead to (the payment page).
    features: folders of the features with `templates/` or `static/`, by feature name.
    wide_bodies: addresses that take more than 2 MiB (a pattern of the path to bytes).
    signed_paths: beginnings of addresses that prove by themselves what they ask for.
    """

    title: str
    secret: str
    is_demo: bool
    form_targets: Sequence[str]
    features: Mapping[str, Path]
    wide_bodies: Mapping[re.Pattern[str], int] = field(default_factory=dict)
    signed_paths: tuple[str, ...] = ()


def build_shell(
    settings: ShellSettings,
    services: WebServices,
    site: SiteFactsSource,
    metrics: CollectorRegistry,
    lifespan: Lifespan,
) -> FastAPI:
    """Return an application that answers errors, static files and nothing else yet.

    It has request ids, logs, security headers, a body limit of 2 MiB, CSRF protection on every
    route, pages (`app.state.templates`) and OpenAPI 3.1 at /openapi.json.
    """
    csrf = Csrf(
        settings.secret,
        session_cookie=services.session_cookie,
        is_secure=services.is_secure,
        open_paths=settings.signed_paths,
    )
    static = StaticFiles([("", _STATIC), *_folders(settings.features, "static")])
    templates = Templates(
        dict(_folders(settings.features, "templates")),
        static=static,
        csrf=csrf,
        site=site,
        clock=services.clock,
        is_demo=settings.is_demo,
    )
    app = FastAPI(
        title=settings.title,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(csrf.check)],
        responses=ERROR_RESPONSES,
    )
    app.state.services = services
    app.state.templates = templates
    errors = ErrorPages(templates)
    errors.install(app)
    describe(app)
    include(app, _static_router(static))
    include(app, _csrf_router(csrf))
    # The last one added is the outermost.
    app.add_middleware(
        Idempotency,
        repeats=Repeats(services.database, services.clock, settings.secret),
        errors=errors,
        owner_cookies=(services.session_cookie, csrf.cookie),
    )
    app.add_middleware(Closing, site=site, errors=errors)
    app.add_middleware(BodyLimit, most_bytes=_MOST_BYTES, wide=settings.wide_bodies)
    app.add_middleware(RequestContext, errors=errors, metrics=RequestMetrics(metrics))
    app.add_middleware(
        SafeHeaders,
        headers=security_headers(is_secure=services.is_secure, form_targets=settings.form_targets),
    )
    return app


def _folders(features: Mapping[str, Path], kind: str) -> list[tuple[str, Path]]:
    return [(name, folder / kind) for name, folder in features.items() if (folder / kind).is_dir()]


class CsrfToken(BaseModel):
    """The value that unsafe requests with a cookie must send as X-CSRF-Token."""

    csrf_token: str


def _csrf_router(csrf: Csrf) -> APIRouter:
    router = APIRouter(tags=["accounts"])

    @router.get("/api/v1/csrf")
    async def csrf_token(request: Request, response: Response) -> CsrfToken:
        """Return the value for the header X-CSRF-Token, and set its cookie.

        Ask again after signing in or out: the value belongs to one session.
        """
        token = csrf.token_for(request)
        csrf.remember(request, response)
        return CsrfToken(csrf_token=token)

    return router


def _static_router(static: StaticFiles) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(PREFIX + "/{fingerprint}/{name:path}")
    async def file(request: Request, fingerprint: str, name: str) -> Response:
        """Return a static file."""
        return static.answer(request, fingerprint, name)

    return router
