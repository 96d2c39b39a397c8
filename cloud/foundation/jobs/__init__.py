"""Work that happens after the request: deferred in its transaction, done by the worker.

`queue` and `registry` are what features use; `worker` runs the work and is loaded by the worker
process alone.
"""

from cloud.foundation.jobs.queue import defer
from cloud.foundation.jobs.registry import JobRegistry, PeriodicRun, Retry

__all__ = ["JobRegistry", "PeriodicRun", "Retry", "defer"]
