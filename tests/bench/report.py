"""What was measured, as tables that read well in a terminal and in a log file."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

_WIDTH = 118


@dataclass(frozen=True)
class Row:
    """One measurement; what does not apply to it is None."""

    what: str
    rate: float | None = None
    """Operations a second."""
    cpu_us: float | None = None
    """CPU of the measured process for one operation, in microseconds."""
    p50_ms: float | None = None
    p99_ms: float | None = None
    rss_mb: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Section:
    """Measurements that belong beside each other; the first one is what the rest is held to."""

    title: str
    rows: tuple[Row, ...]


def show(sections: list[Section], seconds: float) -> None:
    """Print one table a section."""
    console = Console(width=_WIDTH)
    for section in sections:
        console.print(f"\n[bold]{section.title}[/bold]", highlight=False)
        console.print(_table(section.rows))
    console.print(f"measured in {seconds:.0f} s on {_machine()}", highlight=False)


def _table(rows: tuple[Row, ...]) -> Table:
    table = Table(show_header=True, header_style="dim", box=None, pad_edge=True)
    table.add_column("", width=44)
    for column in ("a second", "CPU each", "p50", "p99", "RSS"):
        table.add_column(column, justify="right", no_wrap=True, min_width=8)
    table.add_column("")
    for row in rows:
        table.add_row(
            row.what,
            _shown(row.rate, "{:,.0f}"),
            _shown(row.cpu_us, "{:,.0f} µs"),
            _shown(row.p50_ms, "{:.2f} ms"),
            _shown(row.p99_ms, "{:.2f} ms"),
            _shown(row.rss_mb, "{:.0f} MB"),
            row.note,
        )
    return table


def _shown(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} x {models[0] if models else platform.machine()}, "
        f"Python {platform.python_version()}, load {load:.1f}"
    )
