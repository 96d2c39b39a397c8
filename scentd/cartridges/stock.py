"""Every slot and the running of its device, brought forward from moment to moment in memory."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from scentd.cartridges.bottle import recognised
from scentd.cartridges.forecast import forecast
from scentd.cartridges.gauge import Gauge, rate_of, step_of
from scentd.cartridges.hearing import Heard, hear
from scentd.cartridges.lowflag import believe_low, hear_low
from scentd.cartridges.outlook import Outlook
from scentd.cartridges.rate import Rate
from scentd.cartridges.slot import FittedSlot, Foreseen
from scentd.cartridges.suspicion import WattWatch
from scentd.model.cartridge import Forecast, RunOut, SlotKey
from scentd.model.diffuser import Availability, Diffuser, DiffuserState, LevelQuality
from scentd.model.errors import ScentdError
from scentd.model.readings import LevelRead, LevelShareRead, LowRead

_log = logging.getLogger(__name__)

WITNESSES = 2
"""Readings since a device (re)joined before its level is evidence: the first one may be old."""

BLIND_AT_MOST_S = 24 * 3600.0
"""A device out of reach for longer than this was most likely unplugged, not running."""

FORESEEN_FOR = timedelta(minutes=10)
"""How long a forecast is good while the level hardly moves: one costs a millisecond."""

_FORESEEN_PARTS = 1_000


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
        self._by_device: dict[str, list[FittedSlot]] = {}
        self._gauges: dict[str, Gauge] = {}
        self._watts: dict[str, WattWatch] = {}
        self._old_faults: set[str] = set()
        self._settled_at_s: dict[str, float] = {}
        self._unclaimed_ul: dict[SlotKey, int] = {}

    def known(self, diffuser_id: str) -> tuple[Diffuser, DiffuserState] | None:
        """Give a device and its state; None while nobody knows it."""
        try:
            return self._diffuser(diffuser_id), self._state(diffuser_id)
        except ScentdError:
            return None

    def of(self, diffuser_id: str) -> list[FittedSlot]:
        """Give the fitted slots of one device, the first slot first."""
        return self._by_device.get(diffuser_id, [])

    def put(self, slot: FittedSlot) -> None:
        """Have this cartridge in its slot; wherever else it was, it is no more."""
        for key, other in list(self.slots.items()):
            if other.install_id == slot.install_id and key != slot.key:
                self._remove(key)
        self._remove(slot.key)
        self.slots[slot.key] = slot
        beside = [*self.of(slot.key.diffuser_id), slot]
        self._by_device[slot.key.diffuser_id] = sorted(beside, key=lambda one: one.key)

    def _remove(self, key: SlotKey) -> None:
        if self.slots.pop(key, None) is not None:
            self._by_device[key.diffuser_id] = [s for s in self.of(key.diffuser_id) if s.key != key]

    def take_up(
        self, slots: Iterable[FittedSlot], now_s: float, now: datetime, *, is_trusted: bool
    ) -> None:
        """Go on from what was kept: what ran before and runs now may have run in between."""
        for slot in slots:
            self.put(slot)
            self.unsettle(slot.key.diffuser_id, now_s)
            away_s = (now - slot.level_at).total_seconds() if is_trusted else 0.0
            slot.level = slot.level.after_time(max(0.0, away_s), is_blind=True)
            slot.level_at = now
        for diffuser_id in self._by_device:
            known = self.known(diffuser_id)
            if known is not None:
                rate = rate_of(known[1], known[0].capabilities)
                self._gauges[diffuser_id] = Gauge(now_s, rate, is_away=True)
                self.follow(diffuser_id, known[1], now_s)

    def advance(self, diffuser_id: str, now_s: float, now: datetime) -> None:
        """Bring the slots of a device forward to now."""
        gauge = self._gauges.get(diffuser_id)
        if gauge is None:
            return
        passed = gauge.read(now_s)
        if passed.seconds <= 0:
            return
        known = self.known(diffuser_id)
        if known is not None and not passed.is_blind:
            start = now - timedelta(seconds=passed.seconds)
            self._outlook.note_use(*known, start, now, passed.use_ul)
        feeding = self.feeding(diffuser_id)
        for slot in self.of(diffuser_id):
            use_ul = passed.use_ul if slot is feeding else 0.0
            slot.level = slot.level.after_time(
                passed.seconds, use_ul, passed.percent, is_blind=passed.is_blind
            )
            if self.is_in_reach(diffuser_id):
                slot.level = believe_low(slot.level)
            slot.level_at = now

    def follow(self, diffuser_id: str, state: DiffuserState, now_s: float) -> None:
        """Go on with a device as it is from now on."""
        known = self.known(diffuser_id)
        if known is None:
            return
        capabilities = known[0].capabilities
        gauge = self._gauges.setdefault(diffuser_id, Gauge(now_s))
        blind_ul_per_h = gauge.follow(state, capabilities)
        if gauge.is_away:
            return
        feeding, is_read = self.feeding(diffuser_id), capabilities.level is not None
        for slot in self.of(diffuser_id):
            if slot.level.blind_s > 0:
                hours = min(slot.level.blind_s, BLIND_AT_MOST_S) / 3600
                most_ul = blind_ul_per_h * hours if slot is feeding else 0.0
                slot.level = slot.level.after_blind_run(most_ul, gauge.percent, is_read=is_read)

    def advance_all(self, now_s: float, now: datetime) -> None:
        """Bring every slot forward to now, with the devices as they are known to be."""
        for diffuser_id in list(self._by_device):
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
                    slot.level.rate,
                    slot.level.scent,
                )
            return
        slot.level, heard = hear(slot.level, reading.remaining_ul, self.quality_of(diffuser_id))
        if heard is not Heard.REPEATED:
            slot.readings += 1
        if heard is Heard.RISEN and not slot.is_rise_doubted:
            _log.warning("the level of %s rose without a refill; ignored", slot.key)
        if heard is Heard.RISEN:
            slot.risen_ul = reading.remaining_ul
        elif heard is not Heard.REPEATED:
            slot.risen_ul, slot.is_rise_denied = None, False

    def read_share(self, reading: LevelShareRead, diffuser_id: str, *, is_retained: bool) -> None:
        """Take what a device says of a slot in percent; without a bottle it means nothing."""
        slot = self.slots.get(SlotKey(diffuser_id, reading.slot_no))
        if slot is not None and 0 <= reading.percent <= 100:
            remaining_ul = round(reading.percent / 100 * slot.level.capacity_ul)
            read = LevelRead(reading.slot_no, remaining_ul)
            self.read(read, diffuser_id, is_retained=is_retained)

    def read_low(self, reading: LowRead, diffuser_id: str) -> None:
        """Take a device's word that little is left in a slot, or that it is not so."""
        slot = self.slots.get(SlotKey(diffuser_id, reading.slot_no))
        if slot is not None:
            slot.level = hear_low(slot.level, is_low=reading.is_low)

    def read_watts(self, diffuser_id: str, watts: float, now_s: float) -> None:
        """Take what the device's plug measures: while it runs, a fall makes suspicious."""
        known, feeding = self.known(diffuser_id), self.feeding(diffuser_id)
        if known is None or feeding is None:
            return
        watch = self._watts.get(diffuser_id, WattWatch())
        if rate_of(known[1], known[0].capabilities) <= 0:
            self._watts[diffuser_id] = watch.after_pause()
            return
        # A pulsed plug draws the same at every step, and tells it of the time it is on.
        is_pulsed = known[0].capabilities.pulsed
        told = None if is_pulsed else known[1].reported.intensity_percent
        percent = step_of(told, known[0].capabilities)
        self._watts[diffuser_id], suspicion = watch.after_reading(watts, percent, now_s)
        feeding.suspicion = suspicion

    def note_fault(self, diffuser_id: str, *, is_old: bool) -> None:
        """Note whether what is known of a device's fault is only what a broker kept."""
        if is_old:
            self._old_faults.add(diffuser_id)
        else:
            self._old_faults.discard(diffuser_id)

    def claim(self, key: SlotKey) -> int | None:
        """Give, once, what a device said of a slot before it named what sits there."""
        return self._unclaimed_ul.pop(key, None)

    def quality_of(self, diffuser_id: str) -> LevelQuality:
        """Give how far the level a device claims may be believed."""
        known = self.known(diffuser_id)
        quality = known[0].capabilities.level if known else None
        return quality or LevelQuality.DEVICE_ESTIMATE

    def rate_of(self, key: SlotKey) -> Rate | None:
        """Give what was learnt of a slot, or of the one beside it; None when nothing sits there."""
        slot = self.slots.get(key)
        beside = slot or next(iter(self.of(key.diffuser_id)), None)
        return beside.level.rate if beside else None

    def unsettle(self, diffuser_id: str, now_s: float) -> None:
        """Let nothing of this device count as evidence for a while."""
        self._settled_at_s[diffuser_id] = now_s + self._settle_s
        self._watts[diffuser_id] = self._watts.get(diffuser_id, WattWatch()).after_pause()
        for slot in self.of(diffuser_id):
            slot.readings = 0

    def redate(self) -> None:
        """Have every level written anew, with its moment on the clock that stepped."""
        for slot in self.slots.values():
            slot.written_ul = None

    def doubt(self, diffuser_id: str) -> None:
        """Take back the first low looks at this device's slots: they compare with nothing now."""
        for slot in self.of(diffuser_id):
            slot.watch = slot.watch.after_doubt()

    def is_in_reach(self, diffuser_id: str) -> bool:
        """Tell whether a device is known to be online now."""
        known = self.known(diffuser_id)
        return known is not None and known[1].availability is Availability.ONLINE

    def is_evidence(self, slot: FittedSlot, now_s: float) -> bool:
        """Tell whether what is known of a slot may count as a look at it."""
        diffuser_id = slot.key.diffuser_id
        known = self.known(diffuser_id)
        if known is None or not self.is_in_reach(diffuser_id):
            return False
        if now_s < self._settled_at_s.get(diffuser_id, 0.0):
            return False
        if slot.level.quality is LevelQuality.INFERRED:
            return False
        return known[0].capabilities.level is None or slot.readings >= WITNESSES

    def fault_of(self, slot: FittedSlot) -> str:
        """Give the fault the device tells of this slot, "" when none; it speaks of the one in use.

        A device that does not say which it uses speaks of its first. What only a retained message
        says counts once the device says it itself.
        """
        known = self.known(slot.key.diffuser_id)
        if known is None or slot.key.diffuser_id in self._old_faults:
            return ""
        if slot.key.slot_no != (known[1].reported.slot_no or 1):
            return ""
        return known[1].reported.fault or ""

    def foresee(self, slot: FittedSlot, now: datetime) -> Forecast:
        """Give what is to come of a slot; reckoned anew when the level moved or time passed."""
        known = self.known(slot.key.diffuser_id)
        if known is None:
            return Forecast(RunOut(None, None, None))
        before, version = slot.foreseen, self._outlook.version
        moved_ul = slot.level.capacity_ul / _FORESEEN_PARTS
        if (
            before is None
            or before.version != version
            or not timedelta(0) <= now - before.at < FORESEEN_FOR
            or abs(before.believed_ul - slot.level.believed_ul) >= moved_ul
        ):
            diffuser, state = known
            found = forecast(
                slot.level,
                self._outlook.draws(diffuser, state, now),
                self._outlook.habit(diffuser.id, now),
                now,
                step_of(state.reported.intensity_percent, diffuser.capabilities),
            )
            slot.foreseen = before = Foreseen(now, version, slot.level.believed_ul, found)
        return before.forecast

    def feeding(self, diffuser_id: str) -> FittedSlot | None:
        """Give what feeds the air: of the slot the device names, None when nothing is fitted there.

        Where it names none the first that holds anything is taken; where all should be empty the
        last: it may hold more than was thought.
        """
        slots = self.of(diffuser_id)
        gauge = self._gauges.get(diffuser_id)
        if gauge is not None and gauge.slot_no is not None:
            return next((one for one in slots if one.key.slot_no == gauge.slot_no), None)
        holding = (one for one in slots if one.level.believed_ul > 0 and not one.is_dry)
        return next(holding, slots[-1] if slots else None)
