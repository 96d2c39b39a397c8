"""Every mail in every language as a picture, for people to look at; nothing sticks out."""

import html
import re
from pathlib import Path

import pytest

from cloud.notifications.models import Notification
from cloud.notifications.service import write_mail
from tests.browser import open_context
from tests.cloud.notifications.test_every_mail import LANGUAGES, Anything, _wordings
from tests.cloud.notifications.test_mails import room_of
from tests.cloud.notifications.test_texts import _texts
from tests.fakes.market import Market

PICTURES = Path(__file__).parents[3] / ".artifacts" / "screenshots"
A_SHEET = 12
WIDTH_PX, HEIGHT_PX = 420, 760
LIKELY = {
    "product": "Cedar & Bergamot, 50 ml",
    "variant": "50 ml",
    "total": "€34.90",
    "price": "€28.90",
    "before": "€34.90",
    "amount": "€12.00",
    "number": "SC-100001",
    "return_number": "R-100001-1",
    "site_name": "The Scent",
    "shop": "The Scent",
    "room": "Living room",
    "home": "Lindenweg",
    "hub": "Hub in the hall",
    "points": "120",
    "tier": "Gold",
    "email": "ada@example.org",
    "quantity": "1",
    "carrier": "DHL",
}


class Likely(Anything):
    """What facts usually say."""

    def __missing__(self, key: str) -> str:
        return LIKELY.get(key, key.replace("_", " "))


@pytest.mark.long
@pytest.mark.needs_postgres
@pytest.mark.needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_mail_fits_a_phone(language: str, scheme: str, market: Market) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    mails = await _mails(market, language)
    wide = []

    async with open_context(
        viewport={"width": 4 * (WIDTH_PX + 8), "height": 900}, color_scheme=scheme
    ) as context:
        page = await context.new_page()
        for begin in range(0, len(mails), A_SHEET):
            some = mails[begin : begin + A_SHEET]
            await page.set_content(_sheet([body for _, body in some]))
            for (wording, _), frame in zip(some, page.frames[1:], strict=True):
                await frame.wait_for_load_state()
                width = await frame.evaluate("document.documentElement.scrollWidth")
                if width > WIDTH_PX:
                    wide.append((wording, width))
            name = f"mails-{language}-{scheme}-{begin // A_SHEET + 1}.png"
            await page.screenshot(path=PICTURES / name, full_page=True)

    assert len(mails) > 60
    assert wide == []


async def _mails(market: Market, language: str) -> list[tuple[str, str]]:
    room, now, site = room_of(market), market.clock.now(), await market.parts.site.facts()
    kinds = {kind.value: kind for kind in Notification.kind.type.enum_class}
    mails = []
    for number, wording in enumerate(_wordings(), 1):
        words = room.texts.wording(wording, language, Likely())
        named = set(re.findall(r"{(\w+)}", str(_texts("en")[wording])))
        notification = Notification(
            id=number,
            kind=kinds.get(wording) or kinds["SYSTEM_ANNOUNCEMENT"],
            user_id=1,
            email="ada@example.org",
            language=language,
            wording=wording,
            title=words.title,
            message=words.message,
            link="http://127.0.0.1/account",
            facts={
                "facts": {one: Likely()[one] for one in named},
                "rows": {"total": "€34.90"},
            },
            told_at=now,
        )
        mails.append((wording, write_mail(room, notification, site).html or ""))
    return mails


def _sheet(bodies: list[str]) -> str:
    frames = "".join(
        f'<iframe width="{WIDTH_PX}" height="{HEIGHT_PX}" srcdoc="{html.escape(body)}"></iframe>'
        for body in bodies
    )
    style = "body{margin:0}iframe{border:0;margin:2px}"
    return f"<!doctype html><style>{style}</style>{frames}"
