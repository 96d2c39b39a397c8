"""Everything one pretend Stripe account holds: its objects, its events and how to look them up."""

import random
import re
import string
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.fakes.stripe.agenda import Agenda
from tests.fakes.stripe.failures import invalid, missing
from tests.fakes.stripe.params import Params

API_VERSION = "2026-10-28.endive"
_CHANCE = random.SystemRandom()
_ALPHABET = string.ascii_letters + string.digits
_CLAUSE = re.compile(
    r"""^\s*(?:metadata\[['"](?P<key>[^'"]+)['"]\]|(?P<field>\w+))\s*:\s*(?P<q>['"])(?P<wanted>[^'"]*)(?P=q)\s*$"""
)

StripeObject = dict[str, Any]


class Account:
    """Holds objects by id in the order of their making, and tells one listener of each event."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ahead_s = 0
        # The second of the act that is being done, which may lie behind the clock.
        self._acting_at: int | None = None
        self.agenda = Agenda()
        self.base_url = ""
        self.objects: dict[str, StripeObject] = {}
        # Facts the wire objects do not show: card numbers behind payment methods and the like.
        self.secrets: dict[str, dict[str, Any]] = {}
        self._by_kind: dict[str, dict[str, StripeObject]] = {}
        self.on_event: Callable[[StripeObject], None] = lambda _event: None

    def now(self) -> int:
        """Return the present as whole Unix seconds."""
        if self._acting_at is not None:
            return self._acting_at
        return int(self._now().timestamp()) + self._ahead_s

    def advance(self, seconds: int) -> None:
        """Let this account's clock run ahead of its maker's, and do what falls due on the way."""
        self._ahead_s += seconds
        self.tick()

    def tick(self) -> None:
        """Do what the agenda holds for the time that has passed, each act at its own second."""
        if self._acting_at is not None:
            return
        present = self.now()
        while (at := self.agenda.next_at()) is not None and at <= present:
            self._acting_at = at
            try:
                self.agenda.take()()
            finally:
                self._acting_at = None

    def add(self, prefix: str, kind: str, fields: StripeObject) -> StripeObject:
        """Store a new object under a fresh id and return it."""
        made: StripeObject = {
            "id": f"{prefix}_{fresh_token(24)}",
            "object": kind,
            "created": self.now(),
            "livemode": False,
            **fields,
        }
        self.objects[made["id"]] = made
        self._by_kind.setdefault(kind, {})[made["id"]] = made
        return made

    def remove(self, held: StripeObject) -> None:
        """Forget an object."""
        del self.objects[held["id"]]
        del self._by_kind[held["object"]][held["id"]]

    def get(self, kind: str, object_id: str, *, param: str = "id") -> StripeObject:
        """Return an object of this kind or answer 404."""
        found = self.objects.get(object_id)
        if found is None or found["object"] != kind:
            raise missing(kind, object_id, param=param)
        return found

    def all(self, kind: str) -> list[StripeObject]:
        """Return the objects of a kind, newest first."""
        return list(reversed(self._by_kind.get(kind, {}).values()))

    def emit(self, event_type: str, subject: StripeObject) -> None:
        """Record an event carrying a snapshot of the object and hand it to the listener."""
        event = self.add(
            "evt",
            "event",
            {
                "api_version": API_VERSION,
                "type": event_type,
                "data": {"object": snapshot(subject)},
                "pending_webhooks": 1,
                "request": {"id": None, "idempotency_key": None},
            },
        )
        self.on_event(event)

    def page(self, found: list[StripeObject], params: Params, url: str) -> StripeObject:
        """Return one page of a list, after or before the id asked for."""
        limit = params.integer("limit", at_least=1, at_most=100) or 10
        after = params.text("starting_after")
        before = params.text("ending_before")
        created = params.inner("created")
        earliest = created.integer("gte", at_most=2**62)
        if earliest is not None:
            found = [held for held in found if held["created"] >= earliest]
        ids = [held["id"] for held in found]
        if after is not None:
            found = found[_position(ids, after, "starting_after") + 1 :]
        if before is not None:
            found = found[: _position(ids, before, "ending_before")][-limit:]
        params.finish()
        return {
            "object": "list",
            "url": url,
            "has_more": len(found) > limit,
            "data": found[:limit],
        }

    def search(self, kind: str, params: Params, url: str) -> StripeObject:
        """Return the objects whose fields or metadata equal every clause joined by AND."""
        clauses = [_clause(text) for text in re.split(r"(?i)\sAND\s", params.required("query"))]
        limit = params.integer("limit", at_least=1, at_most=100) or 10
        params.text("page")
        params.finish()
        found = [
            held
            for held in self.all(kind)
            if all(_matches(held, key, wanted, in_metadata) for key, wanted, in_metadata in clauses)
        ]
        return {
            "object": "search_result",
            "url": url,
            "has_more": len(found) > limit,
            "next_page": None,
            "data": found[:limit],
        }

    def expanded(self, answer: StripeObject, paths: list[str]) -> StripeObject:
        """Return a copy in which the ids at these dotted paths are replaced by their objects."""
        copy: StripeObject = snapshot(answer)
        for path in paths:
            self._expand(copy, path.split("."))
        return copy

    def _expand(self, node: Any, path: list[str]) -> None:
        if isinstance(node, list):
            for entry in node:
                self._expand(entry, path)
            return
        if not isinstance(node, dict) or not path:
            return
        name = path[0]
        if name not in node:
            raise invalid(f"This property cannot be expanded ({name}).", param="expand")
        held = node[name]
        if isinstance(held, str) and held in self.objects:
            node[name] = snapshot(self.objects[held])
        self._expand(node[name], path[1:])


def fresh_token(length: int) -> str:
    """Return random letters and digits, as ids and client secrets carry."""
    return "".join(_CHANCE.choices(_ALPHABET, k=length))


def snapshot(node: Any) -> Any:
    """Return a deep copy of plain JSON values."""
    if isinstance(node, dict):
        return {key: snapshot(child) for key, child in node.items()}
    if isinstance(node, list):
        return [snapshot(child) for child in node]
    return node


def merged_metadata(held: dict[str, str], given: dict[str, Any]) -> dict[str, str]:
    """Return metadata after an update: new keys set, keys sent empty removed."""
    merged = {**held, **{key: str(text) for key, text in given.items()}}
    if len(merged) > 50:
        raise invalid("Metadata can have at most 50 keys.", param="metadata")
    return {key: text for key, text in merged.items() if text != ""}


def _position(ids: list[str], object_id: str, param: str) -> int:
    if object_id not in ids:
        raise missing("object", object_id, param=param)
    return ids.index(object_id)


def _clause(text: str) -> tuple[str, str, bool]:
    match = _CLAUSE.match(text)
    if match is None:
        raise invalid(f"We were unable to parse your search query: {text}", param="query")
    key = match["key"]
    return (key or match["field"], match["wanted"], key is not None)


def _matches(held: StripeObject, key: str, wanted: str, in_metadata: bool) -> bool:
    source = held.get("metadata", {}) if in_metadata else held
    return str(source.get(key, "")) == wanted
