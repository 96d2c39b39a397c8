"""The explicit list of jobs: a name, the handler that does it, and how it is retried.

A feature's `jobs.py` offers `register(jobs, ...)`, which a composition root calls with the ports
that the handlers need. Names are `<feature>.<verb>` and stand in the database: never rename one
while a job of the old name may wait.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

# With a session and the deferred arguments, all by keyword.
UnitHandler = Callable[..., Awaitable[None]]
# With the Database and the deferred arguments.
StagedHandler = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failing job is tried again, and how long apart.

    The n-th pause is `first` times two to the n, never above `longest`. The default gives up
    after about nine hours; the job then stands as failed for a person to see.
    """

    attempts: int = 15
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(hours=1)

    def pause_after(self, attempts: int) -> timedelta | None:
        """Return the pause before the next try after `attempts` failures; None to give up."""
        if attempts >= self.attempts:
            return None
        doubled: int = 2 ** min(attempts, 30)
        return min(self.longest, self.first * doubled)


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of job."""

    name: str
    handler: Callable[..., Awaitable[None]]
    is_staged: bool
    retry: Retry


@dataclass(frozen=True, slots=True)
class PeriodicRun:
    """One run of a periodic job: do everything that became due in `since` < due <= `now`.

    `since` is the moment the last run succeeded, None for the first one ever. Runs are level
    triggered: after an outage of an hour there is one run, with an hour between the two.
    """

    now: datetime
    since: datetime | None


PeriodicHandler = Callable[[Any, PeriodicRun], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job that is due again `every` after its last success."""

    name: str
    every: timedelta
    handler: PeriodicHandler


@dataclass
class JobRegistry:
    """Collects the jobs of all features; each name once, else ValueError."""

    _tasks: dict[str, Task] = field(default_factory=dict)
    _periodic: dict[str, Periodic] = field(default_factory=dict)

    def on(self, name: str, handler: UnitHandler, *, retry: Retry | None = None) -> None:
        """Do jobs of a name with `await handler(session, **args)` in one unit of work.

        The handler may run again after it succeeded (the worker was killed before it could say
        so): everything it does must bear that.
        """
        self._add(Task(name, handler, is_staged=False, retry=retry or Retry()))

    def on_in_stages(
        self, name: str, handler: StagedHandler, *, retry: Retry | None = None
    ) -> None:
        """Do jobs of a name with `await handler(database, **args)`.

        For work that must commit before and after it talks to somebody else: the handler opens
        its own units of work, and resumes wherever a killed predecessor stopped.
        """
        self._add(Task(name, handler, is_staged=True, retry=retry or Retry()))

    def every(self, interval: timedelta, name: str, handler: PeriodicHandler) -> None:
        """Run `await handler(session, PeriodicRun)` when `interval` passed since its success.

        Across all workers one run at a time. The success is stored in the handler's own unit of
        work, so a failed or killed run is due again at once.
        """
        self._refuse_twice(name)
        self._periodic[name] = Periodic(name, interval, handler)

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Return the jobs by name."""
        return MappingProxyType(self._tasks)

    @property
    def periodic(self) -> Mapping[str, Periodic]:
        """Return the periodic jobs by name."""
        return MappingProxyType(self._periodic)

    def _add(self, task: Task) -> None:
        self._refuse_twice(task.name)
        self._tasks[task.name] = task

    def _refuse_twice(self, name: str) -> None:
        if name in self._tasks or name in self._periodic:
            raise ValueError(f"two jobs are called {name!r}")
