"""Where Shelly devices speak, and where they answer us.

A device answers an RPC on `<src>/rpc`, whatever `src` the question names. Each question has a
`src` of its own, so that the topic of an answer says what was asked of whom.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from scentd.model.readings import Ask

OURS = "scent/shelly"
WHO, CONFIG, STATUS = "who", "config", "status"
_METHODS = {WHO: "Shelly.GetDeviceInfo", CONFIG: "Shelly.GetConfig", STATUS: "Shelly.GetStatus"}
_DEPTHS = ("+", "+/+", "+/+/+")
"""A prefix may be anything a person types; more than three levels nobody has."""
_PREFIX = r"(?P<prefix>[^+#\0]{1,300}?)"
_ANSWER = re.compile(rf"{OURS}/(?P<what>{WHO}|{CONFIG}|{STATUS})/{_PREFIX}/rpc")
_SAID = re.compile(rf"{_PREFIX}/(?P<what>online|announce|status|events/rpc)")
ANNOUNCE = Ask("shellies/command", b"announce", 1)
"""Every device whose control is on answers this with what it is."""
EVERYBODY = "shellies/announce"
"""Where devices with a script for it, and those of Gen1, answer all on one topic."""


@dataclass(frozen=True, slots=True)
class Place:
    """A topic taken apart: which device's, and what it holds there."""

    prefix: str
    what: str
    is_answer: bool


def filters() -> tuple[str, ...]:
    """Give the filters of all by which a device makes itself known."""
    said = ("online", "announce", "status", "events/rpc")
    return (
        *(f"{depth}/{what}" for what in said for depth in _DEPTHS),
        *(f"{OURS}/{what}/#" for what in _METHODS),
    )


def place_of(topic: str) -> Place | None:
    """Take a topic apart; None when no device of this kind speaks there."""
    if (parts := _ANSWER.fullmatch(topic)) is not None:
        return Place(parts["prefix"], parts["what"], is_answer=True)
    if topic.startswith(f"{OURS}/") or (parts := _SAID.fullmatch(topic)) is None:
        return None
    return Place(parts["prefix"], parts["what"], is_answer=False)


def answer_topic(what: str, prefix: str) -> str:
    """Give where the device of that prefix answers that question."""
    return f"{OURS}/{what}/{prefix}/rpc"


def questions(prefix: str, bare: bytes = b"announce") -> tuple[Ask, ...]:
    """Give all that must be asked to know a device: who it is, how it is set, how it is.

    The last is the same as a bare command, for one that takes no RPC: `announce` is answered with
    who it is, `status_update` with how it is.
    """
    asks = (
        Ask(f"{prefix}/rpc", request(f"{OURS}/{what}/{prefix}", what, method), 1)
        for what, method in _METHODS.items()
    )
    return (*asks, Ask(f"{prefix}/command", bare, 1))


def request(
    source: str, request_id: str, method: str, parameters: Mapping[str, object] | None = None
) -> bytes:
    """Write a question or a command; the answer comes on `<source>/rpc` and repeats the id."""
    body: dict[str, object] = {"id": request_id, "src": source, "method": method}
    if parameters is not None:
        body["params"] = dict(parameters)
    return json.dumps(body, separators=(",", ":")).encode()
