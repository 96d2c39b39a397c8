"""Every slot and the running of its device, brought forward from moment to moment in memory."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from scentd.cartridges.forecast import forecast
from scentd.cartridges.gauge import BLIND_AT_MOST_S, Gauge, rate_of
from scentd.cartridges.level import Heard, recognised
from scentd.cartridges.outlook import Outlook
from scentd.cartridges.slot import FittedSlot
from scentd.model.cartridge import RunOut, SlotKey
from scentd.model.diffuser import Availability, Diffuser, DiffuserState, LevelQuality
from scentd.model.errors import ScentdError
from scentd.model.readings import LevelRead

_log = logging.getLogger(__name__)

WITNESSES = 2
"""Readings since a device (re)joined before its level is evidence: the first one may be old."""


class Stock:
    """Hold the slots; `now_s` is monotonic seconds, `now` the wall clock beside it."""

    def __init__(
        self,
        outlook: Outlook,
        diffuser: Callable[[str], Diffuser],
        state: Callable[[str], DiffuserState],
        settle_s: float,
    ) -> None:
        self.slots: dict[SlotKey, FittedSlot] = {}
        self._outlook = outlook
        self._diffuser = diffuser
        self._state = state
        self._settle_s = settle_s
        self._gauges: dict[str, Gauge] = {}
        self._settled_at_s: dict[str, float] = {}
        self._unclaimed_ul: dict[SlotKey, int] = {}

    def known(self, diffuser_id: str) -> tuple[Diffuser, DiffuserState] | None:
        """Give a device and its state; None while nobody knows it."""
        try:
            return self._diffuser(diffuser_id), self._state(diffuser_id)
        except ScentdError:
            return None

    def of(self, diffuser_id: str) -> Iterator[FittedSlot]:
        """Give the fitted slots of one device, the first slot first."""
        slots = [slot for key, slot in self.slots.items() if key.diffuser_id == diffuser_id]
        yield from sorted(slots, key=lambda slot: slot.key)

    def take_up(
        self, slots: Iterable[FittedSlot], now_s: float, now: datetime, *, is_trusted: bool
    ) -> None:
        """Go on from what was kept: what ran before and runs now may have run in between."""
        self.slots = {slot.key: slot for slot in slots}
        for slot in self.slots.values():
            self.unsettle(slot.key.diffuser_id, now_s)
            known = self.known(slot.key.diffuser_id)
            away_s = (now - slot.level_at).total_seconds() if is_trusted else 0.0
            slot.level_at = now
            if known is None or away_s <= 0:
                continue
            capabilities = known[0].capabilities
            blind_s = min(away_s, BLIND_AT_MOST_S)
            slot.level = slot.level.after_time(away_s).after_blind_run(
                rate_of(known[1], capabilities) * blind_s / 3600,
                is_read=capabilities.level is not None,
            )

    def advance(self, diffuser_id: str, now_s: float, now: datetime) -> None:
        """Bring the slots of a device forward to now."""
        gauge = self._gauges.get(diffuser_id)
        if gauge is None:
            return
        passed = gauge.read(now_s)
        if passed.use_ul > 0:
            self._outlook.note_use(diffuser_id, now, passed.use_ul)
        feeding = self._feeding(diffuser_id)
        for slot in self.of(diffuser_id):
            slot.level = slot.level.after_time(passed.seconds)
            slot.level_at = now
            if slot is feeding:
                slot.level = slot.level.after_run(passed.use_ul)

    def follow(self, diffuser_id: str, state: DiffuserState, now_s: float) -> None:
        """Go on with a device as it is from now on."""
        known = self.known(diffuser_id)
        if known is None:
            return
        capabilities = known[0].capabilities
        gauge = self._gauges.setdefault(diffuser_id, Gauge(now_s))
        blind_ul = gauge.follow(state, capabilities)
        feeding = self._feeding(diffuser_id)
        if blind_ul > 0 and feeding is not None:
            is_read = capabilities.level is not None
            feeding.level = feeding.level.after_blind_run(blind_ul, is_read=is_read)

    def advance_all(self, now_s: float, now: datetime) -> None:
        """Bring every slot forward to now, with the devices as they are known to be."""
        for diffuser_id in {key.diffuser_id for key in self.slots}:
            self.advance(diffuser_id, now_s, now)
            known = self.known(diffuser_id)
            if known is not None:
                self.follow(diffuser_id, known[1], now_s)

    def read(self, reading: LevelRead, diffuser_id: str, *, is_retained: bool) -> None:
        """Take what a device says of a slot; an old message counts only where nothing is known."""
        key = SlotKey(diffuser_id, reading.slot_no)
        slot = self.slots.get(key)
        if slot is None:
            self._unclaimed_ul[key] = reading.remaining_ul
            return
        if is_retained:
            if slot.level.quality is LevelQuality.INFERRED:
                slot.level = recognised(
                    slot.level.capacity_ul,
                    reading.remaining_ul,
                    LevelQuality.DEVICE_ESTIMATE,
                    slot.level,
                )
            return
        slot.level, heard = slot.level.after_reading(
            reading.remaining_ul, self.quality_of(diffuser_id)
        )
        if heard is not Heard.REPEATED:
            slot.readings += 1
        if heard is Heard.RISEN and not slot.is_rise_doubted:
            _log.warning("the level of %s rose without a refill; ignored", slot.key)
        slot.is_rise_doubted = heard is Heard.RISEN

    def claim(self, key: SlotKey) -> int | None:
        """Give, once, what a device said of a slot before it named what sits there."""
        return self._unclaimed_ul.pop(key, None)

    def quality_of(self, diffuser_id: str) -> LevelQuality:
        """Give how far the level a device claims may be believed."""
        known = self.known(diffuser_id)
        quality = known[0].capabilities.level if known else None
        return quality or LevelQuality.DEVICE_ESTIMATE

    def unsettle(self, diffuser_id: str, now_s: float) -> None:
        """Let nothing of this device count as evidence for a while."""
        self._settled_at_s[diffuser_id] = now_s + self._settle_s
        for slot in self.of(diffuser_id):
            slot.readings = 0

    def doubt(self, diffuser_id: str) -> None:
        """Take back the first low looks at this device's slots: they compare with nothing now."""
        for slot in self.of(diffuser_id):
            slot.watch = slot.watch.after_doubt()

    def is_evidence(self, slot: FittedSlot, now_s: float) -> bool:
        """Tell whether what is known of a slot may count as a look at it."""
        diffuser_id = slot.key.diffuser_id
        known = self.known(diffuser_id)
        if known is None or known[1].availability is not Availability.ONLINE:
            return False
        if now_s < self._settled_at_s.get(diffuser_id, 0.0):
            return False
        if slot.level.quality is LevelQuality.INFERRED:
            return False
        return known[0].capabilities.level is None or slot.readings >= WITNESSES

    def says_empty(self, slot: FittedSlot) -> bool:
        """Tell whether the device says that its (first) slot is empty."""
        known = self.known(slot.key.diffuser_id)
        return slot.key.slot_no == 1 and known is not None and known[1].reported.fault == "empty"

    def run_out(self, slot: FittedSlot, now: datetime) -> RunOut:
        """Give when a slot will be empty."""
        known = self.known(slot.key.diffuser_id)
        if known is None:
            return RunOut(None, None, None)
        draws = self._outlook.draws(*known, now)
        return forecast(slot.level, draws, self._outlook.habit(slot.key.diffuser_id, now), now)

    def _feeding(self, diffuser_id: str) -> FittedSlot | None:
        """Nobody says which slot feeds the air: the first one that holds anything is taken."""
        return next((slot for slot in self.of(diffuser_id) if slot.level.remaining_ul > 0), None)
