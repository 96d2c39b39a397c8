"""The web application, built from its parts. Everything it answers stands in one list here."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

from cloud.accounts.pages import pages as account_pages
from cloud.accounts.routes import routes as account_routes
from cloud.accounts.service.sessions import SessionAuthenticator
from cloud.admin.back_office import BackOffice
from cloud.admin.pages import pages as staff_pages
from cloud.carts.routes import routes as cart_routes
from cloud.catalogue.routes import routes as catalogue_routes
from cloud.checkout.routes import routes as checkout_routes
from cloud.composition import Parts, build_parts, feature_folders
from cloud.foundation.clock import Clock, SystemClock
from cloud.foundation.web.health import HealthSettings, health_routes
from cloud.foundation.web.services import WebServices
from cloud.foundation.web.shell import ShellSettings, build_shell
from cloud.hubs.routes import account_routes as hub_account_routes
from cloud.hubs.routes import hub_routes, hub_socket
from cloud.notifications.routes import routes as notification_routes
from cloud.orders.routes import routes as order_routes
from cloud.payments.routes import routes as payment_routes
from cloud.pricing.routes import routes as pricing_routes
from cloud.refunds.routes import routes as refund_routes
from cloud.reorders.routes import routes as reorder_routes
from cloud.settings import CloudSettings
from cloud.site.pages import pages as preference_pages
from cloud.site.routes import routes as site_routes
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.pages import pages as shop_pages


def build_app(settings: CloudSettings, *, schema_head: str, clock: Clock | None = None) -> FastAPI:
    """Return the application; it connects to nothing before its first request.

    `schema_head` is the newest migration, against which /ready measures the database. The
    common parts are at `app.state.parts`.
    """
    parts = build_parts(settings, clock or SystemClock(), name="scent-cloud")
    metrics = CollectorRegistry()
    ProcessCollector(registry=metrics)
    PlatformCollector(registry=metrics)
    app = build_shell(
        _shell_settings(settings), _web_services(parts), parts.site, metrics, _lifespan
    )
    app.state.parts = parts
    health = HealthSettings(
        schema_head=schema_head,
        metrics_token=(
            settings.metrics_token.get_secret_value() if settings.metrics_token else None
        ),
    )
    for router in (*_routers(parts), health_routes(parts.database, health, metrics)):
        app.include_router(router)
    app.router.routes.append(hub_socket(parts.database, parts.poke_board, parts.clock))
    return app


def _routers(parts: Parts) -> list[APIRouter]:
    """Return what the application answers.

    Addresses are matched one after another, so the most visited stand first.
    """
    return [
        catalogue_routes(parts.window),
        cart_routes(),
        account_routes(parts.desk),
        account_pages(parts.desk),
        site_routes(parts.site),
        hub_routes(parts.pairings, parts.settings.public_url),
        hub_account_routes(parts.pairings),
        preference_pages(),
        pricing_routes(),
        order_routes(parts.links),
        payment_routes(parts.gateway, parts.settings.public_url),
        checkout_routes(parts.gateway, parts.links),
        refund_routes(parts.gateway),
        reorder_routes(parts.reorders),
        notification_routes(),
        *shop_pages(_front_desk(parts), parts.window),
        *staff_pages(BackOffice(parts.database, parts.clock, parts.gateway)),
    ]


def _front_desk(parts: Parts) -> FrontDesk:
    return FrontDesk(
        database=parts.database,
        clock=parts.clock,
        gateway=parts.gateway,
        links=parts.links,
        reorders=parts.reorders,
        pairings=parts.pairings,
        site=parts.site,
        public_url=parts.settings.public_url,
    )


def _shell_settings(settings: CloudSettings) -> ShellSettings:
    return ShellSettings(
        title="The Scent",
        secret=settings.session_secret.get_secret_value(),
        is_demo=settings.demo,
        form_targets=(settings.payment_page,),
        features=feature_folders(),
    )


def _web_services(parts: Parts) -> WebServices:
    is_secure = parts.settings.is_secure
    return WebServices(
        database=parts.database,
        clock=parts.clock,
        authenticator=SessionAuthenticator(parts.clock),
        limiter=parts.limiter,
        # The prefix makes browsers refuse it from anywhere but this very host over https.
        session_cookie="__Host-scent_session" if is_secure else "scent_session",
        is_secure=is_secure,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    parts: Parts = app.state.parts
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(parts.poke_board.run(), name="poke-board")
            yield
            await parts.poke_board.close()
    finally:
        await parts.close()
