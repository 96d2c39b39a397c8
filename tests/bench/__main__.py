"""Measure everything, or what is named: `python -m tests.bench [NAME ...]`."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import bench_echo, hub_rest, outbox, product_detail, rule_echo
from tests.bench.report import Section, show
from tools.processes import ToolError

MEASUREMENTS: dict[str, Callable[[Path], Section]] = {
    "products": product_detail.measure,
    "outbox": outbox.measure,
    "echo": bench_echo.measure,
    "rules": rule_echo.measure,
    "rest": hub_rest.measure,
}


def main(names: list[str]) -> int:
    """Measure, then show all of it in one table."""
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
                sections.append(MEASUREMENTS[name](Path(folder)))
        except ToolError as error:
            print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
            return 1
    show(sections, time.perf_counter() - began)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
