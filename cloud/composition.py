"""The parts that the web application and the worker have in common, and the two shared lists.

`event_handlers` says who listens to what, `register_jobs` which work is done in the background.
Whoever adds a feature adds its lines here; nothing registers itself.
"""

from dataclasses import dataclass
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
from cloud.foundation import upkeep
from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.events import EventBook
from cloud.foundation.jobs import JobRegistry
from cloud.foundation.letters import Letters
from cloud.foundation.mail import Mailer, SmtpMailer
from cloud.foundation.rate_limits import RateLimiter
from cloud.inventory import jobs as inventory_jobs
from cloud.inventory.repository import AVAILABLE_UNITS
from cloud.inventory.seed import seed_stock
from cloud.settings import CloudSettings
from cloud.site.seed import seed_site
from cloud.site.service import SiteReader

# Features with templates or static files of their own.
_FEATURES = ("accounts", "storefront", "admin")


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


def feature_folders() -> dict[str, Path]:
    """Return the folders of the features that have templates or static files."""
    root = Path(__file__).parent
    return {name: root / name for name in _FEATURES}


def build_parts(settings: CloudSettings, clock: Clock, *, name: str) -> Parts:
    """Build the common parts; nothing connects yet. `name` is shown in PostgreSQL's lists."""
    database = Database(
        settings.database_url.get_secret_value(),
        events=event_handlers(),
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
    )


def event_handlers() -> EventBook:
    """Return who listens to which event, in the order they run."""
    return EventBook({})


def register_jobs(jobs: JobRegistry, parts: Parts) -> None:
    """Add the background work of every feature."""
    upkeep.register(jobs)
    inventory_jobs.register(jobs)
    cart_jobs.register(jobs)
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
