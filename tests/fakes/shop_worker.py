"""`python -m tests.fakes.shop_worker`: the shop's worker, quick to take over from a dead one.

Told everything by the environment, as the worker of `scent-cloud` is.
"""

import asyncio

from cloud.foundation.jobs.worker import WorkerSettings
from cloud.settings import load_settings
from cloud.worker import build_worker

_QUICK = WorkerSettings(polling_s=0.05, heartbeat_s=0.2, silent_s=1.0, tick_s=0.2, grace_s=1.0)

if __name__ == "__main__":
    asyncio.run(build_worker(load_settings(), worker_settings=_QUICK).run())
