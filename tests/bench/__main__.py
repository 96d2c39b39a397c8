"""Measure everything, or what is named: `python -m tests.bench [--quick] [NAME ...]`.

`--quick` asks for less of everything and takes less than two minutes; its figures are rougher.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Protocol

from tests.bench import (
    bench_echo,
    big_shop,
    decode,
    discovery,
    forecast,
    hub_rest,
    loop_lag,
    outbox,
    product_detail,
    restarts,
    rule_echo,
    staff_lists,
    store,
)
from tests.bench.report import Section, show
from tools.processes import ToolError


class Measure(Protocol):
    """Measure something in a folder of its own."""

    def __call__(self, folder: Path, *, is_quick: bool) -> Section:
        """Return what was seen; raises ToolError."""
        ...


MEASUREMENTS: dict[str, Measure] = {
    "products": product_detail.measure,
    "store": store.measure,
    "big-shop": big_shop.measure,
    "staff-lists": staff_lists.measure,
    "outbox": outbox.measure,
    "echo": bench_echo.measure,
    "rules": rule_echo.measure,
    "restarts": restarts.measure,
    "lag": loop_lag.measure,
    "rest": hub_rest.measure,
    "decode": decode.measure,
    "discovery": discovery.measure,
    "forecast": forecast.measure,
}


def main(words: list[str]) -> int:
    """Measure, then show all of it."""
    is_quick = "--quick" in words
    names = [word for word in words if word != "--quick"]
    if unknown := set(names) - set(MEASUREMENTS):
        print(f"error: There is no measurement {min(unknown)!r}.", file=sys.stderr)
        print(f"hint: Choose among {', '.join(MEASUREMENTS)}.", file=sys.stderr)
        return 2
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    sections = []
    for name in names or MEASUREMENTS:
        print(f"measuring {name}", flush=True)
        try:
            with tempfile.TemporaryDirectory(prefix="scent-bench-") as folder:
                sections.append(MEASUREMENTS[name](Path(folder), is_quick=is_quick))
        except ToolError as error:
            print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
            return 1
    show(sections, time.perf_counter() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
