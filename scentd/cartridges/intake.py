"""What the bus tells the shelf, gathered and taken up in order."""

import asyncio
from collections import deque
from collections.abc import Mapping

from scentd.bus import Bus, Unsubscribe
from scentd.cartridges.fitting import Fitter
from scentd.cartridges.slot import FittedSlot
from scentd.cartridges.stock import Stock
from scentd.clock import Clock
from scentd.model.diffuser import Availability
from scentd.model.events import (
    CartridgeFitted,
    ClockStepped,
    DiffuserFound,
    DiffuserRemoved,
    Event,
    Reported,
    StateChanged,
)
from scentd.model.readings import (
    CartridgeRead,
    EnergyRead,
    FaultRead,
    LevelRead,
    LevelShareRead,
    LowRead,
)

_TELLING = (LevelRead, LevelShareRead, LowRead, CartridgeRead)
"""The readings that say something of what is left."""

INBOX = 1_000
"""News that may wait; beyond it the oldest goes: the device's next report says the same."""


class Intake:
    """Hear the devices and bring the stock up to date, one piece of news after the other."""

    def __init__(
        self, stock: Stock, fitter: Fitter, bus: Bus, clock: Clock, nudge: asyncio.Event
    ) -> None:
        self._stock = stock
        self._fitter = fitter
        self._bus = bus
        self._clock = clock
        self._nudge = nudge
        self._inbox: deque[tuple[float, Event]] = deque(maxlen=INBOX)

    def listen(self) -> list[Unsubscribe]:
        """Begin to gather; the answers end it."""
        kinds = (Reported, StateChanged, DiffuserFound, DiffuserRemoved, ClockStepped)
        return [self._bus.subscribe(kind, self._hear) for kind in kinds]

    @property
    def is_waiting(self) -> bool:
        """Whether there is news to take up."""
        return bool(self._inbox)

    async def take_up(self) -> set[str]:
        """Take up everything gathered; the devices it was about."""
        touched: set[str] = set()
        while self._inbox:
            at_s, event = self._inbox.popleft()
            touched |= await self._take_up(event, at_s)
        return touched

    def say_fitted(self, slot: FittedSlot) -> None:
        """Publish that a refill cycle began."""
        self._bus.publish(CartridgeFitted(self._clock.now(), slot.cartridge(), slot.fitted_by))

    def _hear(self, event: Event) -> None:
        if isinstance(event, Reported) and not event.is_retained:
            self._hear_watts(event)
            if any(isinstance(reading, FaultRead) for reading in event.readings):
                self._stock.note_fault(event.diffuser_id, is_old=False)
        if isinstance(event, StateChanged) and event.before.reported.fault != (
            event.after.reported.fault
        ):
            self._stock.note_fault(event.diffuser_id, is_old=event.is_retained)
        if _is_news(event):
            self._inbox.append((self._clock.monotonic(), event))
            self._nudge.set()

    def _hear_watts(self, event: Reported) -> None:
        """Plugs measure every few seconds; nothing hurries about it, the next tick looks."""
        for reading in event.readings:
            if isinstance(reading, EnergyRead) and reading.watts is not None:
                self._stock.read_watts(event.diffuser_id, reading.watts, self._clock.monotonic())

    async def _take_up(self, event: Event, at_s: float) -> set[str]:
        match event:
            case Reported(diffuser_id=diffuser_id):
                self._stock.advance(diffuser_id, at_s, event.at)
                await self._take_up_report(event)
                return {diffuser_id}
            case StateChanged(diffuser_id=diffuser_id):
                self._stock.advance(diffuser_id, at_s, event.at)
                self._stock.follow(diffuser_id, event.after, at_s)
                if _came_back(event):
                    self._stock.unsettle(diffuser_id, at_s)
                return {diffuser_id}
            case DiffuserFound(is_new=True, diffuser=diffuser):
                self._begin_anew(diffuser.id, at_s)
                return {diffuser.id}
            case DiffuserRemoved(diffuser_id=diffuser_id):
                self._begin_anew(diffuser_id, at_s)
                return {diffuser_id}
            case ClockStepped():
                touched = {key.diffuser_id for key in self._stock.slots}
                for diffuser_id in touched:
                    self._begin_anew(diffuser_id, at_s)
                self._stock.redate()
                return touched
        return set()

    def _begin_anew(self, diffuser_id: str, at_s: float) -> None:
        self._stock.unsettle(diffuser_id, at_s)
        self._stock.doubt(diffuser_id)

    async def _take_up_report(self, event: Reported) -> None:
        levels = {r.slot_no: r for r in event.readings if isinstance(r, LevelRead)}
        shares = {r.slot_no: r for r in event.readings if isinstance(r, LevelShareRead)}
        for reading in event.readings:
            if isinstance(reading, CartridgeRead):
                level = levels.get(reading.slot_no) or _level_of(shares, reading)
                fitted = await self._fitter.recognise(
                    reading,
                    event.diffuser_id,
                    level.remaining_ul if level else None,
                    is_old=event.is_retained,
                )
                if fitted is not None:
                    levels.pop(reading.slot_no, None)
                    shares.pop(reading.slot_no, None)
                    self.say_fitted(fitted)
        for level in levels.values():
            self._stock.read(level, event.diffuser_id, is_retained=event.is_retained)
        for share in shares.values():
            self._stock.read_share(share, event.diffuser_id, is_retained=event.is_retained)
        if not event.is_retained:
            self._take_up_low(event)

    def _take_up_low(self, event: Reported) -> None:
        for reading in event.readings:
            if isinstance(reading, LowRead):
                self._stock.read_low(reading, event.diffuser_id)


def _level_of(shares: Mapping[int, LevelShareRead], cartridge: CartridgeRead) -> LevelRead | None:
    """Give what a device says in percent of the very cartridge that it names."""
    share = shares.get(cartridge.slot_no)
    if share is None or cartridge.capacity_ul is None or not 0 <= share.percent <= 100:
        return None
    return LevelRead(cartridge.slot_no, round(share.percent / 100 * cartridge.capacity_ul))


def _is_news(event: Event) -> bool:
    if isinstance(event, Reported):
        return any(isinstance(reading, _TELLING) for reading in event.readings)
    if isinstance(event, StateChanged):
        before, after = event.before, event.after
        return (
            before.reported.power != after.reported.power
            or before.reported.intensity_percent != after.reported.intensity_percent
            or before.reported.fault != after.reported.fault
            or before.reported.slot_no != after.reported.slot_no
            or before.availability is not after.availability
        )
    return True


def _came_back(event: StateChanged) -> bool:
    online = Availability.ONLINE
    return event.after.availability is online and event.before.availability is not online
