"""What running processes cost, read from /proc; Linux only."""

import os
from dataclasses import dataclass
from pathlib import Path

_NS = 1_000_000_000
_MB = 1_000_000


def cpu_s(pid: int) -> float:
    """Return the seconds of CPU that a process, all its threads together, has used so far."""
    # schedstat counts nanoseconds where /proc/<pid>/stat counts hundredths of a second.
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((thread / "schedstat").read_text().split()[0])
        except FileNotFoundError:
            continue  # the thread has just ended
    return total / _NS


def resident_mb(pid: int) -> float:
    """Return the memory of a process that is in RAM, in millions of bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def written_bytes(pid: int) -> int:
    """Return how much a process has caused to be written to disks so far."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


def children_of(pid: int) -> tuple[int, ...]:
    """Return the processes that this one started and that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(entry) == pid:
            found.append(int(entry.name))
    return tuple(found)


@dataclass(frozen=True)
class Stretch:
    """A measured stretch of time: how long it was and how much CPU the process used in it."""

    seconds: float
    cpu_s: float

    @property
    def share(self) -> float:
        """The part of one core that was used."""
        return self.cpu_s / self.seconds


def _parent(process: Path) -> int | None:
    try:
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(after_name[1])
