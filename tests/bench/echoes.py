"""Programs that answer messages, loaded over one broker: what each message costs them."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.bench.children import load
from tests.bench.cost import resident_mb
from tests.bench.report import Row

EVEN_RATE = 50.0
"""Messages a second of the even load: a busy home."""

Seen = dict[str, Any]


@dataclass
class Echo:
    """One that answers on `answer` what is said on `ask`, and what was seen, one entry a round."""

    what: str
    pid: int
    ask: str
    answer: str
    bursts: list[Seen] = field(default_factory=list)
    evens: list[Seen] = field(default_factory=list)

    def load(self, port: int, *, rate: float, count: int, spread: int = 1) -> Seen:
        """Load it; what the load saw, and what each message cost in CPU."""
        saw, (used,) = load(
            *("echo_load", port, self.ask, self.answer, rate, count, spread),
            measured=lambda: (self.pid,),
        )
        return {**saw, "cpu_us": used.cpu_s / saw["answers"] * 1e6}

    def rows(self) -> tuple[Row, ...]:
        """Return what was seen: the middle of the rounds."""
        rss_mb = resident_mb(self.pid)
        return (
            _row(f"{self.what}, {EVEN_RATE:.0f} a second", self.evens, rss_mb),
            _row(f"{self.what}, in a burst", self.bursts, rss_mb),
        )

    def least_cpu_us(self) -> float:
        """Return the CPU for a message in the burst that others on the machine disturbed least."""
        return min(float(each["cpu_us"]) for each in self.bursts)

    def middle(self, key: str, of: list[Seen]) -> float:
        """Return the middle of the rounds."""
        return _middle(of, key)


def load_in_turn(echoes: Sequence[Echo], port: int, *, rounds: int, burst: int, even: int) -> None:
    """Load all of them, one after the other, so often: a busy minute strikes all."""
    for _ in range(rounds):
        for echo in echoes:
            echo.bursts.append(echo.load(port, rate=0, count=burst))
        for echo in echoes:
            echo.evens.append(echo.load(port, rate=EVEN_RATE, count=even))


def _row(what: str, seen: list[Seen], rss_mb: float) -> Row:
    return Row(
        what=what,
        rate=_middle(seen, "answers") / _middle(seen, "seconds"),
        cpu_us=_middle(seen, "cpu_us"),
        p50_ms=_middle(seen, "p50_ms"),
        p99_ms=_middle(seen, "p99_ms"),
        rss_mb=rss_mb,
    )


def _middle(seen: list[Seen], key: str) -> float:
    return float(statistics.median(each[key] for each in seen))
