"""Say what became of a cartridge: on the bus, to the cloud, for the plot, to the disk."""

from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.cartridges.hearing import hear_empty
from scentd.cartridges.keeping import Keeper
from scentd.cartridges.low import Look
from scentd.cartridges.outlook import Outlook
from scentd.cartridges.settings import CartridgeSettings
from scentd.cartridges.slot import FittedSlot
from scentd.cartridges.stock import Stock
from scentd.cartridges.telling import level_body, low_body
from scentd.clock import Clock
from scentd.model.cartridge import RunOut
from scentd.model.events import (
    CartridgeEmpty,
    CartridgeRunningLow,
    CartridgeSuspectedEmpty,
    LevelChanged,
    LevelRose,
)

TOLD_PARTS = 1_000
"""A level is published when it moved by this part of the capacity: a tenth of a percent."""

_PLOT_PARTS = 200
_PLOT_EVERY = timedelta(hours=6)
_WRITE_PARTS = 500
"""A level is written when it moved by a fifth of a percent: a power cut costs no more than that,
and a bottle no more than 500 writes of about a kilobyte.
"""
_RISE_PARTS = 20
"""So far, too, may what is believed lie from what was written: a device put upright tells the same
level as on its side, and would lie there again after a power cut."""
_EMPTY_PARTS = 200
_EMPTY, _SUSPECTED = "empty", "suspected_empty"


class Reporter:
    """Look at slots and say what is new of each, never twice the same."""

    def __init__(
        self,
        stock: Stock,
        outlook: Outlook,
        keeper: Keeper,
        bus: Bus,
        clock: Clock,
        settings: CartridgeSettings,
    ) -> None:
        self._stock = stock
        self._outlook = outlook
        self._keeper = keeper
        self._bus = bus
        self._clock = clock
        self._settings = settings

    async def look_at(self, slot: FittedSlot) -> None:
        """Look at one slot and say what there is to say."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        is_evidence = self._clock.is_trusted() and self._stock.is_evidence(slot, now_s)
        if is_evidence:
            self._note_empty(slot, now)
            self._note_suspicion(slot, now)
        self._note_rise(slot, now)
        run_out = self._stock.foresee(slot, now).run_out
        if is_evidence:
            await self._watch(slot, run_out, now)
        self._tell(slot, run_out, now, now_s)

    def write_down(self, slot: FittedSlot) -> None:
        """Have the slot's state written with the next batch."""
        slot.written_ul = slot.level.remaining_ul
        slot.written_believed_ul = slot.level.believed_ul
        self._keeper.keep(slot)
        diffuser_id = slot.key.diffuser_id
        self._keeper.keep_beside(diffuser_id, self._outlook.days_beside(diffuser_id))

    async def _watch(self, slot: FittedSlot, run_out: RunOut, now: datetime) -> None:
        days_left = (run_out.p50 - now) / timedelta(days=1) if run_out.p50 else None
        look = Look.at_level(slot.level, now, days_left, is_witnessed=slot.level.is_witnessed)
        before = slot.watch
        watch, alarm = before.after_look(look, self._settings)
        if alarm is not None:
            known = self._stock.known(slot.key.diffuser_id)
            body = low_body(
                slot,
                known[0] if known else None,
                run_out,
                alarm,
                self._settings.threshold_percent,
            )
            is_news = await self._keeper.raise_low(slot, body)
            slot.watch = watch
            if is_news:
                self._bus.publish(CartridgeRunningLow(now, slot.cartridge(), run_out))
        elif watch != before:
            slot.watch = watch
            self.write_down(slot)

    def _note_empty(self, slot: FittedSlot, now: datetime) -> None:
        # Believed and witnessed: on its side a full bottle measures nothing.
        is_dry = slot.level.believed_ul * _EMPTY_PARTS <= slot.level.capacity_ul
        is_measured_dry = slot.level.is_witnessed and is_dry
        says_so = self._stock.fault_of(slot) == _EMPTY
        if slot.is_empty or slot.goes_on or not (says_so or is_measured_dry):
            return
        if says_so:
            slot.level = hear_empty(slot.level)
        slot.is_empty = True
        self._bus.publish(CartridgeEmpty(now, slot.key))
        self.write_down(slot)

    def _note_suspicion(self, slot: FittedSlot, now: datetime) -> None:
        says_so = self._stock.fault_of(slot) == _SUSPECTED
        if slot.is_suspected or slot.is_empty or not (says_so or slot.suspicion):
            return
        slot.is_suspected = True
        seen = slot.suspicion
        self._bus.publish(
            CartridgeSuspectedEmpty(
                now,
                slot.key,
                seen.watts if seen else None,
                seen.usual_watts if seen else None,
            )
        )
        self.write_down(slot)

    def _note_rise(self, slot: FittedSlot, now: datetime) -> None:
        is_news = slot.risen_ul is not None and not slot.is_rise_told
        slot.is_rise_told = slot.risen_ul is not None
        if is_news and slot.risen_ul is not None:
            believed_ul = round(slot.level.believed_ul)
            self._bus.publish(LevelRose(now, slot.key, believed_ul, slot.risen_ul))

    def _tell(self, slot: FittedSlot, run_out: RunOut, now: datetime, now_s: float) -> None:
        remaining_ul = round(slot.level.remaining_ul)
        step_ul = slot.level.capacity_ul / TOLD_PARTS
        if _moved(slot.published_ul, remaining_ul, step_ul):
            slot.published_ul = remaining_ul
            self._bus.publish(LevelChanged(now, slot.cartridge(), run_out))
        is_time = slot.sent_at_s is None or now_s - slot.sent_at_s >= self._settings.level_every_s
        if is_time and _moved(slot.sent_ul, remaining_ul, step_ul):
            slot.sent_ul, slot.sent_at_s = remaining_ul, now_s
            known = self._stock.known(slot.key.diffuser_id)
            self._keeper.send_level(level_body(slot, known[0] if known else None, run_out))
        self._plot(slot, remaining_ul, now)
        if self._must_write(slot):
            self.write_down(slot)

    def _must_write(self, slot: FittedSlot) -> bool:
        level = slot.level
        if _moved(slot.written_ul, level.remaining_ul, level.capacity_ul / _WRITE_PARTS):
            return True
        return _moved(slot.written_believed_ul, level.believed_ul, level.capacity_ul / _RISE_PARTS)

    def _plot(self, slot: FittedSlot, remaining_ul: int, now: datetime) -> None:
        is_time = slot.plotted_at is None or now - slot.plotted_at >= _PLOT_EVERY
        if is_time or _moved(slot.plotted_ul, remaining_ul, slot.level.capacity_ul / _PLOT_PARTS):
            slot.plotted_ul, slot.plotted_at = remaining_ul, now
            self._keeper.plot(slot, now)


def _moved(before: float | None, now: float, step: float) -> bool:
    return before is None or abs(now - before) >= step
