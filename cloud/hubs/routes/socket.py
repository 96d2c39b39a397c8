"""The socket on which a hub waits to be poked."""

import asyncio
import json

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.errors import CloudError
from cloud.foundation.secrets import digest
from cloud.hubs.repository import households
from cloud.hubs.routes.bearer import bearer_token
from cloud.hubs.service import sessions
from cloud.hubs.service.poke_board import Listener, PokeBoard
from scentd.contracts.sync import ByeV1, PokeV1

_REFUSED = 1008
_CLOSE_CODES = {"replaced": 4409, "revoked": 4401}
_SEND_WITHIN_S = 5.0


def hub_socket(database: Database, board: PokeBoard, clock: Clock) -> WebSocketRoute:
    """Return the route of the socket: messages go down only, as scentd.contracts.sync has them.

    The token stands in the Authorization header of the upgrade, never in the address.
    """

    async def wait_for_news(socket: WebSocket) -> None:
        try:
            listener = await _admit(socket, database, clock)
        except CloudError as error:
            # Before the accept this is answered as HTTP 403; the code tells the hub why.
            await socket.close(_REFUSED, error.code)
            return
        await socket.accept()
        board.add(listener)
        try:
            await listener.send(PokeV1(v=listener.version))
            while True:
                await socket.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            board.remove(listener)

    return WebSocketRoute("/v1/hubs/{hub_id:int}/socket", wait_for_news, name="hub_socket")


async def _admit(socket: WebSocket, database: Database, clock: Clock) -> Listener:
    token = bearer_token(socket.headers)
    hub_id: int = socket.path_params["hub_id"]
    async with database.reading() as connection:
        key = await sessions.authenticate(connection, hub_id, token, clock.now())
        standing = await households.standing(connection, key.household_id)

    async def send(message: PokeV1 | ByeV1) -> None:
        async with asyncio.timeout(_SEND_WITHIN_S):
            await socket.send_text(json.dumps(message.model_dump(mode="json")))
            if isinstance(message, ByeV1):
                await socket.close(_CLOSE_CODES.get(message.code, 1000))

    return Listener(key, digest(token), standing.version, send)
