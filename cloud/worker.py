"""The worker process, built from its parts."""

from dataclasses import dataclass

from cloud.composition import Parts, build_parts, register_jobs
from cloud.foundation.clock import Clock, SystemClock
from cloud.foundation.jobs import JobRegistry
from cloud.foundation.jobs.worker import Worker, WorkerSettings
from cloud.settings import CloudSettings


@dataclass(frozen=True, slots=True)
class CloudWorker:
    """The worker and the parts it works with."""

    worker: Worker
    parts: Parts

    async def run(self, *, until_empty: bool = False) -> None:
        """Do background work until `stop`, or until none is due; then close all connections."""
        try:
            await self.worker.run(until_empty=until_empty)
        finally:
            await self.parts.close()

    def stop(self) -> None:
        """Ask the worker to finish what it runs and return."""
        self.worker.stop()


def build_worker(
    settings: CloudSettings,
    *,
    clock: Clock | None = None,
    worker_settings: WorkerSettings | None = None,
) -> CloudWorker:
    """Return the worker with the jobs of every feature; it connects when it runs."""
    parts = build_parts(settings, clock or SystemClock(), name="scent-cloud-worker")
    registry = JobRegistry()
    register_jobs(registry, parts)
    worker = Worker(
        settings.database_url.get_secret_value(),
        parts.database,
        registry,
        parts.clock,
        worker_settings,
    )
    return CloudWorker(worker, parts)
