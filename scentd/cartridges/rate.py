"""How fast a device really uses oil, beside what its model's data say; pure arithmetic.

True use is use by data times a factor, and the factor's logarithm is a sum: what the device adds
to every step, what one intensity step adds, and what one scent adds. Resting has a factor of its
own: what evaporates from a device whether it runs or not. A fall seen in the bottle teaches all
terms that had a part in it, each by its part and by how unsure it was (a Kalman step).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import mul
from typing import TypeAlias

Z90 = 1.645
"""Half width of a 90 % band in standard deviations."""

LEARN_FROM = 3.0
"""A fall teaches the rate once it is this many times the error of a reading."""

FIRST_SPREAD = 0.22
"""Before any evidence the truth lies between 0.7 and 1.45 times the data in nine of ten cases.
Assumed: makers state one number for all scents, and oils differ in thickness."""

STEP_SPREAD = 0.1
"""The same for how much one intensity step differs from the others of its device."""

SCENT_SPREAD = 0.1
"""The same for how much one scent differs from the others in one device."""

REST_SPREAD = 0.8
"""The same for evaporation: a wick in the open air loses ten times what a closed bottle does."""

RESTING = 0
"""The step at which a device stands for what evaporates; its use by data is a share a day."""

MOST_SCENTS = 6
"""Scents remembered for one device; the one learnt first is forgotten first."""

_LEAST_SPREAD = 0.02
_DRIFT = 0.02
_RUN_NOISE = 0.02
_FAR = 3.0
_RAN = 0.5
"""The part of a use in which the device must have run: else it was spilt, and teaches nothing."""

_LEAST_FACTOR, _GREATEST_FACTOR = 0.02, 1e5
_DEVICE, _REST, _SCENT = "device", "rest", "scent "

Use: TypeAlias = tuple[tuple[int, float], ...]
"""Use by data in microlitres at each step in percent, in no order, each step once."""

Matrix: TypeAlias = tuple[tuple[float, ...], ...]


def added(use: Use, percent: int, ul: float) -> Use:
    """Give the use with as much more at that step."""
    for number, (step, before) in enumerate(use):
        if step == percent:
            return (*use[:number], (step, before + ul), *use[number + 1 :])
    return (*use, (percent, ul))


@dataclass(frozen=True, slots=True)
class Rate:
    """True use over use by data, and how sure that is.

    `factor` holds for the device as a whole, `spread` is the standard deviation of its
    logarithm. `terms` are the steps and scents anything is known of, `offsets` what they add to
    the logarithm, `covariance` that of the device and then the terms, in order; empty while
    nothing but `factor` and `spread` is known. `falls` counts the falls learnt from.
    """

    factor: float = 1.0
    spread: float = FIRST_SPREAD
    falls: int = 0
    terms: tuple[str, ...] = ()
    offsets: tuple[float, ...] = ()
    covariance: Matrix = ()

    def factor_of(self, percent: int, scent: str = "") -> float:
        """Give true use over use by data at a step with a scent; RESTING: of evaporation."""
        if percent == RESTING:
            return math.exp(self._offset(_REST))
        if not self.terms:
            return self.factor
        offset = self._offset(f"step {percent}") + self._offset(_SCENT + scent)
        return self.factor * math.exp(offset)

    def overall(self, scent: str = "") -> float:
        """Give true use over use by data with a scent, over the steps anything is known of."""
        steps = [o for t, o in zip(self.terms, self.offsets, strict=True) if t.startswith("step ")]
        offset = sum(steps) / len(steps) if steps else 0.0
        return self.factor * math.exp(offset + self._offset(_SCENT + scent))

    def used_ul(self, use: Use, scent: str = "") -> float:
        """Give the true use expected, in microlitres."""
        return sum(ul * self.factor_of(percent, scent) for percent, ul in use)

    def spread_ul(self, use: Use, scent: str = "") -> float:
        """Give the standard deviation of the true use, in microlitres."""
        pull = _pull(self, use, scent)
        known = [pull.pop(name, 0.0) for name in (_DEVICE, *self.terms)]
        variance = sum((ul * _first_spread(name)) ** 2 for name, ul in pull.items())
        for ul, row in zip(known, _covariance(self), strict=True):
            if ul:
                variance += ul * sum(map(mul, row, known))
        return math.sqrt(max(0.0, variance))

    def after_fall(
        self, fall_ul: float, use: Use, scent: str, error_ul: float, *, is_told: bool = False
    ) -> "Rate":
        """Weigh what was believed against a fall seen, both on a logarithmic scale.

        `error_ul` is the half width of the fall's 90 % band; `use` is not nothing. What lies far
        outside of both was no noise: the device differs from its data, and the fall alone counts.
        `is_told`: a person said so, who may be wrong; then it makes the rate less sure instead.
        """
        known = _knowing(self, _pull(self, use, scent))
        pull = _pull(known, use, scent)
        expected_ul = known.used_ul(use, scent)
        seen_ul = max(fall_ul, error_ul / 2)
        noise = math.hypot(error_ul / Z90 / max(fall_ul, error_ul), _RUN_NOISE)
        weights = [pull.get(name, 0.0) / expected_ul for name in (_DEVICE, *known.terms)]
        ahead = _drifted(_covariance(known))
        shares = [_dot(row, weights) for row in ahead]
        variance = _dot(shares, weights) + noise**2
        surprise = math.log(seen_ul / expected_ul)
        if surprise**2 > _FAR**2 * variance:
            if weights[0] < _RAN:
                return self
            if is_told:
                return replace(_upset(known, 0.0, FIRST_SPREAD), falls=known.falls)
            return _upset(known, surprise, noise)
        gains = [share / variance for share in shares]
        return replace(
            known,
            factor=_bounded(known.factor * math.exp(gains[0] * surprise)),
            spread=math.sqrt(_least(ahead[0][0] - gains[0] * shares[0])),
            falls=known.falls + 1,
            offsets=tuple(
                round(offset + gain * surprise, 6)
                for offset, gain in zip(known.offsets, gains[1:], strict=True)
            ),
            covariance=_narrowed(ahead, gains, shares),
        )

    def _offset(self, term: str) -> float:
        return self.offsets[self.terms.index(term)] if term in self.terms else 0.0


def _covariance(rate: Rate) -> Matrix:
    return rate.covariance or ((rate.spread**2,),)


def _pull(rate: Rate, use: Use, scent: str) -> dict[str, float]:
    """Give how many microlitres more each term would use, were it greater by one."""
    pull: dict[str, float] = {}
    for percent, ul in use:
        used = ul * rate.factor_of(percent, scent)
        if percent == RESTING:
            pull[_REST] = used
            continue
        pull[_DEVICE] = pull.get(_DEVICE, 0.0) + used
        pull[f"step {percent}"] = used
        if scent:
            pull[_SCENT + scent] = pull.get(_SCENT + scent, 0.0) + used
    return pull


def _knowing(rate: Rate, terms: Iterable[str]) -> Rate:
    """Give the same rate with a place for these terms."""
    for term in terms:
        if term == _DEVICE or term in rate.terms:
            continue
        if term.startswith(_SCENT):
            rate = _forgetting_scents(rate)
        grown = tuple((*row, 0.0) for row in _covariance(rate))
        own = (*(0.0,) * (len(rate.terms) + 1), _first_spread(term) ** 2)
        rate = replace(
            rate,
            terms=(*rate.terms, term),
            offsets=(*rate.offsets, 0.0),
            covariance=(*grown, own),
        )
    return rate


def _forgetting_scents(rate: Rate) -> Rate:
    scents = [term for term in rate.terms if term.startswith(_SCENT)]
    if len(scents) < MOST_SCENTS:
        return rate
    kept = [number for number, term in enumerate(rate.terms) if term != scents[0]]
    rows = [0, *(number + 1 for number in kept)]
    return replace(
        rate,
        terms=tuple(rate.terms[number] for number in kept),
        offsets=tuple(rate.offsets[number] for number in kept),
        covariance=tuple(tuple(rate.covariance[row][column] for column in rows) for row in rows),
    )


def _upset(rate: Rate, surprise: float, spread: float) -> Rate:
    """Give the rate after a fall that fits nothing known: only the steps' relations stay."""
    spread = min(max(spread, _LEAST_SPREAD), FIRST_SPREAD)
    others = tuple((0.0, *row[1:]) for row in _covariance(rate)[1:])
    return replace(
        rate,
        factor=_bounded(rate.factor * math.exp(surprise)),
        spread=spread,
        falls=rate.falls + 1,
        covariance=((spread**2, *(0.0,) * len(rate.terms)), *others),
    )


def _first_spread(term: str) -> float:
    if term == _DEVICE:
        return FIRST_SPREAD
    if term == _REST:
        return REST_SPREAD
    return SCENT_SPREAD if term.startswith(_SCENT) else STEP_SPREAD


def _drifted(covariance: Matrix) -> Matrix:
    """A device changes a little from fall to fall: pumps age, wicks clog."""
    (own, *rest), *others = covariance
    return ((own + _DRIFT**2, *rest), *others)


def _narrowed(covariance: Matrix, gains: Sequence[float], shares: Sequence[float]) -> Matrix:
    return tuple(
        tuple(
            round(_least(value - gain * share) if row == column else value - gain * share, 9)
            for column, (value, share) in enumerate(zip(values, shares, strict=True))
        )
        for row, (values, gain) in enumerate(zip(covariance, gains, strict=True))
    )


def _least(variance: float) -> float:
    return min(max(variance, _LEAST_SPREAD**2), REST_SPREAD**2)


def _bounded(factor: float) -> float:
    return min(max(factor, _LEAST_FACTOR), _GREATEST_FACTOR)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))
