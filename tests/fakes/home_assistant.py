"""A real Home Assistant, headless on a loopback port, set up over HTTP as a person would."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from tools.ports import HOST, accepts_connections, free_port
from tools.processes import end, last_lines, spawn, wait_until

T = TypeVar("T")

_STARTS_WITHIN_S = 300.0
"""The first start installs what its integrations need."""
_STOPS_WITHIN_S = 60.0
_LOOKS_EVERY_S = 0.1

_CONFIGURATION = """\
homeassistant:
  name: Test
  unit_system: metric
http:
  server_host: {host}
  server_port: {port}
api:
config:
websocket_api:
onboarding:
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: info
"""


class HomeAssistant:
    """One Home Assistant; `program` is its `hass`, `folder` what it keeps."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._token = ""
        text = _CONFIGURATION.format(host=HOST, port=self._port)
        (folder / "configuration.yaml").write_text(text)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    @property
    def log(self) -> Path:
        return self._folder / "hass.log"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = spawn(
            [str(self._program), "--config", str(self._folder)],
            log=self.log,
            folder=self._folder,
            environment={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        is_up = wait_until(lambda: accepts_connections(self._port), self._process, _STARTS_WITHIN_S)
        assert is_up, last_lines(self.log, 30)

    def stop(self) -> None:
        """Stop it as a restart would; what it keeps stays."""
        if self._process is not None:
            end(self._process, signal.SIGTERM, _STOPS_WITHIN_S)
            self._process = None

    async def move_in(self, *, broker_port: int) -> None:
        """Make the first user, and tell it of the broker; once is enough."""
        if self._token:
            return
        user = {
            "client_id": f"{self.url}/",
            "name": "Ada",
            "username": "ada",
            "password": "ada-ada-ada",
            "language": "en",
        }
        made = await self._call("POST", "/api/onboarding/users", json=user)
        grant = {
            "grant_type": "authorization_code",
            "code": made["auth_code"],
            "client_id": f"{self.url}/",
        }
        token = await self._call("POST", "/auth/token", data=grant)
        self._token = token["access_token"]
        flows = "/api/config/config_entries/flow"
        flow = await self._call("POST", flows, json={"handler": "mqtt"})
        where = {"broker": HOST, "port": broker_port}
        done = await self._call("POST", f"{flows}/{flow['flow_id']}", json=where)
        assert done["type"] == "create_entry", done

    async def states(self) -> dict[str, dict[str, Any]]:
        """Give every entity's state, by its id."""
        return {one["entity_id"]: one for one in await self._call("GET", "/api/states")}

    async def call(self, service: str, **data: Any) -> None:
        """Call a service such as `fan.turn_on`."""
        domain, _, name = service.partition(".")
        await self._call("POST", f"/api/services/{domain}/{name}", json=data)

    async def entities(self) -> dict[str, dict[str, Any]]:
        """Give the registered entities, by their unique id."""
        found = await self._ask("config/entity_registry/list")
        return {one["unique_id"]: one for one in found}

    async def devices(self) -> dict[str, dict[str, Any]]:
        """Give the registered devices of MQTT, by their identifier."""
        found = await self._ask("config/device_registry/list")
        return {key: one for one in found for kind, key in one["identifiers"] if kind == "mqtt"}

    async def until(self, look: Callable[[], Awaitable[T]], *, within_s: float = 30.0) -> T:
        """Look until the answer is true, and give it; fail with Home Assistant's own words."""
        found = await look()
        try:
            async with asyncio.timeout(within_s):
                while not found:
                    await asyncio.sleep(_LOOKS_EVERY_S)  # noqa: TID251 - until the deadline
                    found = await look()
        except TimeoutError:
            raise AssertionError(last_lines(self.log, 30)) from None
        return found

    async def shows(self, entity_id: str, state: str, *, within_s: float = 30.0) -> dict[str, Any]:
        """Wait until an entity has that state, and give its attributes."""

        async def look() -> dict[str, Any] | None:
            one = (await self.states()).get(entity_id)
            return one if one is not None and one["state"] == state else None

        found = await self.until(look, within_s=within_s)
        return found["attributes"] if found else {}

    def complaints(self) -> list[str]:
        """Give what its log says against messages of MQTT."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [
            line
            for line in lines
            if "components.mqtt" in line and (" WARNING " in line or " ERROR " in line)
        ]

    async def _ask(self, kind: str) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.url}/api/websocket") as socket,
        ):
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": kind})
            answer = await socket.receive_json()
        assert answer["success"], answer
        return answer["result"]

    async def _call(self, method: str, path: str, **body: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with (
            aiohttp.ClientSession(self.url, headers=headers) as session,
            session.request(method, path, **body) as answer,
        ):
            assert answer.status < 300, (path, answer.status, await answer.text())
            return await answer.json()
