"""The web application, built from its parts. Everything it answers stands in one list here."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

from cloud.accounts.pages import pages as account_pages
from cloud.accounts.routes import routes as account_routes
from cloud.accounts.routes.rights import rights_routes
from cloud.accounts.service.api_tokens import ApiTokens
from cloud.accounts.service.sessions import SessionAuthenticator, TokenAuthenticator
from cloud.admin.back_office import BackOffice
from cloud.admin.mail_trial import MailTrial
from cloud.admin.pages import pages as staff_pages
from cloud.admin.uploads import STAFF_UPLOADS
from cloud.analytics.visits import CountVisits, VisitCounter
from cloud.carts.code_routes import code_routes
from cloud.carts.gift_routes import gift_routes
from cloud.carts.routes import routes as cart_routes
from cloud.catalogue.desk_images import WIDE_BODIES, image_routes
from cloud.catalogue.desk_imports import WIDE_IMPORTS, import_routes
from cloud.catalogue.desk_matrix import matrix_routes
from cloud.catalogue.desk_prices import price_routes
from cloud.catalogue.desk_products import product_routes
from cloud.catalogue.desk_shelf_images import shelf_image_routes
from cloud.catalogue.desk_shelves import shelf_routes
from cloud.catalogue.routes import routes as catalogue_routes
from cloud.checkout.intent_routes import intent_routes
from cloud.checkout.quote_routes import routes as quote_routes
from cloud.checkout.routes import routes as checkout_routes
from cloud.composition import Parts, build_parts, feature_folders
from cloud.disputes.routes import routes as dispute_routes
from cloud.drafts.routes import routes as draft_routes
from cloud.foundation.clock import Clock, SystemClock
from cloud.foundation.garbage import without_collecting
from cloud.foundation.web.files import file_routes
from cloud.foundation.web.health import HealthSettings, health_routes
from cloud.foundation.web.late_routes import APIRouter, include
from cloud.foundation.web.services import WebServices
from cloud.foundation.web.shell import ShellSettings, build_shell
from cloud.gifts.staff_routes import staff_gift_routes
from cloud.hubs.routes import account_routes as hub_account_routes
from cloud.hubs.routes import hub_routes, hub_socket
from cloud.inventory.forecast_routes import routes as forecast_routes
from cloud.inventory.purchase_routes import routes as purchase_routes
from cloud.inventory.routes import routes as stock_routes
from cloud.invoices.routes import routes as invoice_routes
from cloud.loyalty.member_routes import member_routes
from cloud.loyalty.reward_routes import reward_routes
from cloud.loyalty.routes import routes as point_routes
from cloud.loyalty.tier_routes import tier_routes
from cloud.newsletter.routes import routes as newsletter_routes
from cloud.notifications.pages import PREFIX as LEAVE_PREFIX
from cloud.notifications.pages import leave_pages
from cloud.notifications.repository import count_unread
from cloud.notifications.routes import routes as notification_routes
from cloud.notifications.service.campaigns import Campaigns
from cloud.orders.routes import routes as order_routes
from cloud.payments.ports import PaymentGateway
from cloud.payments.routes import routes as payment_routes
from cloud.recommendations.routes import routes as recommendation_routes
from cloud.refunds.routes import routes as refund_routes
from cloud.reorders.hub_routes import hub_routes as hub_proposals
from cloud.reorders.routes import routes as reorder_routes
from cloud.returns.routes import routes as return_routes
from cloud.reviews.routes import routes as review_routes
from cloud.reviews.staff_routes import staff_review_routes
from cloud.settings import CloudSettings
from cloud.site.pages import pages as preference_pages
from cloud.site.routes import routes as site_routes
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.pages import pages as shop_pages
from cloud.storefront.pages.newsletter import LEAVE as NEWSLETTER_LEAVE
from cloud.subscriptions.routes import routes as subscription_routes
from cloud.subscriptions.staff_routes import staff_subscription_routes
from cloud.webhooks.routes import routes as webhook_routes
from cloud.wishlists.routes import routes as wishlist_routes


def build_app(
    settings: CloudSettings,
    *,
    schema_head: str,
    clock: Clock | None = None,
    gateway: PaymentGateway | None = None,
) -> FastAPI:
    """Return the application; it connects to nothing before its first request.

    `schema_head` is the newest migration, against which /ready measures the database. `gateway`
    None is Stripe. The common parts are at `app.state.parts`.
    """
    with without_collecting():
        parts = build_parts(settings, clock or SystemClock(), name="scent-cloud", gateway=gateway)
        return _assemble(parts, schema_head)


def _assemble(parts: Parts, schema_head: str) -> FastAPI:
    settings = parts.settings
    metrics = CollectorRegistry()
    ProcessCollector(registry=metrics)
    PlatformCollector(registry=metrics)
    app = build_shell(
        _shell_settings(settings), _web_services(parts), parts.site, metrics, _lifespan
    )
    app.state.parts = parts
    app.state.visits = VisitCounter(parts.database, parts.clock, parts.site)
    app.add_middleware(CountVisits, counter=app.state.visits)
    health = HealthSettings(
        schema_head=schema_head,
        metrics_token=(
            settings.metrics_token.get_secret_value() if settings.metrics_token else None
        ),
    )
    for router in (*_routers(parts), health_routes(parts.database, health, metrics)):
        include(app, router)
    app.router.routes.append(hub_socket(parts.database, parts.poke_board, parts.clock))
    return app


def _routers(parts: Parts) -> list[APIRouter]:
    """Return what the application answers.

    Addresses are matched one after another, so the most visited stand first.
    """
    return [
        catalogue_routes(parts.window, parts.site),
        file_routes(parts.filing.storage),
        cart_routes(parts.site),
        account_routes(parts.desk),
        rights_routes(ApiTokens(parts.clock)),
        account_pages(parts.desk, parts.providers, parts.privacy, parts.site),
        site_routes(parts.site),
        hub_routes(parts.pairings, parts.settings.public_url),
        hub_account_routes(parts.pairings),
        preference_pages(),
        code_routes(),
        gift_routes(parts.site),
        staff_gift_routes(),
        quote_routes(parts.site, parts.register),
        order_routes(parts.links),
        draft_routes(),
        payment_routes(parts.gateway, parts.settings.public_url),
        checkout_routes(parts.gateway, parts.links, parts.site, parts.register),
        intent_routes(parts.gateway, parts.links, parts.settings.stripe_publishable_key),
        refund_routes(parts.gateway),
        dispute_routes(),
        invoice_routes(parts.database, parts.clock, parts.links),
        return_routes(parts.gateway, parts.links),
        reorder_routes(parts.reorders),
        hub_proposals(parts.reorders),
        subscription_routes(parts.subscriptions),
        staff_subscription_routes(parts.subscriptions),
        notification_routes(),
        leave_pages(parts.leaving),
        webhook_routes(parts.endpoints),
        stock_routes(),
        purchase_routes(),
        forecast_routes(),
        wishlist_routes(parts.site),
        recommendation_routes(parts.site),
        review_routes(),
        staff_review_routes(),
        newsletter_routes(),
        point_routes(),
        member_routes(parts.settings.public_url),
        reward_routes(parts.sealer),
        tier_routes(),
        *shop_pages(_front_desk(parts), parts.window),
        *shelf_routes(),
        *shelf_image_routes(parts.filing),
        *product_routes(),
        matrix_routes(),
        price_routes(),
        import_routes(),
        image_routes(parts.filing),
        *staff_pages(_back_office(parts)),
    ]


def _back_office(parts: Parts) -> BackOffice:
    return BackOffice(
        database=parts.database,
        clock=parts.clock,
        gateway=parts.gateway,
        endpoints=parts.endpoints,
        site=parts.site,
        filing=parts.filing,
        trial=MailTrial(
            parts.mailer, parts.letters, parts.settings.mail_from, parts.settings.public_url
        ),
        privacy=parts.privacy,
        links=parts.links,
        campaigns=Campaigns(parts.news, parts.clock),
    )


def _front_desk(parts: Parts) -> FrontDesk:
    return FrontDesk(
        database=parts.database,
        clock=parts.clock,
        gateway=parts.gateway,
        links=parts.links,
        reorders=parts.reorders,
        subscriptions=parts.subscriptions,
        pairings=parts.pairings,
        site=parts.site,
        sealer=parts.sealer,
        register=parts.register,
        newsletter=parts.newsletter,
        public_url=parts.settings.public_url,
        leaving=parts.leaving,
    )


def _shell_settings(settings: CloudSettings) -> ShellSettings:
    return ShellSettings(
        title="The Scent",
        secret=settings.session_secret.get_secret_value(),
        is_demo=settings.demo,
        form_targets=settings.form_targets,
        features=feature_folders(),
        signed_paths=(LEAVE_PREFIX, NEWSLETTER_LEAVE),
        wide_bodies=WIDE_BODIES | WIDE_IMPORTS | STAFF_UPLOADS,
    )


def _web_services(parts: Parts) -> WebServices:
    is_secure = parts.settings.is_secure
    return WebServices(
        database=parts.database,
        clock=parts.clock,
        authenticator=SessionAuthenticator(parts.clock),
        token_authenticator=TokenAuthenticator(parts.clock, parts.limiter),
        limiter=parts.limiter,
        # The prefix makes browsers refuse it from anywhere but this very host over https.
        session_cookie="__Host-scent_session" if is_secure else "scent_session",
        is_secure=is_secure,
        count_unread=count_unread,
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    parts: Parts = app.state.parts
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(parts.poke_board.run(), name="poke-board")
            yield
            await parts.poke_board.close()
        await app.state.visits.write()
    finally:
        await parts.close()
