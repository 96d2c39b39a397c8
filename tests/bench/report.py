"""What was measured, as tables that read well in a terminal and in a log file."""

import os
import platform
import sqlite3
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.broker import find_mosquitto

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
class Aim:
    """Something we promised ourselves: `measured` at most (`is_least`: at least) `bound`."""

    what: str
    bound: float
    measured: float
    form: str = "{:,.0f}"
    """How both are written, with their unit."""
    is_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the promise is kept."""
        return self.measured >= self.bound if self.is_least else self.measured <= self.bound


@dataclass(frozen=True)
class Section:
    """Measurements that belong beside each other; the first one is what the rest is held to."""

    title: str
    rows: tuple[Row, ...]
    aims: tuple[Aim, ...] = ()


def show(sections: list[Section], seconds: float) -> None:
    """Print one table a section, what it was measured on, and what became of the aims."""
    console = Console(width=_WIDTH)
    for section in sections:
        console.print(f"\n[bold]{section.title}[/bold]", highlight=False)
        console.print(_table(section.rows))
    aims = [aim for section in sections for aim in section.aims]
    if aims:
        console.print("\n[bold]aims[/bold]", highlight=False)
        console.print(_aims(aims))
    console.print(f"measured in {seconds:.0f} s on {_machine()}", highlight=False)
    console.print(_versions(), highlight=False)


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


def _aims(aims: list[Aim]) -> Table:
    table = Table(show_header=True, header_style="dim", box=None, pad_edge=True)
    table.add_column("", width=64)
    for column in ("aim", "measured", "met"):
        table.add_column(column, justify="right", no_wrap=True, min_width=12)
    for aim in aims:
        sign = "≥" if aim.is_least else "≤"
        bound, measured = (aim.form.format(value) for value in (aim.bound, aim.measured))
        table.add_row(aim.what, f"{sign} {bound}", measured, "yes" if aim.is_met else "NO")
    return table


def _shown(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _machine() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} x {models[0] if models else platform.machine()}, load {load:.1f}"


def _versions() -> str:
    parts = [
        f"Linux {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"paho-mqtt {version('paho-mqtt')}",
        *_mosquitto(),
    ]
    return ", ".join(parts)


def _mosquitto() -> list[str]:
    program = find_mosquitto()
    if program is None:
        return []
    said = subprocess.run([program, "-h"], capture_output=True, text=True, timeout=10, check=False)
    return [said.stdout.partition("\n")[0]]
