"""The bridge itself: keeps on the broker what Home Assistant is to find, and hears its commands.

What is to be kept is computed anew whenever something is news, and only the difference is
published. What the broker keeps already, from an earlier life of the hub too, is read back after
each connection, so that a restart says nothing that was said.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable

from adapters.home_assistant.entities import TOLD
from adapters.home_assistant.ledger import Ledger
from adapters.home_assistant.obeying import Obeyer
from adapters.home_assistant.places import HUB, IdUnusable, Places
from adapters.home_assistant.settings import HomeAssistantSettings
from adapters.home_assistant.translate import Look, event, hub_kept, kept
from adapters.home_assistant.words import words_of
from scentd.clock import Clock
from scentd.model.diffuser import Diffuser
from scentd.model.errors import DiffuserUnknown
from scentd.ports import (
    BridgeCounts,
    Happening,
    Home,
    HomeNews,
    Inbound,
    Publisher,
    Subscriber,
)

_log = logging.getLogger(__name__)

TICK_S = 0.25
"""At most so often a device is told of anew: what changes faster is told once."""
MESSAGES_A_TICK = 50
"""A house of fifty devices is told of within a second, and no broker chokes."""
STOCK_S = 1.0
"""How long the broker has to say what it keeps; it does so at once, thousands a second."""
GREET_S = (1.0, 5.0)
"""When Home Assistant comes back all programs on the broker speak to it; its documentation asks
each to wait a while of its own."""
MINUTE_S = 60.0
RETRY_S = 1.0
"""How long to wait when the broker takes nothing: it is away, or reads too slowly."""


class HomeAssistantBridge:
    """Show every diffuser to Home Assistant while `run` lives.

    `draw` gives numbers in 0..1, for how long to wait before greeting Home Assistant.
    """

    name = "home_assistant"

    def __init__(
        self,
        settings: HomeAssistantSettings,
        places: Places,
        home: Home,
        publisher: Publisher,
        subscriber: Subscriber,
        clock: Clock,
        *,
        draw: Callable[[], float] = secrets.SystemRandom().random,
    ) -> None:
        self._settings = settings
        self._places = places
        self._home = home
        self._publisher = publisher
        self._subscriber = subscriber
        self._clock = clock
        self._draw = draw
        self._ledger = Ledger()
        # What a person's wish holds until is told, too, though the device may not change.
        self._obeyer = Obeyer(home, clock, settled=self._mark)
        self._published = 0
        self._refused: set[str] = set()
        self._held: set[str] = set()
        self._due: dict[str, bool] = {}
        self._must_take_stock = True
        self._is_news = asyncio.Event()
        self._is_born = asyncio.Event()

    @property
    def counts(self) -> BridgeCounts:
        """Give the counts of this moment."""
        obeyer = self._obeyer
        return BridgeCounts(
            self._published, obeyer.obeyed, obeyer.ignored, frozenset(self._refused)
        )

    async def run(self) -> None:
        """Keep Home Assistant told and obey it, until cancelled.

        Where the settings say no, what was announced before is taken back, and nothing is obeyed.
        """
        ends = [self._home.watch(self._on_news)]
        self._note_reached()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._show(), name="home assistant is told")
                if self._settings.enabled:
                    ends += self._listen()
                    group.create_task(self._obeyer.run(), name="home assistant is obeyed")
                    group.create_task(self._greet(), name="home assistant is greeted")
                    group.create_task(self._pass_time(), name="home assistant's minutes")
        finally:
            for end in ends:
                end()

    def _listen(self) -> list[Callable[[], None]]:
        watch = self._subscriber.watch
        return [
            watch(f"{self._places.root}/+/set/+", self._obeyer.hear),
            watch(self._settings.status_topic, self._on_status),
        ]

    async def _show(self) -> None:
        while True:
            await self._is_news.wait()
            self._is_news.clear()
            if self._must_take_stock:
                self._must_take_stock = False
                await self._take_stock()
            await self._clock.sleep(TICK_S)
            if not await self._tell():
                await self._clock.sleep(RETRY_S)
            if self._due or self._must_take_stock:
                self._is_news.set()

    async def _take_stock(self) -> None:
        """Read back what the broker keeps of ours, then look at every device."""
        self._ledger.clear()
        ends = [
            self._subscriber.watch(topic_filter, self._on_kept)
            for topic_filter in (
                f"{self._places.prefix}/device/+/config",
                f"{self._places.root}/+/+",
            )
        ]
        try:
            await self._clock.sleep(STOCK_S)
        finally:
            for end in ends:
                end()
        self._mark_all()

    async def _tell(self) -> bool:
        """Say what is due, as much as a tick allows; False when the broker takes nothing now."""
        left = MESSAGES_A_TICK
        # After a new connection, what the broker keeps must be read back first.
        while self._due and left > 0 and not self._must_take_stock:
            key, anew = next(iter(self._due.items()))
            del self._due[key]
            missing = self._ledger.missing(key, self._wanted(key), anew=anew)
            for message in missing:
                if not self._publisher.publish(message):
                    self._mark(key, anew=anew)
                    return False
                self._ledger.note(key, message.topic, message.payload)
                self._published += 1
            left -= max(1, len(missing))
            # A look costs up to a millisecond: fifty in a row would hold up the house.
            await self._clock.sleep(0)
        return True

    def _wanted(self, key: str) -> dict[str, bytes]:
        if not self._settings.enabled:
            return {}
        words = words_of(self._home.language)
        if key == HUB:
            return hub_kept(self._places, self._home.name, words)
        diffuser = next((one for one in self._home.diffusers() if one.id == key), None)
        if diffuser is None or key in self._settings.leave_out:
            self._refused.discard(key)
            return {}
        try:
            return kept(self._places, self._look(diffuser), words)
        except IdUnusable as error:
            if key not in self._refused:
                self._refused.add(key)
                _log.warning("%s %s", error.message, error.hint)
            return {}

    def _look(self, diffuser: Diffuser) -> Look:
        return Look(
            diffuser,
            self._home.state(diffuser.id),
            self._home.fillings(diffuser.id),
            self._clock.now(),
            self._home.held_until(diffuser.id),
        )

    async def _greet(self) -> None:
        least_s, most_s = GREET_S
        while True:
            await self._is_born.wait()
            await self._clock.sleep(least_s + (most_s - least_s) * self._draw())
            self._is_born.clear()
            self._mark_all(anew=True)

    async def _pass_time(self) -> None:
        while True:
            await self._clock.sleep(MINUTE_S)
            before = self._held
            known = [diffuser.id for diffuser in self._home.diffusers()]
            self._held = {key for key in known if self._home.held_until(key) is not None}
            for key in before | self._held:
                self._mark(key)

    def _on_news(self, news: HomeNews) -> None:
        if news.happening is Happening.REACHED:
            self._note_reached()
        elif news.happening is Happening.HOUSEHOLD:
            self._mark_all()
        else:
            self._mark(news.diffuser_id)
        is_shown = self._settings.enabled and news.diffuser_id not in self._settings.leave_out
        if news.happening in TOLD and is_shown:
            self._tell_event(news)

    def _tell_event(self, news: HomeNews) -> None:
        try:
            filling = self._home.fillings(news.diffuser_id).get(news.slot_no)
            scent = filling.cartridge.scent_name if filling else ""
            message = event(self._places, news.diffuser_id, news.happening, news.slot_no, scent)
        except (DiffuserUnknown, IdUnusable):  # it is not shown either
            return
        if self._publisher.publish(message):
            self._published += 1

    def _on_kept(self, inbound: Inbound) -> None:
        key = self._places.key_of(inbound.topic, inbound.payload)
        if inbound.is_retained and key is not None:
            self._ledger.note(key, inbound.topic, inbound.payload)

    def _on_status(self, inbound: Inbound) -> None:
        # A kept one was said before we came, and what is to be kept is kept already.
        if inbound.payload == b"online" and not inbound.is_retained:
            self._is_born.set()

    def _note_reached(self) -> None:
        self._must_take_stock = True
        self._is_news.set()

    def _mark_all(self, *, anew: bool = False) -> None:
        # The hub first: the others are announced as being behind it.
        known = (diffuser.id for diffuser in self._home.diffusers())
        for key in (HUB, *known, *self._ledger.keys):
            self._mark(key, anew=anew)

    def _mark(self, key: str, *, anew: bool = False) -> None:
        self._due[key] = anew or self._due.get(key, False)
        self._is_news.set()
