"""A broker that is restarted: how long after its return a rule answers again."""

import asyncio
import statistics
from pathlib import Path

from tests.bench.children import child
from tests.bench.hubs import running_hub, store_of
from tests.bench.report import Aim, Row, Section
from tests.bench.rules import stock
from tools.broker import Broker


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Restart the broker again and again under one hub."""
    times = 5 if is_quick else 20
    broker = Broker()
    try:
        broker.start()
        asyncio.run(stock(store_of(folder), "back", 1))
        with (
            running_hub(folder, broker.port, "back"),
            child("until_answered", broker.port, "back/ask", "back/answer") as asker,
        ):
            asker.says()
            asker.says()
            back_s = []
            for _ in range(times):
                broker.restart()
                let_in, answered = asker.says(), asker.says()
                back_s.append(answered["at_s"] - let_in["at_s"])
    finally:
        broker.close()
    middle_ms = statistics.median(back_s) * 1000
    row = Row("a rule answers again", p50_ms=middle_ms, note=f"most {max(back_s):.2f} s")
    aim = Aim(f"back after each of {times} restarts of the broker", 1.0, max(back_s), "{:.2f} s")
    return Section(f"after {times} restarts of {broker.kind}", (row,), (aim,))
