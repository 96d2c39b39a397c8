"""A whole hub in a process that also watches how late its event loop comes to what is due.

Run as `python -m tests.bench.lagging_hub CONFIG SECONDS`. Tells once in so many seconds how late
a timer of five milliseconds was.
"""

import asyncio
import sys
import time
from pathlib import Path

from scentd.cli.settings_file import settings_of
from scentd.clock import SystemClock
from scentd.daemon import Daemon
from scentd.logs import start_logging
from tests.bench.children import tell
from tests.bench.latency import percentile_ms

_EVERY_S = 0.005


async def main(config: Path, seconds: float) -> None:
    """Live as a hub until terminated."""
    clock = SystemClock()
    async with asyncio.TaskGroup() as group:
        group.create_task(Daemon(settings_of(config), clock).run(), name="daemon")
        while True:
            late: list[float] = []
            ends_s = time.monotonic() + seconds
            while (began_s := time.monotonic()) < ends_s:
                await clock.sleep(_EVERY_S)
                late.append(time.monotonic() - began_s - _EVERY_S)
            tell(
                p50_ms=percentile_ms(late, 50),
                p99_ms=percentile_ms(late, 99),
                most_ms=max(late) * 1000,
            )


if __name__ == "__main__":
    start_logging("ERROR")
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
