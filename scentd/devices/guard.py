"""The limit on how long a device may run without a pause; no wish of anybody passes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from scentd.clock import Clock
from scentd.devices.settings import DeviceSettings


@dataclass(frozen=True, slots=True)
class _Run:
    """Since when a device runs, or until when it must rest; None where neither."""

    since: datetime | None = None
    rest_until: datetime | None = None


class RunGuard:
    """Count how long each device runs, whoever started it, by the monotonic clock.

    After a run of the longest time allowed it must rest. Both survive a restart.
    """

    _FACT: TypeAdapter[_Run] = TypeAdapter(_Run)

    def __init__(self, clock: Clock, settings: DeviceSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._since_s: dict[str, float] = {}
        self._rest_until_s: dict[str, float] = {}

    def note(self, diffuser_id: str, *, is_running: bool) -> bool:
        """Note what a device reports; whether that is news."""
        if is_running == (diffuser_id in self._since_s):
            return False
        if is_running:
            self._since_s[diffuser_id] = self._clock.monotonic()
        else:
            del self._since_s[diffuser_id]
        return True

    def forget(self, diffuser_id: str) -> None:
        """Forget a device that was taken away."""
        self._since_s.pop(diffuser_id, None)
        self._rest_until_s.pop(diffuser_id, None)

    def overdue(self) -> tuple[str, ...]:
        """Give the devices that have run as long as they may."""
        now_s = self._clock.monotonic()
        return tuple(
            name
            for name, since_s in self._since_s.items()
            if now_s - since_s >= self._limit_minutes(name) * 60
        )

    def send_to_rest(self, diffuser_id: str) -> None:
        """Let a device rest from now on."""
        rest_s = self._settings.rest_minutes * 60
        self._rest_until_s[diffuser_id] = self._clock.monotonic() + rest_s

    def refusal(self, diffuser_id: str) -> str | None:
        """Say why a device may not be started now; None when it may."""
        rest_s = self._rest_until_s.get(diffuser_id, 0.0) - self._clock.monotonic()
        if rest_s <= 0:
            return None
        minutes = max(1, round(rest_s / 60))
        limit = self._limit_minutes(diffuser_id)
        return f"It ran for {limit} minutes without a pause and rests for {minutes} more."

    def facts(self) -> dict[str, str]:
        """Give all as JSON in wall time, to be kept."""
        offset = self._clock.now() - timedelta(seconds=self._clock.monotonic())
        runs: dict[str, _Run] = {}
        for name in self._since_s.keys() | self._rest_until_s.keys():
            since_s, rest_s = self._since_s.get(name), self._rest_until_s.get(name)
            runs[name] = _Run(
                None if since_s is None else offset + timedelta(seconds=since_s),
                None if rest_s is None else offset + timedelta(seconds=rest_s),
            )
        return {name: self._FACT.dump_json(run).decode() for name, run in runs.items()}

    def recall(self, facts: Mapping[str, str]) -> None:
        """Take up what was kept; a clock that went back meanwhile prolongs nothing."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        for name, fact in facts.items():
            run = self._FACT.validate_json(fact)
            if run.since is not None:
                self._since_s[name] = now_s - max(0.0, (now - run.since).total_seconds())
            if run.rest_until is not None:
                left_s = (run.rest_until - now).total_seconds()
                self._rest_until_s[name] = now_s + min(left_s, self._settings.rest_minutes * 60)

    def _limit_minutes(self, diffuser_id: str) -> int:
        settings = self._settings
        return settings.max_run_minutes_of.get(diffuser_id, settings.max_run_minutes)
