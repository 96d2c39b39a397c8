"""The wall clock of another process, moved by libfaketime; its monotonic clock stays true."""

from datetime import datetime, timedelta
from pathlib import Path

from scentd.clock import SystemClock


def find_faketime() -> Path | None:
    """Return libfaketime for programs with threads, or None when it is not installed."""
    places = [*Path("/usr/lib").glob("*/faketime"), *Path("/usr").glob("local/lib*/faketime")]
    found = [place / "libfaketimeMT.so.1" for place in places]
    return next((library for library in found if library.exists()), None)


class FakedTime:
    """What a process started with `environment` takes for the time of day.

    `now` is aware UTC, like the hub's own clock. The process sees a step at its next look, or
    within `seen_within_s`: looking at the file each time slows down a busy process.
    """

    def __init__(self, file: Path, *, seen_within_s: int = 0) -> None:
        self._file = file
        self._seen_within_s = seen_within_s
        self._lead_s = 0.0
        self.step(timedelta())

    @property
    def environment(self) -> dict[str, str]:
        """What the process needs to be told."""
        return {
            "LD_PRELOAD": str(find_faketime()),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "0" if self._seen_within_s else "1",
            "FAKETIME_CACHE_DURATION": str(self._seen_within_s),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    @property
    def lead(self) -> timedelta:
        """How far the faked clock is ahead of the real one."""
        return timedelta(seconds=self._lead_s)

    def now(self) -> datetime:
        """Return the faked moment."""
        return SystemClock().now() + self.lead

    def show(self, moment: datetime) -> None:
        """Set the clock to a moment; it runs on from there."""
        self.step(moment - self.now())

    def step(self, delta: timedelta) -> None:
        """Set the clock forward, or back."""
        self._lead_s += delta.total_seconds()
        # Replaced in one piece: the process reads it at any moment.
        new = self._file.with_suffix(".new")
        new.write_text(f"{self._lead_s:+.6f}\n")
        new.replace(self._file)


def tomorrow(wall: str) -> datetime:
    """Return a time of a day, in UTC, that does not depend on how long a test has run."""
    day = (SystemClock().now() + timedelta(days=1)).date()
    return datetime.fromisoformat(f"{day.isoformat()}T{wall}+00:00")
