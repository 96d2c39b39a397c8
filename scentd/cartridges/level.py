"""How much is left, and how sure that is: pure arithmetic over runs, readings and time.

The estimate integrates what the device should have used by its model's data, corrected by what
its readings showed it really uses, and merges what the device measures by quality. What is told
of it never rises: only a refill does that, and a refill begins a new estimate. What is believed
may: a run taken for longer than it was is given back by the next reading.

Amounts are microlitres. "Use by data" is run time times the model's rate, before correction.
"""

import math
from dataclasses import dataclass, replace

from scentd.cartridges.rate import LEARN_FROM, RESTING, Z90, Rate, Use, added
from scentd.model.diffuser import LevelQuality

FRESH_S = 6 * 3600.0
"""For how long a reading still makes the level a measured one."""

EVAPORATION_PER_DAY = 0.001
"""What a fitted cartridge loses by itself, in parts of the capacity, before anything is learnt.
Assumed: no maker states it; a wick in a warm room loses a few percent a month."""

SURE_AGAIN_S = 6 * 3600.0
"""For how long a level that fell at a stroke is no evidence by itself."""

_FROM_DEVICE = frozenset({LevelQuality.MEASURED, LevelQuality.DEVICE_ESTIMATE})


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
    reckoned with yet. `low_s`: for how long it has been saying that little is left, None while it
    does not.
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
    low_s: float | None = None

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
            low_s=self.low_s if self.low_s is None or is_blind else self.low_s + seconds,
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
        return replace(level.believing(believed_ul, self.error_ul + half), taught_from_ul=None)

    def moved_to(self, rate: Rate) -> "Level":
        """Give the level of the same bottle in another device, which uses oil at its own rate."""
        return replace(
            self, rate=rate, taught_from_ul=None, taught_use=(), taken_ul=None, doubted_ul=None
        )

    def believing(self, believed_ul: float, error_ul: float) -> "Level":
        """Believe that so much is left, within so much; what was used since is reckoned in it."""
        believed_ul = max(0.0, believed_ul)
        error_ul = min(error_ul, float(self.capacity_ul))
        return replace(
            self,
            believed_ul=believed_ul,
            remaining_ul=min(self.remaining_ul, believed_ul),
            error_ul=error_ul,
            sure_error_ul=error_ul,
            use_since_sure=(),
        )

    def taught_from(self, start_ul: float, error_ul: float) -> "Level":
        """Learn the rate from the fall that begins here, known within so much."""
        return replace(self, taught_from_ul=start_ul, taught_error_ul=error_ul, taught_use=())

    def learnt(self, left_ul: float, error_ul: float, *, is_told: bool = False) -> "Level":
        """Compare the fall with the use by data since, and learn from here on.

        `is_told`: a person said what is left, who may be wrong.
        """
        if self.taught_from_ul is None or not any(step != RESTING for step, _ in self.taught_use):
            return self.taught_from(left_ul, error_ul)
        fall_ul = self.taught_from_ul - left_ul
        expected_ul = self.rate.used_ul(self.taught_use, self.scent)
        unsure_ul = math.hypot(error_ul, self.taught_error_ul)
        enough_ul = LEARN_FROM * unsure_ul / math.sqrt(2)
        # A fall is waited for by what is expected: who waits for a low reading learns its error.
        if expected_ul < enough_ul and fall_ul < 2 * enough_ul:
            return self
        use = self.taught_use
        rate = self.rate.after_fall(fall_ul, use, self.scent, unsure_ul, is_told=is_told)
        return replace(self, rate=rate).taught_from(left_ul, error_ul)

    @property
    def sure_ul(self) -> float:
        """Give the half width of the band when the level was last seen, before use since."""
        return self.error_ul if self.sure_error_ul is None else self.sure_error_ul
