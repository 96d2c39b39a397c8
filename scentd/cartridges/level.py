"""How much is left, and how sure that is: pure arithmetic over runs, readings and time.

The estimate integrates what the device should have used by its model's data, corrected by what
its readings showed it really uses, and merges what the device measures by quality. What is told
of it never rises: only a refill does that, and a refill begins a new estimate. What is believed
may: a run taken for longer than it was is given back by the next reading.

Amounts are microlitres. "Use by data" is run time times the model's rate, before correction.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum

from scentd.cartridges.rate import LEARN_FROM, RESTING, Z90, Rate, Use, added
from scentd.model.diffuser import LevelQuality

READING_ERROR = {
    LevelQuality.MEASURED: 0.01,
    LevelQuality.DEVICE_ESTIMATE: 0.05,
    LevelQuality.HUB_ESTIMATE: 0.10,
    LevelQuality.INFERRED: 0.10,
}
"""Half width of the band of a reading in parts of the capacity. Assumed: no maker states one; a
float or scale in a 30 to 50 ml bottle resolves about half a millilitre."""

FILLING_ERROR = 0.02
"""The same for a bottle as it is sold: how full they come."""

GUESS_ERROR = 0.10
"""The same for a level a person told by eye."""

SHARED_ERROR = 0.85
"""The part of a reading's error that more readings of the same device do not take away."""

FRESH_S = 6 * 3600.0
"""For how long a reading still makes the level a measured one."""

EMPTY_ERROR = 0.03
"""The same for a bottle that somebody calls empty: a film and a wet wick stay."""

RAN_DRY = 0.02
"""For how long a bottle was empty before somebody said so, in parts of what it holds: half an
evening of a device that empties it in a month."""

STILL_LEFT = 0.05
"""What a bottle is taken to hold, in parts of the capacity, when the estimate says nothing and
somebody says that there is still oil; and half the band of that."""

EVAPORATION_PER_DAY = 0.001
"""What a fitted cartridge loses by itself, in parts of the capacity, before anything is learnt.
Assumed: no maker states it; a wick in a warm room loses a few percent a month."""

TILTED_S = 1800.0
"""For how long a level that fell at a stroke must stay so before it is believed: a device that is
moved, cleaned or lies on its side is put right sooner."""

SURE_AGAIN_S = 6 * 3600.0
"""For how long such a level is no evidence by itself; a fall that goes on makes it one sooner."""

FOLLOWED = 4.0
"""How far the oil must go on falling until a fall at a stroke is believed, in errors of a reading:
further than a bad reading and a tilt in a row come by themselves."""

DUPLICATE_S = 1.0
"""An equal reading within this is the same message again (QoS 1), not a second witness."""

_FROM_DEVICE = frozenset({LevelQuality.MEASURED, LevelQuality.DEVICE_ESTIMATE})


class Heard(Enum):
    """What became of a reading."""

    TAKEN = "taken"
    REPEATED = "repeated"
    DOUBTED = "doubted"
    RISEN = "risen"


