"""The shop on a loopback port, for a real browser."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from cloud.settings import CloudSettings
from tests.cloud.storefront.browser.walk import walk
from tests.fakes.waiting import eventually

__all__ = ["walk"]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A free port, taken before the application must know its own address."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken


@pytest.fixture
def settings(settings: CloudSettings, listener: socket.socket) -> CloudSettings:
    """The application's settings, with the address that a browser finds it at."""
    public_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return settings.model_copy(update={"public_url": public_url})


@pytest.fixture
async def shop_url(
    app: FastAPI, settings: CloudSettings, listener: socket.socket
) -> AsyncIterator[str]:
    """Where the shop answers."""
    server = uvicorn.Server(
        uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve([listener]))
    await eventually(lambda: server.started)
    yield settings.public_url
    server.should_exit = True
    await serving
