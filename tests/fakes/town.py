"""A little town of real processes: a home, its shop, and what both stand on.

Every process can be taken away, killed and brought back at the same address.
"""

import asyncio
import dataclasses
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tools.demo.account import Account
from tools.demo.place import PREFERRED_PORTS, ROOT, Place
from tools.demo.programs import (
    SCENT_CLOUD,
    SCENTD,
    as_toml,
    cloud_environment,
    home_programs,
    hub_settings,
    shop_programs,
    stand_ins,
)
from tools.json_api import JsonApi, Refused
from tools.ports import free_ports
from tools.processes import last_lines
from tools.supervision import Program, Supervisor

T = TypeVar("T")

SHOP = ("mailbox", "payments", "shop", "worker")
HOME = ("home", "diffusers")
OIL_SPEED = 400
"""The bathroom's bottle runs low within half a minute, and is empty minutes later."""

_LOOK_EVERY_S = 0.05
_COMMAND_WITHIN_S = 60.0
_LINES_SHOWN = 40


class Town:
    """One home and one shop, on ports and in a folder of their own.

    `hub` and `cloud` change single settings of the demo's; `hub_environment` is added to the
    hub's own. `database_url` "" is a town without a shop.
    """

    def __init__(
        self,
        folder: Path,
        *,
        broker_port: int,
        database_url: str = "",
        hub: Mapping[str, object] | None = None,
        cloud: Mapping[str, str] | None = None,
        hub_environment: Mapping[str, str] | None = None,
    ) -> None:
        smtp_port, *ports = free_ports(1 + len(PREFERRED_PORTS))
        self.place = Place(
            folder,
            dict(zip(PREFERRED_PORTS, ports, strict=True)),
            smtp_port=smtp_port,
            broker_port=broker_port,
            database_url=database_url,
        )
        self._cloud = {**cloud_environment(self.place), **(cloud or {})}
        self._hub_environment = dict(hub_environment or {})
        without_cloud = {} if database_url else {"sync.cloud_url": None}
        settings = {**hub_settings(self.place), **without_cloud, **(hub or {})}
        self.place.hub_file.write_text(
            as_toml({key: value for key, value in settings.items() if value is not None})
        )
        self._programs = {program.name: program for program in self._table()}
        self._supervisor = Supervisor(
            tuple(self._programs.values()), logs=folder, folder=ROOT, say=lambda _: None
        )

    def _table(self) -> list[Program]:
        # Nobody signs in by a link here.
        ready_made = ("keys", "key")
        table = (
            *stand_ins(self.place, oil_speed=OIL_SPEED),
            *shop_programs(self.place),
            *home_programs(self.place),
        )
        return [
            dataclasses.replace(
                program,
                after=tuple(name for name in program.after if name not in ready_made),
                environment={
                    name: self._cloud.get(name, value)
                    for name, value in program.environment.items()
                }
                | (self._hub_environment if program.name == "home" else {}),
            )
            for program in table
            if program.name not in ready_made
        ]

    def set_up_shop(self, catalogue: Path) -> None:
        """Give an empty database its tables, goods and people."""
        self._run(SCENT_CLOUD, "migrate", environment=self._cloud)
        self._run(SCENT_CLOUD, "seed", "--catalogue", str(catalogue), environment=self._cloud)

    def start(self, *names: str) -> None:
        """Start these programs and return when they are ready."""
        self._supervisor.start(*names)

    def end(self, *names: str) -> None:
        """Ask programs to end, one after the other, and wait until they have."""
        for name in names:
            self._supervisor.end(name)

    def end_code(self, name: str, within_s: float) -> int:
        """Ask a program to end, and return its exit code; a killed one's is negative."""
        return self._supervisor.end(name, within_s=within_s)

    def kill(self, name: str) -> None:
        """End a program as a power cut would."""
        self._supervisor.end(name, signal.SIGKILL)

    def close(self) -> None:
        """End everything, and show the ends of all logs, which pytest keeps for failures."""
        self._supervisor.stop()
        for log in sorted(self.place.folder.glob("*.log")):
            print(f"--- {log.name}\n{last_lines(log, _LINES_SHOWN)}")

    def pid(self, name: str) -> int:
        return self._supervisor.pid(name)

    def log(self, name: str) -> str:
        return self._supervisor.log(name).read_text(errors="replace")

    def hub(self) -> JsonApi:
        """Return a way into the hub that may do everything."""
        scopes = [word for scope in ("read", "control", "configure") for word in ("--scope", scope)]
        words = self._scentd("token", "create", "test", *scopes)
        return JsonApi(self.place.url("home"), words.split()[-1])

    def welcome_link(self) -> str:
        """Return a one-time link into the hub's page."""
        return self._scentd("token", "link").split()[-1]

    def customer(self) -> Account:
        """Return the signed-in account of the demo's customer."""
        return Account(self.place.url("shop"), self.link("customer-link"))

    def link(self, command: str) -> str:
        """Return a one-time link into the shop."""
        return self._run(SCENT_CLOUD, command, environment=self._cloud).split()[-1]

    def payments(self) -> JsonApi:
        """Return the API of the stand-in for Stripe."""
        return JsonApi(self.place.url("pay"), self._cloud["SCENT_STRIPE_SECRET_KEY"])

    def _scentd(self, *words: str) -> str:
        return self._run(SCENTD, *words, "--config", str(self.place.hub_file))

    def _run(self, *command: str, environment: Mapping[str, str] | None = None) -> str:
        finished = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_COMMAND_WITHIN_S,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


async def until(look: Callable[[], T], *, within_s: float = 30.0) -> T:
    """Look, in a thread, until something true is seen, and return it.

    Nobody answering, and an answer that is a refusal, mean "not yet". After the deadline the test
    fails with what was seen last.
    """
    seen: Any = None
    try:
        async with asyncio.timeout(within_s):
            while True:
                try:
                    seen = await asyncio.to_thread(look)
                except (OSError, Refused) as error:
                    seen = error
                else:
                    if seen:
                        return seen
                await asyncio.sleep(_LOOK_EVERY_S)  # noqa: TID251 - looks until the deadline
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s; last seen: {seen!r}") from None


def ids_by_name(hub: JsonApi) -> dict[str, str]:
    """Return the ids of the diffusers the hub knows."""
    return {one["name"]: one["id"] for one in hub.get("/api/v1/diffusers")}


def all_day(diffuser_id: str, percent: int) -> dict[str, object]:
    """Return a schedule that never ends."""
    entry = {
        "id": "1",
        "start": "00:00",
        "end": "00:00",
        "days": list(range(7)),
        "intensity_percent": percent,
    }
    return {"name": "All day", "diffuser_id": diffuser_id, "entries": [entry]}
