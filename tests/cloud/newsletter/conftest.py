"""A shop, its mails, and hands to ask for its newsletter."""

import re
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import text

from cloud.composition import Parts
from cloud.site.seed import seed_site
from tests.fakes.mailbox import Mailbox

_TOKEN = re.compile(r"/newsletter/confirm/([\w-]+)")

Join = Callable[..., Awaitable[None]]


@pytest.fixture
async def shop(parts: Parts) -> Parts:
    """The shop with its settings, in three languages."""
    async with parts.database.unit_of_work() as session:
        await seed_site(session)
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de", "es"]'"""))
    return parts


@pytest.fixture
def token_of(mailbox: Mailbox) -> Callable[[], str]:
    """Return the token in the newest mail that confirms."""

    def run() -> str:
        found = [one[1] for mail in mailbox.mails if (one := _TOKEN.search(mail.text))]
        return found[-1]

    return run


@pytest.fixture
def fill(shop: Parts) -> Join:
    """Put readers into the shop who get the newsletter, in a language, with interests."""

    async def run(*emails: str, language: str = "en", interests: Sequence[str] = ()) -> None:
        async with shop.database.unit_of_work() as session:
            for email in emails:
                await session.execute(
                    text(
                        "INSERT INTO newsletter_subscribers (email, name, language, stage, source,"
                        " asked_at, confirmed_at, interests)"
                        " VALUES (:email, '', :language, 'active', 'page', now(), now(),"
                        " CAST(:interests AS text[]))"
                    ),
                    {"email": email, "language": language, "interests": list(interests)},
                )

    return run