@dataclass(frozen=True, slots=True)
class Level:
    """An estimate of what a cartridge holds.

    `remaining_ul` is what is told: the least that was ever believed. The truth lies within
    ±`error_ul` of `believed_ul` in nine of ten cases. The rest is what the next reading
    is compared with: `taught_from_ul`, known to ±`taught_error_ul`, and the use by data since it
    teach the rate; `sure_error_ul` and the use since make the band; `taken_ul` is the last
    reading believed; `doubted_ul` a low one that waits for a second, for `doubted_s` now.
    `fallen_from_ul` is what was believed before the level fell at a stroke, `fallen_to_ul` where
    it came to rest, `fallen_s` ago; None when its readings fit. `scent` names the oil.
    `blind_s`: for how long the device was out of reach, and may have run, without that being
    reckoned with yet.
    """

    capacity_ul: int
    remaining_ul: float
    believed_ul: float
    error_ul: float
    quality: LevelQuality
    rate: Rate
    unheard_s: float = 0.0
    last_reading_ul: float | None = None
    taken_ul: float | None = None
    doubted_ul: float | None = None
    scent: str = ""
    taught_from_ul: float | None = None
    taught_error_ul: float = 0.0
    taught_use: Use = ()
    sure_error_ul: float | None = None
    use_since_sure: Use = ()
    doubted_s: float = 0.0
    fallen_from_ul: float | None = None
    fallen_to_ul: float = 0.0
    fallen_s: float = 0.0
    blind_s: float = 0.0

    @property
    def band_ul(self) -> float:
        """Give the half width of the 90 % band around what is told."""
        apart = self.believed_ul - self.remaining_ul
        return min(self.error_ul + apart, float(self.capacity_ul))

    @property
    def is_witnessed(self) -> bool:
        """Whether the device measured it, and not by a stroke that may be a mistake."""
        is_sure = self.fallen_from_ul is None or self.fallen_s >= SURE_AGAIN_S
        return self.quality is LevelQuality.MEASURED and is_sure

    def after_time(
        self,
        seconds: float,
        use_by_data_ul: float = 0.0,
        percent: int = 100,
        *,
        is_blind: bool = False,
    ) -> "Level":
        """Give the level after time has passed in which the device ran at that step, or did not.

        A little evaporates either way; the band widens by how unsure both are. `is_blind`: it was
        out of reach.
        """
        unheard_s = self.unheard_s + seconds
        is_stale = unheard_s > FRESH_S and self.quality in _FROM_DEVICE
        evaporated_ul = self.capacity_ul * EVAPORATION_PER_DAY * seconds / 86_400
        since = added(self.use_since_sure, RESTING, evaporated_ul)
        taught = added(self.taught_use, RESTING, evaporated_ul)
        used_ul = evaporated_ul * self.rate.factor_of(RESTING, self.scent)
        if use_by_data_ul > 0:
            since = added(since, percent, use_by_data_ul)
            taught = added(taught, percent, use_by_data_ul)
            used_ul += use_by_data_ul * self.rate.factor_of(percent, self.scent)
        unsure_ul = self.rate.spread_ul(since, self.scent) * Z90
        believed_ul = max(0.0, self.believed_ul - used_ul)
        return replace(
            self,
            believed_ul=believed_ul,
            remaining_ul=min(self.remaining_ul, believed_ul),
            error_ul=min(math.hypot(self.sure_ul, unsure_ul), float(self.capacity_ul)),
            use_since_sure=since,
            taught_use=taught,
            unheard_s=unheard_s,
            blind_s=self.blind_s + seconds if is_blind else self.blind_s,
            doubted_s=self.doubted_s + seconds,
            fallen_s=self.fallen_s + seconds,
            quality=LevelQuality.HUB_ESTIMATE if is_stale else self.quality,
        )

    def after_run(self, use_by_data_ul: float, percent: int = 100) -> "Level":
        """Give the level after a run at that step, whose time was told already."""
        return self.after_time(0.0, use_by_data_ul, percent)

    def after_blind_run(
        self, most_by_data_ul: float, percent: int = 100, *, is_read: bool
    ) -> "Level":
        """Give the level after a time in which the device may have run, or may not.

        Half of it is taken as used where nothing else will tell; where the device is read, its
        next reading will, and only the band widens. The time out of reach is reckoned with then.
        """
        level = replace(self, blind_s=0.0)
        if most_by_data_ul <= 0:
            return level
        half = most_by_data_ul * self.rate.factor_of(percent, self.scent) / 2
        believed_ul = self.believed_ul if is_read else self.believed_ul - half
        return replace(_believing(level, believed_ul, self.error_ul + half), taught_from_ul=None)

    def after_reading(self, reading_ul: float, quality: LevelQuality) -> tuple["Level", Heard]:
        """Give the level after the device said what it holds, and what became of the reading.

        A device that claims more than it did is not refilled by that: noted and ignored, unless
        it takes a fall at a stroke back. One far below what is believed counts when it stays so
        for TILTED_S or falls on; one far above it shows that the model ran too fast. One that
        repeats the last changes nothing.
        """
        reading_ul = min(max(reading_ul, 0.0), float(self.capacity_ul))
        if reading_ul == self.last_reading_ul and self.unheard_s < DUPLICATE_S:
            return self, Heard.REPEATED
        heard = replace(self, last_reading_ul=reading_ul, unheard_s=0.0)
        error_ul = READING_ERROR[quality] * self.capacity_ul
        reach_ul = self.error_ul + error_ul
        if self.taken_ul is not None and reading_ul > self.taken_ul + 2 * error_ul:
            if self.fallen_from_ul is None or reading_ul > self.fallen_from_ul + reach_ul:
                return heard, Heard.RISEN
            heard = _put_right(heard, reading_ul, reach_ul)
        is_far_below = reading_ul < self.believed_ul - reach_ul
        if is_far_below and not self._falls_on(reading_ul, error_ul):
            return _doubting(heard, reading_ul, error_ul), Heard.DOUBTED
        if is_far_below:
            believing = _fallen(heard, reading_ul, error_ul)
        elif abs(reading_ul - self.believed_ul) > reach_ul:
            believing = _believing(heard, reading_ul, error_ul)
        else:
            believing = _followed(_merged(heard, reading_ul, error_ul), reading_ul, error_ul)
        taken = replace(believing, quality=quality, taken_ul=reading_ul, doubted_ul=None)
        return _learnt(taken, reading_ul, error_ul), Heard.TAKEN

    def _falls_on(self, reading_ul: float, error_ul: float) -> bool:
        """Tell whether a reading far below is believed: the one before said so, long enough ago,
        or more was left then, as while a device runs fast.
        """
        if self.doubted_ul is None:
            return False
        return self.doubted_s >= TILTED_S or reading_ul < self.doubted_ul - error_ul

    def after_empty(self) -> "Level":
        """Give the level after the device said that it is empty."""
        error_ul = READING_ERROR[LevelQuality.DEVICE_ESTIMATE] * self.capacity_ul
        emptied = replace(
            _believing(self, 0.0, error_ul),
            quality=LevelQuality.DEVICE_ESTIMATE,
            unheard_s=0.0,
            doubted_ul=None,
        )
        return _learnt(emptied, 0.0, error_ul)

    def after_still_oil(self) -> "Level":
        """Give the level after somebody saw oil in a bottle that should hold none.

        A little is believed to be in it, and the device uses less than was thought. What is
        told stays: only a refill makes that rise.
        """
        left_ul = max(self.believed_ul, STILL_LEFT * self.capacity_ul)
        error_ul = STILL_LEFT * self.capacity_ul
        seen = _believing(self, left_ul, error_ul)
        return _learnt(seen, left_ul, error_ul, is_told=True)

    def taken_out(self, left_ul: int) -> "Level":
        """Give the level of a bottle somebody took out, saying what was left in it: the rate has
        learnt what this cycle really used. Nothing left is told more surely than a guess.
        """
        if left_ul > 0:
            return _learnt(self, left_ul, GUESS_ERROR * self.capacity_ul, is_told=True)
        dry_ul = RAN_DRY * self.capacity_ul
        return _learnt(self, -dry_ul, EMPTY_ERROR * self.capacity_ul, is_told=True)

    def moved_to(self, rate: Rate) -> "Level":
        """Give the level of the same bottle in another device, which uses oil at its own rate."""
        return replace(
            self, rate=rate, taught_from_ul=None, taught_use=(), taken_ul=None, doubted_ul=None
        )

    @property
    def sure_ul(self) -> float:
        """Give the half width of the band when the level was last seen, before use since."""
        return self.error_ul if self.sure_error_ul is None else self.sure_error_ul


