"""What a device really gave off, counted beside it and not by the hub."""

from math import inf

from scentd.model.safety import Limits

TICK_S = 0.5
DAY_S = 22 * 3600.0
"""No two days of the hub begin closer together; in so long a time it may spend two of them."""
LOST_BY_CUT_S = 360.0
"""What a power cut may cost of a count that is kept every five minutes, a leap of time included."""


class DoseMeter:
    """When one device ran, in real seconds, and whether that was more than `limits` allow.

    While nobody can tell it to stop it may run on, and a power cut may cost the hub some of its
    count: only what goes beyond that is wrong.
    """

    def __init__(self, limits: Limits) -> None:
        self._run_s = 60.0 * (limits.run_minutes or inf)
        self._hour_s = 60.0 * (limits.hour_minutes or inf)
        self._day_s = 60.0 * (limits.day_minutes or inf)
        self._on: list[tuple[float, float]] = []
        self._deaf: list[tuple[float, float]] = []
        self._gifts: list[tuple[float, float]] = []

    def note(self, now_s: float, seconds: float, *, runs: bool, is_deaf: bool) -> None:
        for what, spans in ((runs, self._on), (is_deaf, self._deaf)):
            if what:
                _extend(spans, now_s - seconds, now_s)

    def cut(self, now_s: float) -> None:
        self._gifts.append((now_s, LOST_BY_CUT_S))

    def lead(self, now_s: float, seconds: float) -> None:
        """A clock that leads at boot is taken for time that passed: nobody else could tell."""
        self._gifts.append((now_s, seconds))

    def ran_within(self, seconds: float, now_s: float) -> bool:
        """Say whether it ran at some time of the last seconds."""
        return bool(self._on) and self._on[-1][1] > now_s - seconds

    def slack_s(self, now_s: float, longest_s: float) -> float:
        """Give how far a leap may go, at most `longest_s`, before a limit could be reached."""
        goes_on = self._on and self._on[-1][1] > now_s - TICK_S / 2
        run_s = now_s - self._on[-1][0] if goes_on else 0.0
        left = (
            self._run_s - run_s,
            self._hour_s - _within(self._on, now_s - 3600, now_s),
            self._day_s - _within(self._on, now_s - DAY_S, now_s),
        )
        near_s = min((left_s for left_s in left if left_s > -60), default=longest_s)
        return min(longest_s, max(TICK_S, near_s - 2))

    def wrongs(self) -> list[str]:
        found: list[str] = []
        for first_s, last_s in self._on[-40:]:
            most_s = self._run_s + self._allowed_s(first_s, last_s)
            if last_s - first_s > most_s:
                found.append(f"it ran {last_s - first_s:.1f} s at a stretch")
            hour_s = _within(self._on, last_s - 3600, last_s)
            if hour_s > self._hour_s + self._allowed_s(last_s - 3600, last_s):
                found.append(f"it ran {hour_s:.1f} s in an hour")
            day_s = _within(self._on, last_s - DAY_S, last_s)
            if day_s > 2 * self._day_s + self._allowed_s(last_s - DAY_S, last_s):
                found.append(f"it ran {day_s:.0f} s in a day")
        return found

    def _allowed_s(self, first_s: float, last_s: float) -> float:
        gifts = sum(s for at_s, s in self._gifts if first_s - 3600 <= at_s <= last_s)
        return _within(self._deaf, first_s, last_s) + gifts


def _extend(spans: list[tuple[float, float]], first_s: float, last_s: float) -> None:
    if spans and abs(spans[-1][1] - first_s) < 1e-6:
        spans[-1] = (spans[-1][0], last_s)
    else:
        spans.append((first_s, last_s))


def _within(spans: list[tuple[float, float]], first_s: float, last_s: float) -> float:
    return sum(max(0.0, min(b, last_s) - max(a, first_s)) for a, b in spans[-400:] if b > first_s)
