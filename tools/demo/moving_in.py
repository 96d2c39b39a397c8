"""Furnishing the demo once it runs: bottles, a week, a rule, an account, a card.

Everything goes over the addresses that page and shop offer to anybody; nothing in hub or cloud
knows of a demo.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from tools.demo import household
from tools.demo.account import Account
from tools.demo.place import Place
from tools.json_api import JsonApi
from tools.processes import ToolError

EMAIL = "robin@demo.example"
_LOOK_EVERY_S = 0.3
_WITHIN_S = 60.0
_LOW_WITHIN_S = 300.0
T = TypeVar("T")


class _Ended(Exception):
    """The demo is being stopped."""


class MovingIn:
    """Furnishes beside the demo, in a thread of its own, telling how far it is."""

    def __init__(self, place: Place, *, token: str, link: str, say: Callable[[str], None]) -> None:
        self._hub = JsonApi(place.url("home"), token)
        self._shop = place.url("shop")
        self._link = link
        self._say = say
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="moving in", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Leave it as it is."""
        self._is_over.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        try:
            self._furnish()
            self._open_account()
            self._wait_for_refill()
        except _Ended:
            return
        except (ToolError, OSError) as error:
            if not self._is_over.is_set():
                self._say(f"the home could not be furnished to the end: {error}")

    def _furnish(self) -> None:
        ids = self._until(self._ids, _WITHIN_S, "The diffusers did not all appear.")
        for bottle in household.BOTTLES:
            self._hub.post(
                f"/api/v1/cartridges/{ids[bottle.room]}/1/fit",
                {
                    "sku": bottle.sku,
                    "scent_name": bottle.scent_name,
                    "capacity_ul": bottle.capacity_ul,
                    "remaining_ul": bottle.remaining_ul,
                },
            )
        zone = ZoneInfo(self._hub.get("/api/v1/household")["zone"])
        # The wall clock is what this is about: the demo begins now, whatever the hour.
        for window in household.week_from(datetime.fromtimestamp(_unix_now(), zone)):
            self._hub.post("/api/v1/schedules", household.schedule(window, ids[window.room]))
        self._hub.post("/api/v1/rules", household.rule(ids))
        self._say(f"{len(ids)} diffusers found; bottles, week and a rule are set")

    def _ids(self) -> dict[str, str] | None:
        known = {one["name"]: one["id"] for one in self._hub.get("/api/v1/diffusers")}
        return known if set(household.ROOMS) <= set(known) else None

    def _open_account(self) -> None:
        account = Account(self._shop, self._link)
        offer = self._hub.post("/api/v1/sync/pairing")["offer"]
        account.pair(offer["user_code"])
        self._until(self._is_paired, _WITHIN_S, "The hub did not hear that it is paired.")
        self._say("the home is paired with Robin's account")
        account.save_card(EMAIL)
        self._until(lambda: account.get("/api/v1/me/cards"), _WITHIN_S, "No card was saved.")
        self._say("Robin's account has a test card; the bathroom's bottle is next to run low")
        self._account = account

    def _is_paired(self) -> bool:
        return bool(self._hub.get("/api/v1/sync")["paired"])

    def _wait_for_refill(self) -> None:
        path = "/api/v1/me/reorders?only_proposals=true"
        found = self._until(lambda: self._account.get(path), _LOW_WITHIN_S, "Nothing ran low.")
        name = f"{found[0]['product_name']} {found[0]['variant_name']}"
        self._say(
            f"{found[0]['room']} runs low: a refill is proposed ({name}); order it with one tap"
        )

    def _until(self, look: Callable[[], T | None], within_s: float, otherwise: str) -> T:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if found := look():
                return found
            if self._is_over.wait(_LOOK_EVERY_S):
                raise _Ended
        raise ToolError(otherwise, "The logs say why.")


def _unix_now() -> float:
    return time.clock_gettime(time.CLOCK_REALTIME)
