"""Take commands from Home Assistant: one by one as they come, and settle what belongs together."""

import asyncio
import logging
from collections.abc import Callable

from adapters.home_assistant.commands import SOURCE, Asked, read_command, together
from scentd.clock import Clock, Throttle
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Wish
from scentd.model.errors import DiffuserUnknown
from scentd.ports import Home, Inbound, Malformed

_log = logging.getLogger(__name__)

COMPANY_S = 0.05
"""How long a command waits for others of the same press; nobody notices a twentieth of a second."""


class Obeyer:
    """Carry commands to the home; `settled` is told of each device a wish was settled for.

    `obeyed` and `ignored` count commands since the start.
    """

    def __init__(self, home: Home, clock: Clock, settled: Callable[[str], None]) -> None:
        self._home = home
        self._clock = clock
        self._settled = settled
        self._warnings = Throttle(clock, every_s=60.0)
        self._wished: dict[str, Wish] = {}
        self._is_wished = asyncio.Event()
        self.obeyed = 0
        self.ignored = 0

    def hear(self, inbound: Inbound) -> None:
        """Take a message on `…/<diffuser>/set/<what>`; nonsense is counted and passed over."""
        if inbound.is_retained:
            self._ignore(inbound.topic, "the broker keeps it, so that it may be old")
            return
        *_, key, _, what = inbound.topic.split("/")
        diffuser = next((one for one in self._home.diffusers() if one.id == key), None)
        if diffuser is None:
            self._ignore(inbound.topic, "there is no such device")
            return
        try:
            asked = read_command(
                diffuser, self._home.fillings(key), what, inbound.payload, self._clock.now()
            )
        except Malformed as error:
            self._ignore(inbound.topic, error.reason)
            return
        self._take_up(asked)

    async def run(self) -> None:
        """Settle what was wished, until cancelled."""
        while True:
            await self._is_wished.wait()
            await self._clock.sleep(COMPANY_S)
            self._is_wished.clear()
            wished, self._wished = self._wished, {}
            for wish in wished.values():
                self._settle(wish)

    def _take_up(self, asked: Asked) -> None:
        if isinstance(asked, SlotKey):
            self.obeyed += 1
            self._home.ask_refill(asked, SOURCE)
            return
        earlier = self._wished.get(asked.diffuser_id)
        self._wished[asked.diffuser_id] = asked if earlier is None else together(earlier, asked)
        self._is_wished.set()

    def _settle(self, wish: Wish) -> None:
        try:
            outcome = self._home.wish(wish)
        except DiffuserUnknown:  # it went while its command waited for company
            self.ignored += 1
            return
        self.obeyed += 1
        if not outcome.is_taken:
            _log.info("%s was not done for Home Assistant: %s", wish.diffuser_id, outcome.why)
        self._settled(wish.diffuser_id)

    def _ignore(self, topic: str, why: str) -> None:
        self.ignored += 1
        if self._warnings.lets_pass(topic):
            _log.warning("A command of Home Assistant on %s was ignored: %s.", topic, why)
