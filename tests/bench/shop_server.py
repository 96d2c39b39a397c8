"""The shop as one process, as `scent-cloud serve` runs it, with a payment provider inside.

Run as `python -m tests.bench.shop_server PORT`; the settings stand in the environment.
"""

import sys
from typing import Any

import uvicorn

from cloud import migrations
from cloud.app import build_app
from cloud.foundation.garbage import keep_what_there_is
from cloud.foundation.logs import set_up_logs
from cloud.settings import load_settings
from tests.bench.swift_gateway import SwiftGateway


def main(port: int) -> None:
    """Serve until SIGTERM."""
    settings = load_settings()
    set_up_logs("WARNING")
    # It fulfils what a checkout asks for, which is all that is asked here.
    gateway: Any = SwiftGateway()
    app = build_app(settings, schema_head=migrations.head(), gateway=gateway)
    keep_what_there_is()
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
