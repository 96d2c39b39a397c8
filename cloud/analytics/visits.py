"""How many times somebody came into the shop, counted without knowing who.

A visit is a page that a browser opens from outside: by a link elsewhere, a bookmark, an address
typed in. The browser says so itself (`Sec-Fetch-Site`); the next page of the same visit comes from
our own and counts no more. No cookie is set, no address, no browser's name and no page is kept:
only a number a day. Crawlers do not send these headers, nor do browsers from before 2023.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Date, bindparam, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import Unavailable
from cloud.foundation.site_facts import SiteFactsSource

# So many visits, or so long, and they are written down: what a killed process loses at most.
_MOST_WAITING = 50
_LONGEST = timedelta(seconds=10)
_OUTSIDE = (b"none", b"cross-site", b"same-site")
# Staff at work and machines are no visitors.
_NOT_THE_SHOP = ("/admin", "/api", "/webhooks", "/static", "/health", "/ready", "/metrics")

_ADD = text("""
    INSERT INTO daily_visits AS known (day, visits) VALUES (:day, :visits)
    ON CONFLICT (day) DO UPDATE SET visits = known.visits + excluded.visits
""").bindparams(bindparam("day", type_=Date()))


class VisitCounter:
    """Counts in memory and writes down now and then; several processes add up."""

    def __init__(self, database: Database, clock: Clock, site: SiteFactsSource) -> None:
        self._database = database
        self._clock = clock
        self._site = site
        self._waiting: Counter[date] = Counter()
        self._since: datetime | None = None

    async def note(self) -> None:
        """Count one visit, today in the shop's zone; each tenth second it is written down."""
        now = self._clock.now()
        zone = (await self._site.facts()).time_zone
        self._waiting[now.astimezone(ZoneInfo(zone)).date()] += 1
        self._since = self._since or now
        if self._waiting.total() >= _MOST_WAITING or now - self._since >= _LONGEST:
            await self.write()

    async def write(self) -> None:
        """Write down what was counted since the last time."""
        # Taken before the first await: what comes in meanwhile waits for the next time.
        waiting, self._waiting, self._since = self._waiting, Counter(), None
        if not waiting:
            return
        try:
            async with self._database.unit_of_work() as session:
                for day, visits in sorted(waiting.items()):
                    await session.execute(_ADD, {"day": day, "visits": visits})
        except Unavailable:
            # No page fails for want of a count; the next visit tries again.
            self._waiting.update(waiting)


class CountVisits:
    """Has each visit counted once its page was answered."""

    def __init__(self, app: ASGIApp, counter: VisitCounter) -> None:
        self._app = app
        self._counter = counter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http" or not _comes_in(scope):
            await self._app(scope, receive, send)
            return
        status = 0

        async def look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        await self._app(scope, receive, look)
        if status == 200:
            await self._counter.note()


def _comes_in(scope: Scope) -> bool:
    if scope["method"] != "GET" or scope["path"].startswith(_NOT_THE_SHOP):
        return False
    said = {name: value for name, value in scope["headers"] if name.startswith(b"sec-")}
    return (
        said.get(b"sec-fetch-mode") == b"navigate"
        and said.get(b"sec-fetch-dest") == b"document"
        and said.get(b"sec-fetch-site") in _OUTSIDE
        # A page fetched in case somebody should want it.
        and b"sec-purpose" not in said
    )
