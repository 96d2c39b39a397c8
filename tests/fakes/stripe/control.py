"""The control page for tests and the demo: switches, faults, release, resend."""

import dataclasses
from typing import Any

from aiohttp import web

from tests.fakes.stripe import disputes
from tests.fakes.stripe.account import Account
from tests.fakes.stripe.failures import ApiFailure
from tests.fakes.stripe.faults import KINDS, Fault, Faults
from tests.fakes.stripe.webhooks import Switches, Webhooks

_SWITCHES = {field.name for field in dataclasses.fields(Switches)}
_FAULT_FIELDS = {field.name for field in dataclasses.fields(Fault)}


class Control:
    """JSON calls under `/control/` that steer the stand-in from outside its process."""

    def __init__(self, account: Account, webhooks: Webhooks, faults: Faults) -> None:
        self._account = account
        self._webhooks = webhooks
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of the control calls."""
        return [
            web.get("/health", self.health),
            web.get("/control/state", self.state),
            web.post("/control/webhooks", self.set_switches),
            web.post("/control/settle", self.settle),
            web.post("/control/secret", self.rotate),
            web.post("/control/resend", self.resend),
            web.post("/control/faults", self.order_fault),
            web.delete("/control/faults", self.clear_faults),
            web.post("/control/clock", self.advance),
            web.post("/control/disputes", self.open_dispute),
            web.post("/control/disputes/{id}", self.decide),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        """Say that the server answers."""
        return web.json_response({"status": "ok"})

    async def state(self, _request: web.Request) -> web.Response:
        """Return the switches, the tally and how many objects of each kind there are."""
        kinds: dict[str, int] = {}
        for held in self._account.objects.values():
            kinds[held["object"]] = kinds.get(held["object"], 0) + 1
        return web.json_response(
            {
                "switches": dataclasses.asdict(self._webhooks.switches),
                "tally": dataclasses.asdict(self._webhooks.tally),
                "faults": [dataclasses.asdict(fault) for fault in self._faults.pending],
                "objects": kinds,
            }
        )

    async def set_switches(self, request: web.Request) -> web.Response:
        """Turn webhook switches: any fields of `Switches`, as JSON."""
        changes = await _fields(request, _SWITCHES)
        self._webhooks.set(**changes)
        return await self.state(request)

    async def settle(self, request: web.Request) -> web.Response:
        """Deliver everything now and answer when nothing is under way."""
        await self._webhooks.settle()
        return await self.state(request)

    async def rotate(self, request: web.Request) -> web.Response:
        """Sign with another `secret`, beside the old one unless `keep_old` is false."""
        fields = await _fields(request, {"secret", "keep_old"})
        if not isinstance(fields.get("secret"), str):
            raise web.HTTPBadRequest(text="secret must be a text")
        self._webhooks.rotate(fields["secret"], keep_old=bool(fields.get("keep_old", True)))
        return await self.state(request)

    async def resend(self, request: web.Request) -> web.Response:
        """Deliver again: one event by id, or all of them when `id` is absent."""
        fields = await _fields(request, {"id"})
        events = [
            event
            for event in reversed(self._account.all("event"))
            if fields.get("id") in (None, event["id"])
        ]
        for event in events:
            self._webhooks.resend(event)
        return web.json_response({"resent": len(events)})

    async def order_fault(self, request: web.Request) -> web.Response:
        """Order a fault: the fields of `Fault`, as JSON."""
        fields = await _fields(request, _FAULT_FIELDS)
        if fields.get("kind") not in KINDS:
            raise web.HTTPBadRequest(text=f"kind must be one of {', '.join(KINDS)}")
        self._faults.order(Fault(**fields))
        return await self.state(request)

    async def advance(self, request: web.Request) -> web.Response:
        """Let the account's clock run ahead by `seconds`, and do what falls due."""
        fields = await _fields(request, {"seconds"})
        self._account.advance(int(fields.get("seconds", 0)))
        return await self.state(request)

    async def open_dispute(self, request: web.Request) -> web.Response:
        """Let the cardholder of a `charge` dispute it, for a `reason`, at first as an inquiry."""
        fields = await _fields(request, {"charge", "reason", "is_inquiry", "amount"})
        try:
            charge = self._account.get("charge", str(fields.pop("charge", "")))
            return web.json_response(disputes.open_dispute(self._account, charge, **fields))
        except ApiFailure as failure:
            raise web.HTTPBadRequest(text=str(failure)) from None

    async def decide(self, request: web.Request) -> web.Response:
        """Let the bank decide a dispute: `outcome` is won, lost or warning_closed."""
        fields = await _fields(request, {"outcome"})
        try:
            dispute = self._account.get("dispute", request.match_info["id"])
            disputes.decide(self._account, dispute, str(fields.get("outcome")))
        except ApiFailure as failure:
            raise web.HTTPBadRequest(text=str(failure)) from None
        return web.json_response(dispute)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Forget the faults that have not happened."""
        self._faults.clear()
        return await self.state(request)


async def _fields(request: web.Request, known: set[str]) -> dict[str, Any]:
    given: dict[str, Any] = await request.json() if request.can_read_body else {}
    unknown = sorted(set(given) - known)
    if unknown:
        raise web.HTTPBadRequest(text=f"unknown: {', '.join(unknown)}; known: {sorted(known)}")
    return given