def filled(capacity_ul: int, remaining_ul: int | None, rate: Rate | None, scent: str = "") -> Level:
    """Give the level of a cartridge the household put in; None: a full one.

    `rate` is what was learnt of the slot, None when nothing was.
    """
    start = capacity_ul if remaining_ul is None else min(remaining_ul, capacity_ul)
    error = FILLING_ERROR if remaining_ul is None else GUESS_ERROR
    level = _fresh(capacity_ul, float(start), error, LevelQuality.HUB_ESTIMATE, rate, scent)
    return _taught_from(level, float(start), error * capacity_ul)


def recognised(
    capacity_ul: int,
    reading_ul: int | None,
    quality: LevelQuality,
    rate: Rate | None,
    scent: str = "",
) -> Level:
    """Give the level of a cartridge the device recognised, with what it says that it holds.

    Without a reading it may hold anything; it counts as full until one comes.
    """
    if reading_ul is None:
        return _fresh(capacity_ul, float(capacity_ul), 1.0, LevelQuality.INFERRED, rate, scent)
    start = float(min(max(reading_ul, 0), capacity_ul))
    error = READING_ERROR[quality]
    level = _fresh(capacity_ul, start, error, quality, rate, scent)
    told = replace(level, last_reading_ul=start, taken_ul=start)
    return _taught_from(told, start, error * capacity_ul)


