"""Which of a device's values are how strong, in percent, and which of ours a mode is."""

import re
from collections.abc import Mapping

from scentd.model.diffuser import Mode

MOST_STEPS = 10
"""A number with more values than this is set in tenths: a room tells no finer differences."""

_NUMBERED = re.compile(r"(?:[a-z]+[ _-]?)?([1-9][0-9]?)", re.IGNORECASE)
_RANKS: Mapping[str, int] = {
    **dict.fromkeys(("lowest", "min", "minimum", "quiet", "silent"), 1),
    **dict.fromkeys(("low", "small", "weak", "light", "slow", "little"), 2),
    **dict.fromkeys(("medium", "middle", "mid", "normal", "moderate", "standard"), 3),
    **dict.fromkeys(("high", "big", "large", "strong", "fast"), 4),
    **dict.fromkeys(("max", "maximum", "highest", "turbo", "boost", "full"), 5),
}
_MODES: Mapping[str, Mode] = {
    **dict.fromkeys(("continuous", "continue", "constant"), Mode.CONTINUOUS),
    **dict.fromkeys(("interval", "intermittent", "cycle"), Mode.INTERVAL),
    **dict.fromkeys(("timed", "timer"), Mode.TIMED),
    **dict.fromkeys(("sleep", "night"), Mode.SLEEP),
    **dict.fromkeys(("custom", "manual"), Mode.CUSTOM),
}


def strengths_of(values: tuple[str, ...]) -> dict[str, int]:
    """Give percent by value for those of an enum that say a strength, ascending; {} for under two.

    Numbers count before words; two values of one strength are one, the first.
    """
    numbered = {value: int(n[1]) for value in values if (n := _NUMBERED.fullmatch(value))}
    named = {v: _RANKS[v.casefold()] for v in values if v.casefold() in _RANKS}
    ranks = numbered if len(numbered) > 1 else named
    by_rank = {rank: value for value, rank in reversed(ranks.items())}
    if len(by_rank) < 2:
        return {}
    ordered = sorted(by_rank)
    return {by_rank[rank]: round(100 * n / len(ordered)) for n, rank in enumerate(ordered, 1)}


def modes_of(values: tuple[str, ...]) -> dict[str, Mode]:
    """Give ours by value for those of an enum that say a mode; the first value for each."""
    known = {value: _MODES[value.casefold()] for value in values if value.casefold() in _MODES}
    first = {mode: value for value, mode in reversed(known.items())}
    return {value: mode for value, mode in known.items() if first[mode] == value}


def numbers_of(
    low: float | None, high: float | None, step: float | None = None
) -> dict[int, float]:
    """Give the native number for each percent, ascending; {} for no usable range.

    A share of the greatest number is that share of the strength; 0 and less are no strength.
    """
    if low is None or high is None or high <= 0 or low >= high:
        return {}
    step = step if step is not None and step > 0 else 1.0
    first = low if low > 0 else step
    count = (high - first) / step + 1
    if count < 2:
        return {}
    if count <= MOST_STEPS:
        wanted = [first + n * step for n in range(int(count))]
    else:
        tenths = (high * n / MOST_STEPS for n in range(1, MOST_STEPS + 1))
        wanted = [first + round((tenth - first) / step) * step for tenth in tenths]
    natives = (native for native in wanted if first <= native <= high)
    return {share: native for native in natives if (share := round(100 * native / high)) > 0}
