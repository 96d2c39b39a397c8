"""Read a page as a person does."""

import html
import re

PAGES = (
    "/",
    "/schedule",
    "/schedule/new",
    "/schedules/evening/dates",
    "/week",
    "/rules",
    "/rules/new",
    "/scenes/new",
    "/presence",
    "/devices",
    "/safety",
    "/settings",
    "/status",
)


def text_of(page: str) -> str:
    """The words of a page in order, without its markup."""
    bare = re.sub(r"<(script|style|title)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


def card_of(page: str, diffuser_id: str) -> str:
    """The markup of one diffuser's card."""
    return page[page.index(f'id="card-{diffuser_id}"') :].partition("</article>")[0]


def note_of(page: str, diffuser_id: str) -> str:
    """The lines a card says about its diffuser."""
    lines = re.findall(r'<p class="line[^"]*">(.*?)</p>', card_of(page, diffuser_id), re.DOTALL)
    return " ".join(text_of(line) for line in lines)


def is_on(page: str, diffuser_id: str) -> bool:
    """Whether a card's switch is on."""
    return 'aria-checked="true"' in card_of(page, diffuser_id)