def _fresh(
    capacity_ul: int,
    start_ul: float,
    error: float,
    quality: LevelQuality,
    rate: Rate | None,
    scent: str,
) -> Level:
    error_ul = error * capacity_ul
    return Level(
        capacity_ul,
        start_ul,
        start_ul,
        error_ul,
        quality,
        rate or Rate(),
        scent=scent,
        sure_error_ul=error_ul,
    )


def _believing(level: Level, believed_ul: float, error_ul: float) -> Level:
    believed_ul = max(0.0, believed_ul)
    error_ul = min(error_ul, float(level.capacity_ul))
    return replace(
        level,
        believed_ul=believed_ul,
        remaining_ul=min(level.remaining_ul, believed_ul),
        error_ul=error_ul,
        sure_error_ul=error_ul,
        use_since_sure=(),
    )


def _doubting(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Doubt a low reading; one that differs from the one doubted begins to wait anew."""
    is_same = level.doubted_ul is not None and abs(reading_ul - level.doubted_ul) <= 2 * error_ul
    if is_same:
        return level
    return replace(level, doubted_ul=reading_ul, doubted_s=0.0)


def _fallen(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Believe a fall at a stroke; one that came to rest was no use, and teaches nothing."""
    is_falling = level.doubted_ul is not None and reading_ul < level.doubted_ul - error_ul
    return replace(
        _believing(level, reading_ul, error_ul),
        taught_from_ul=level.taught_from_ul if is_falling else None,
        fallen_from_ul=max(level.believed_ul, level.taken_ul or 0.0, level.fallen_from_ul or 0.0),
        fallen_to_ul=reading_ul,
        fallen_s=0.0,
    )


def _put_right(level: Level, reading_ul: float, reach_ul: float) -> Level:
    """Take back a fall at a stroke; one that is halfway back only lies where it fell to."""
    level = replace(level, taught_from_ul=None)
    if level.fallen_from_ul is not None and reading_ul < level.fallen_from_ul - reach_ul:
        return replace(level, fallen_to_ul=reading_ul, fallen_s=0.0)
    return replace(level, fallen_from_ul=None)


def _followed(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Believe a fall at a stroke once the oil goes on falling from there as it is used."""
    if level.fallen_from_ul is None or reading_ul > level.fallen_to_ul - FOLLOWED * error_ul:
        return level
    return replace(level, fallen_from_ul=None)


def _merged(level: Level, reading_ul: float, error_ul: float) -> Level:
    """Weigh both by their bands; readings share a bias, so the band stops at nearly one's."""
    own, other = level.error_ul**2, error_ul**2
    weight = own / (own + other)
    merged = level.believed_ul + weight * (reading_ul - level.believed_ul)
    narrowed = max(SHARED_ERROR * error_ul, level.error_ul * math.sqrt(1 - weight))
    return _believing(level, merged, min(level.error_ul, narrowed))


def _taught_from(level: Level, start_ul: float, error_ul: float) -> Level:
    return replace(level, taught_from_ul=start_ul, taught_error_ul=error_ul, taught_use=())


def _learnt(level: Level, left_ul: float, error_ul: float, *, is_told: bool = False) -> Level:
    """Compare the fall with the use by data since, and learn from here on."""
    if level.taught_from_ul is None or not any(step != RESTING for step, _ in level.taught_use):
        return _taught_from(level, left_ul, error_ul)
    fall_ul = level.taught_from_ul - left_ul
    expected_ul = level.rate.used_ul(level.taught_use, level.scent)
    unsure_ul = math.hypot(error_ul, level.taught_error_ul)
    enough_ul = LEARN_FROM * unsure_ul / math.sqrt(2)
    # A fall is waited for by what is expected: whoever waits for a low reading learns its error.
    if expected_ul < enough_ul and fall_ul < 2 * enough_ul:
        return level
    rate = level.rate.after_fall(fall_ul, level.taught_use, level.scent, unsure_ul, is_told=is_told)
    return _taught_from(replace(level, rate=rate), left_ul, error_ul)
