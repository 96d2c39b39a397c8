"""A small dialect that announces in every way the port knows, for the tests of finding.

`parts/<group>/<what>`: `name` and `steps` together make a device, `ask` makes one ask; `any/<what>`
says the same with the group before the value, so that only its text tells the group, and
`any/again` counts also where it says the same again; `report/<what>` says it in reports; `list/all`
names the devices of the bridge `list`, `list/one/<id>` announces one of them. On `says/<id>`
`online`, `offline` and `unknown` are said of the bridge, all else is something extra.
"""

from collections.abc import Mapping
from datetime import datetime

from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, Capabilities, Diffuser
from scentd.model.readings import (
    Ask,
    AvailabilityRead,
    Children,
    Discovery,
    ExtraRead,
    Found,
    Piece,
    Reading,
)
from scentd.ports import DiffuserDialect, Malformed, Publish


class PartsDialect(DiffuserDialect):
    """`assembled` are the groups that were put together, `order` the last one's parts, in order."""

    def __init__(self) -> None:
        self.assembled: list[str] = []
        self.order: list[str] = []

    @property
    def name(self) -> str:
        return "parts"

    def discovery_filters(self) -> tuple[str, ...]:
        return ("parts/+/+", "any/+", "report/+", "list/#")

    def discovery_asks(self) -> tuple[Publish, ...]:
        return (Publish("who/is/there", b"?"),)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        levels = topic.split("/")
        if topic == "list/all":
            ids = (f"parts-{name}" for name in payload.decode().split())
            return (Children("list", frozenset(ids)),)
        if levels[0] == "any":
            again = levels[1] == "again"
            return (Piece(payload.decode().split()[0], counts_again=again),) if payload else ()
        if levels[0] == "report":
            return (Piece(payload.decode().split()[0], announces=False),)
        if levels[0] == "list":
            return (Found(self._device(levels[2], levels[2], "list")),)
        if levels[2] == "ask":
            return (Ask(f"tell/{levels[1]}", b"?"),)
        return (Piece(levels[1]),)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        self.assembled.append(group)
        self.order = list(pieces)
        if group == "bug":
            raise RuntimeError("a bug of somebody else")
        told = {topic.split("/")[-1]: text.split()[-1] for topic, text in pieces.items()}
        name, steps = told.get("name"), told.get("steps")
        if name is None or steps is None:
            return ()
        if not steps.isdigit():
            raise Malformed(f"parts/{group}/steps", "it is no number")
        return (Found(self._device(group, name.decode(), "", int(steps))),)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return (f"says/{diffuser.id}",)

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return (f"do/{diffuser.id}",)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        word = payload.decode()
        if word in set(Availability):
            return (AvailabilityRead(Availability(word), "bridge"),)
        return (ExtraRead("said", word),)

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        return (Publish(f"tell/{diffuser.id}", b"?"),) if wish.refresh else ()

    def _device(self, name: str, title: str, bridge: str, steps: int = 1) -> Diffuser:
        can = Capabilities(steps=tuple(range(1, steps + 1)), rate_ul_per_h=(1,) * steps)
        return Diffuser(f"parts-{name}", "parts", f"do/{name}", title, can, bridge=bridge)
