"""The two long-running commands."""

import asyncio
import signal
from typing import Annotated

import typer
import uvicorn
import uvloop

from cloud import migrations
from cloud.app import build_app
from cloud.cli.ports import listen
from cloud.foundation.garbage import keep_what_there_is
from cloud.foundation.logs import set_up_logs
from cloud.settings import CloudSettings, load_settings
from cloud.worker import CloudWorker, build_worker

# A person who pressed Ctrl-C waits; a request that takes longer is cut off.
_GRACE_S = 2

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")]


def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Answer the shop, the staff pages, the API and the hubs until SIGTERM or Ctrl-C."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    listener = listen(host, port)
    typer.echo(f"Listening on http://{host}:{listener.getsockname()[1]}")
    try:
        _server(settings).run(sockets=[listener])
    except KeyboardInterrupt:
        typer.echo("Stopped.")


def worker() -> None:
    """Do the background work until SIGTERM or Ctrl-C."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(build_worker(settings)))


def _server(settings: CloudSettings) -> uvicorn.Server:
    app = build_app(settings, schema_head=migrations.head())
    keep_what_there_is()
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            # A poke is a dozen bytes; a compressor per idle socket would be 60 kB.
            ws_per_message_deflate=False,
            # The application logs each request itself, without the secrets of its path.
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=_GRACE_S,
        )
    )


async def _work(cloud_worker: CloudWorker) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, cloud_worker.stop)
    typer.echo("Working.")
    await cloud_worker.run()
