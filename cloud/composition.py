"""The parts that the web application and the worker have in common, and the two shared lists.

`event_handlers` says who listens to what, `register_jobs` which work is done in the background.
Whoever adds a feature adds its lines here; nothing registers itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import jobs as account_jobs
from cloud.accounts.demo import ensure_demo_people
from cloud.accounts.jobs import LinkMail
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.links import OneTimeLinks
from cloud.accounts.service.passwords import Passwords
from cloud.accounts.service.sessions import Sessions
from cloud.accounts.service.users import Users
from cloud.carts import jobs as cart_jobs
from cloud.catalogue.seed import seed_catalogue
from cloud.catalogue.shelf_file import ShelfFile
from cloud.catalogue.shop_window import ShopWindow
from cloud.checkout import handlers as checkout_handlers
from cloud.checkout import jobs as checkout_jobs
from cloud.foundation import upkeep
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import EventBook, Handler
from cloud.foundation.jobs import JobRegistry
from cloud.foundation.letters import Letters
from cloud.foundation.mail import Mailer, SmtpMailer
from cloud.foundation.rate_limits import RateLimiter
from cloud.hubs import jobs as hub_jobs
from cloud.hubs.service.pairings import Pairings
from cloud.hubs.service.poke_board import PokeBoard
from cloud.inventory import jobs as inventory_jobs
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.inventory.seed import seed_stock
from cloud.notifications import jobs as notification_jobs
from cloud.notifications.handlers import Herald
from cloud.notifications.service import MailRoom, Teller
from cloud.notifications.texts import Texts
from cloud.orders import jobs as order_jobs
from cloud.orders.links import OrderLinks
from cloud.payments import jobs as payment_jobs
from cloud.payments.ports import PaymentGateway
from cloud.payments.stripe_gateway import StripeGateway, StripeSettings
from cloud.refunds import handlers as refund_handlers
from cloud.refunds import jobs as refund_jobs
from cloud.reorders import handlers as reorder_handlers
from cloud.reorders import jobs as reorder_jobs
from cloud.reorders.cases import ReorderRules
from cloud.reorders.service import Desk as ReorderDesk
from cloud.settings import CloudSettings
from cloud.site.seed import seed_site
from cloud.site.service import SiteReader

# Features with templates or static files of their own.
_FEATURES = ("accounts", "notifications", "storefront", "admin")


@dataclass(frozen=True, slots=True)
class Parts:
    """What both processes are built from."""

    settings: CloudSettings
    clock: Clock
    database: Database
    limiter: RateLimiter
    site: SiteReader
    mailer: Mailer
    letters: Letters
    desk: Desk
    window: ShopWindow
    gateway: PaymentGateway
    links: OrderLinks
    reorders: ReorderDesk
    texts: Texts
    pairings: Pairings
    poke_board: PokeBoard

    async def close(self) -> None:
        """Close every connection."""
        try:
            await self.gateway.close()
        finally:
            await self.database.close()


def feature_folders() -> dict[str, Path]:
    """Return the folders of the features that have templates or static files."""
    root = Path(__file__).parent
    return {name: root / name for name in _FEATURES}


def build_parts(settings: CloudSettings, clock: Clock, *, name: str) -> Parts:
    """Build the common parts; nothing connects yet. `name` is shown in PostgreSQL's lists."""
    gateway = StripeGateway(
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
    database = Database(
        settings.database_url.get_secret_value(),
        events=event_handlers(reorders, texts),
        pool_size=settings.database_pool,
        name=name,
    )
    limiter = RateLimiter(database, clock)
    passwords = Passwords(memory_kib=settings.password_memory_kib)
    return Parts(
        settings=settings,
        clock=clock,
        database=database,
        limiter=limiter,
        site=SiteReader(database, clock),
        mailer=SmtpMailer(settings.smtp_server, clock),
        letters=Letters(feature_folders()),
        desk=Desk(
            users=Users(clock, database, passwords, limiter),
            sessions=Sessions(clock),
            links=OneTimeLinks(clock),
            limiter=limiter,
        ),
        window=ShopWindow(AVAILABLE_UNITS),
        pairings=Pairings(limiter, settings.public_url),
        poke_board=PokeBoard(database),
        gateway=gateway,
        links=links,
        reorders=reorders,
        texts=texts,
    )


def event_handlers(reorders: ReorderDesk, texts: Texts) -> EventBook:
    """Return who listens to which event, in the order they run: lower tiers before higher ones."""
    heard: dict[type, list[Handler]] = {}
    for listed in (
        checkout_handlers.HANDLERS,
        refund_handlers.handlers(reorders.gateway),
        reorder_handlers.handlers(reorders),
        Herald(Teller(texts), reorders.links, reorders).handlers(),
    ):
        for kind, handler in listed.items():
            heard.setdefault(kind, []).append(handler)
    return EventBook(heard)


def register_jobs(jobs: JobRegistry, parts: Parts) -> None:
    """Add the background work of every feature."""
    upkeep.register(jobs)
    inventory_jobs.register(jobs)
    cart_jobs.register(jobs)
    order_jobs.register(jobs)
    payment_jobs.register(jobs, parts.gateway, parts.clock)
    checkout_jobs.register(jobs, parts.clock)
    refund_jobs.register(jobs, parts.gateway, parts.clock)
    reorder_jobs.register(jobs, parts.reorders, parts.clock)
    notification_jobs.register(
        jobs,
        MailRoom(
            mailer=parts.mailer,
            letters=parts.letters,
            texts=parts.texts,
            site=parts.site,
            sender=parts.settings.mail_from,
        ),
        parts.clock,
    )
    hub_jobs.register(jobs)
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
    )


async def seed_shop(
    session: AsyncSession, parts: Parts, shelf: ShelfFile | None = None
) -> list[str]:
    """Fill in what a new shop starts with, and say what was done; a second time changes nothing.

    `shelf` brings products and their first bottles; None leaves the catalogue alone.
    """
    done = [await seed_site(session)]
    if shelf is not None:
        await seed_catalogue(session, shelf)
        await seed_stock(session, shelf.stock)
        done.append(f"Catalogue: {len(shelf.scents)} scents are there.")
    if parts.settings.demo:
        await ensure_demo_people(session, parts.desk.users)
        done.append("People: the demo's customer and staff member are there.")
    return done
