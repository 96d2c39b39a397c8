"""The parts that the web application and the worker have in common, and the two shared lists.

`event_handlers` says who listens to what, `register_jobs` which work is done in the background.
Whoever adds a feature adds its lines here; nothing registers itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import invitation_jobs
from cloud.accounts import jobs as account_jobs
from cloud.accounts.demo import ensure_demo_people
from cloud.accounts.invitation_jobs import InvitationMail
from cloud.accounts.jobs import LinkMail
from cloud.accounts.openid import OpenIdProvider, OpenIdSettings
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.links import OneTimeLinks
from cloud.accounts.service.passwords import Passwords
from cloud.accounts.service.privacy import Privacy
from cloud.accounts.service.providers import ProviderDesk
from cloud.accounts.service.roles import seed_roles
from cloud.accounts.service.sessions import Sessions
from cloud.accounts.service.users import Users
from cloud.analytics import jobs as figure_jobs
from cloud.carts import jobs as cart_jobs
from cloud.carts.left_carts import LeftCarts
from cloud.catalogue import jobs as catalogue_jobs
from cloud.catalogue.seed import seed_catalogue
from cloud.catalogue.seed_models import seed_models
from cloud.catalogue.shelf_file import ShelfFile
from cloud.catalogue.shop_window import ShopWindow
from cloud.checkout import handlers as checkout_handlers
from cloud.checkout import jobs as checkout_jobs
from cloud.checkout.vies import VatRegister, ViesRegister
from cloud.disputes import handlers as dispute_handlers
from cloud.disputes import jobs as dispute_jobs
from cloud.drafts import jobs as draft_jobs
from cloud.foundation import filing, upkeep
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import EventBook, Handler
from cloud.foundation.filing import Filing
from cloud.foundation.jobs import JobRegistry
from cloud.foundation.letters import Letters
from cloud.foundation.mail import Mailer, SmtpMailer
from cloud.foundation.rate_limits import RateLimiter
from cloud.foundation.sealing import Sealer
from cloud.foundation.storage import Storage
from cloud.gifts import handlers as gift_handlers
from cloud.gifts import jobs as gift_jobs
from cloud.hubs import handlers as hub_handlers
from cloud.hubs import jobs as hub_jobs
from cloud.hubs.service.pairings import Pairings
from cloud.hubs.service.poke_board import PokeBoard
from cloud.inventory import jobs as inventory_jobs
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.inventory.seed import seed_stock
from cloud.invoices import handlers as invoice_handlers
from cloud.invoices import jobs as invoice_jobs
from cloud.loyalty import handlers as loyalty_handlers
from cloud.loyalty import jobs as loyalty_jobs
from cloud.newsletter import jobs as newsletter_jobs
from cloud.newsletter.links import NewsletterLinks
from cloud.newsletter.service.sending import Press
from cloud.notifications import campaign_jobs
from cloud.notifications import jobs as notification_jobs
from cloud.notifications.handlers import Herald
from cloud.notifications.leaving import LeaveLinks
from cloud.notifications.preference_rows import WANT_LEFT_CARTS
from cloud.notifications.service import MailRoom, Teller
from cloud.notifications.service.campaigns import Campaigns
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.texts import Texts
from cloud.orders import handlers as order_handlers
from cloud.orders import jobs as order_jobs
from cloud.orders.bought_sql import HAS_BOUGHT
from cloud.orders.links import OrderLinks
from cloud.payments import handlers as payment_handlers
from cloud.payments import jobs as payment_jobs
from cloud.payments.ports import PaymentGateway
from cloud.payments.stripe_gateway import StripeGateway, StripeSettings
from cloud.recommendations import handlers as recommendation_handlers
from cloud.recommendations import jobs as recommendation_jobs
from cloud.recommendations.seed import seed_quiz
from cloud.records import PERSONAL_RECORDS
from cloud.refunds import handlers as refund_handlers
from cloud.refunds import jobs as refund_jobs
from cloud.reorders import handlers as reorder_handlers
from cloud.reorders import jobs as reorder_jobs
from cloud.reorders.cases import ReorderRules
from cloud.reorders.fleet import FleetReader
from cloud.reorders.service import Desk as ReorderDesk
from cloud.reviews import handlers as review_handlers
from cloud.settings import CloudSettings
from cloud.site.seed import seed_site
from cloud.site.service import SiteReader
from cloud.subscriptions import handlers as subscription_handlers
from cloud.subscriptions import jobs as subscription_jobs
from cloud.subscriptions.service import Desk as SubscriptionDesk
from cloud.webhooks import handlers as webhook_handlers
from cloud.webhooks import jobs as webhook_jobs
from cloud.webhooks.caller import Caller, HttpCaller
from cloud.webhooks.service.endpoints import Endpoints
from cloud.webhooks.service.sending import Courier
from cloud.wishlists import handlers as wishlist_handlers
from cloud.wishlists import jobs as wishlist_jobs

# Features with templates or static files of their own.
_FEATURES = ("accounts", "newsletter", "reorders", "notifications", "storefront", "admin")


@dataclass(frozen=True, slots=True)
class Parts:
    """What both processes are built from."""

    settings: CloudSettings
    clock: Clock
    database: Database
    limiter: RateLimiter
    sealer: Sealer
    site: SiteReader
    mailer: Mailer
    letters: Letters
    desk: Desk
    providers: ProviderDesk | None
    privacy: Privacy
    window: ShopWindow
    gateway: PaymentGateway
    links: OrderLinks
    reorders: ReorderDesk
    subscriptions: SubscriptionDesk
    texts: Texts
    leaving: LeaveLinks
    news: NewsDesk
    pairings: Pairings
    poke_board: PokeBoard
    endpoints: Endpoints
    courier: Courier
    caller: Caller
    filing: Filing
    register: VatRegister
    newsletter: NewsletterLinks
    left_carts: LeftCarts

    async def close(self) -> None:
        """Close every connection."""
        try:
            await self.caller.close()
            await self.gateway.close()
            await self.register.close()
        finally:
            await self.database.close()


def feature_folders() -> dict[str, Path]:
    """Return the folders of the features that have templates or static files."""
    root = Path(__file__).parent
    return {name: root / name for name in _FEATURES}


def build_parts(
    settings: CloudSettings, clock: Clock, *, name: str, gateway: PaymentGateway | None = None
) -> Parts:
    """Build the common parts; nothing connects yet. `name` is shown in PostgreSQL's lists.

    `gateway` None is Stripe, as the settings say.
    """
    gateway = gateway or StripeGateway(
        StripeSettings(
            secret_key=settings.stripe_secret_key.get_secret_value(),
            webhook_secrets=settings.stripe_webhook_secrets,
            api_base=settings.stripe_api_base,
        )
    )
    links = OrderLinks(settings.public_url, settings.session_secret.get_secret_value())
    rules = ReorderRules(
        cancel_window=timedelta(seconds=settings.reorder_cancel_window_s),
        settling=timedelta(seconds=settings.reorder_settling_s),
    )
    reorders = ReorderDesk(gateway, links, rules)
    texts = Texts.load()
    leaving = LeaveLinks(settings.public_url, settings.session_secret.get_secret_value())
    sealer = Sealer(settings.sealing_keys)
    news = NewsDesk(Teller(texts), links, leaving)
    database = Database(
        settings.database_url.get_secret_value(),
        events=event_handlers(reorders, news, sealer),
        pool_size=settings.database_pool,
        wait_s=settings.database_wait_s,
        name=name,
    )
    limiter = RateLimiter(database, clock)
    caller = HttpCaller(allows_private=settings.webhook_private_hosts)
    passwords = Passwords(memory_kib=settings.password_memory_kib)
    desk = Desk(
        users=Users(clock, database, passwords, limiter),
        sessions=Sessions(clock),
        links=OneTimeLinks(clock),
        limiter=limiter,
    )
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        limiter=limiter,
        sealer=sealer,
        site=SiteReader(database, clock),
        mailer=SmtpMailer(settings.smtp_server, clock),
        letters=Letters(feature_folders()),
        desk=desk,
        providers=_provider_desk(settings, desk, sealer, database, clock),
        privacy=Privacy(desk, PERSONAL_RECORDS),
        window=ShopWindow(AVAILABLE_UNITS),
        pairings=Pairings(limiter, settings.public_url),
        poke_board=PokeBoard(database),
        filing=Filing(Storage(settings.files)),
        register=ViesRegister(settings.vies_url),
        newsletter=NewsletterLinks(settings.public_url, settings.session_secret.get_secret_value()),
        endpoints=Endpoints(sealer, allows_private=settings.webhook_private_hosts),
        courier=Courier(caller, sealer, clock),
        caller=caller,
        gateway=gateway,
        links=links,
        reorders=reorders,
        subscriptions=SubscriptionDesk(gateway),
        texts=texts,
        leaving=leaving,
        news=news,
        left_carts=LeftCarts(WANT_LEFT_CARTS, HAS_BOUGHT),
    )


def _provider_desk(
    settings: CloudSettings, desk: Desk, sealer: Sealer, database: Database, clock: Clock
) -> ProviderDesk | None:
    """Return where people come in from Google; None for a shop that is not known there."""
    if not settings.google_client_id:
        return None
    provider = OpenIdProvider(
        OpenIdSettings(
            issuer=settings.google_issuer,
            client_id=settings.google_client_id,
            client_secret=settings.google_client_secret.get_secret_value(),
            redirect_uri=f"{settings.public_url}/sign-in/google/callback",
        ),
        clock,
    )
    return ProviderDesk(desk, provider, sealer, database, clock)


def event_handlers(reorders: ReorderDesk, news: NewsDesk, sealer: Sealer) -> EventBook:
    """Return who listens to which event, in the order they run: lower tiers before higher ones."""
    heard: dict[type, list[Handler]] = {}
    for listed in (
        dispute_handlers.HANDLERS,
        hub_handlers.HANDLERS,
        payment_handlers.HANDLERS,
        order_handlers.HANDLERS,
        gift_handlers.handlers(sealer),
        checkout_handlers.HANDLERS,
        refund_handlers.handlers(reorders.gateway),
        invoice_handlers.HANDLERS,
        subscription_handlers.handlers(SubscriptionDesk(reorders.gateway)),
        reorder_handlers.handlers(reorders),
        review_handlers.HANDLERS,
        wishlist_handlers.HANDLERS,
        recommendation_handlers.HANDLERS,
        loyalty_handlers.HANDLERS,
        Herald(news, reorders).handlers(),
        webhook_handlers.handlers(),
    ):
        for kind, handler in listed.items():
            heard.setdefault(kind, []).append(handler)
    return EventBook(heard)


def mail_room(parts: Parts) -> MailRoom:
    """Return what it takes to send the mails of notifications."""
    return MailRoom(
        mailer=parts.mailer,
        letters=parts.letters,
        texts=parts.texts,
        site=parts.site,
        sender=parts.settings.mail_from,
        sealer=parts.sealer,
        leaving=parts.leaving,
        public_url=parts.settings.public_url,
        left_carts=parts.left_carts,
    )


def register_jobs(jobs: JobRegistry, parts: Parts) -> None:
    """Add the background work of every feature."""
    upkeep.register(jobs)
    filing.register(jobs, parts.filing)
    catalogue_jobs.register(jobs, parts.filing)
    inventory_jobs.register(jobs, FleetReader(), parts.clock)
    cart_jobs.register(jobs, parts.left_carts, parts.clock)
    wishlist_jobs.register(jobs)
    recommendation_jobs.register(jobs)
    order_jobs.register(jobs)
    payment_jobs.register(jobs, parts.gateway, parts.clock)
    dispute_jobs.register(jobs, parts.gateway, parts.clock)
    gift_jobs.register(jobs, parts.clock)
    checkout_jobs.register(jobs, parts.clock)
    refund_jobs.register(jobs, parts.gateway, parts.clock)
    invoice_jobs.register(jobs, parts.clock)
    draft_jobs.register(jobs)
    subscription_jobs.register(jobs, parts.subscriptions, parts.clock)
    reorder_jobs.register(jobs, parts.reorders, parts.clock)
    loyalty_jobs.register(jobs, parts.clock)
    herald = Herald(parts.news, parts.reorders)
    herald.scents.register(jobs)
    herald.issues.register(jobs)
    campaign_jobs.register(jobs, Campaigns(parts.news, parts.clock))
    notification_jobs.register(
        jobs,
        mail_room(parts),
        herald.orders.confirm,
        parts.clock,
    )
    newsletter_jobs.register(jobs, _press(parts))
    hub_jobs.register(jobs)
    figure_jobs.register(jobs)
    webhook_jobs.register(jobs, parts.courier)
    invitation_jobs.register(
        jobs,
        InvitationMail(
            mailer=parts.mailer,
            letters=parts.letters,
            site=parts.site,
            public_url=parts.settings.public_url,
            sender=parts.settings.mail_from,
        ),
    )
    account_jobs.register(
        jobs,
        LinkMail(
            mailer=parts.mailer,
            letters=parts.letters,
            links=parts.desk.links,
            site=parts.site,
            public_url=parts.settings.public_url,
            sender=parts.settings.mail_from,
        ),
        parts.privacy,
    )


def _press(parts: Parts) -> Press:
    return Press(
        mailer=parts.mailer,
        letters=parts.letters,
        site=parts.site,
        links=parts.newsletter,
        public_url=parts.settings.public_url,
        sender=parts.settings.mail_from,
        clock=parts.clock,
    )


async def seed_shop(
    session: AsyncSession, parts: Parts, shelf: ShelfFile | None = None
) -> list[str]:
    """Fill in what a new shop starts with, and say what was done; a second time changes nothing.

    `shelf` brings products and their first bottles; None leaves the catalogue alone.
    """
    done = [await seed_site(session)]
    await seed_roles(session)
    if shelf is not None:
        await seed_catalogue(session, shelf)
        await seed_models(session, parts.filing, shelf)
        await seed_stock(session, shelf.stock)
        done.append(f"Catalogue: {len(shelf.scents)} scents are there.")
        if await seed_quiz(session, parts.clock.now()):
            done.append("Quiz: its first edition is published.")
    if parts.settings.demo:
        await ensure_demo_people(session, parts.desk.users)
        done.append("People: the demo's customer and staff member are there.")
    return done
