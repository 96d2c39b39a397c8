"""What a hub sends, as msgspec reads it: the same shapes as scentd.contracts, decoded faster.

Bounds are those of the tables, so that nothing that passes here can be refused there.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from scentd.contracts.sync import MAX_BATCH_BYTES, MAX_EVENTS

Id = Annotated[str, Meta(min_length=1, max_length=120)]
InstallId = Annotated[str, Meta(min_length=8, max_length=64)]
Sku = Annotated[str, Meta(max_length=64)]
ShortText = Annotated[str, Meta(max_length=120)]
Microlitres = Annotated[int, Meta(ge=0, le=10**12)]
Capacity = Annotated[int, Meta(gt=0, le=10**12)]
Moment = Annotated[datetime, Meta(tz=True)]
Milliseconds = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class Header(Struct):
    """The first line of a batch."""

    first: Annotated[int, Meta(ge=1, le=2**62)]
    prev_chain: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    boot: Annotated[str, Meta(max_length=64)]
    mono_ms: Milliseconds
    at_ms: Milliseconds
    clock_ok: bool


class Line(Struct, rename={"importance": "class", "version": "v"}):
    """One event around its body, which is read by kind."""

    kind: Annotated[str, Meta(min_length=1, max_length=80)]
    version: Annotated[int, Meta(ge=0, le=30_000)]
    at_ms: Milliseconds
    mono_ms: Milliseconds
    boot: Annotated[str, Meta(max_length=64)]
    clock_ok: bool
    body: msgspec.Raw
    importance: Annotated[str, Meta(max_length=40)] = ""


class SlotName(Struct, rename={"number": "slot_no"}):
    """Which slot of which device, and what people call it."""

    diffuser_id: Id
    number: Annotated[int, Meta(ge=1, le=16)] = 1
    diffuser_name: ShortText = ""
    room: ShortText = ""


class Level(Struct):
    """How much is left."""

    remaining_ul: Microlitres
    capacity_ul: Capacity
    error_ul: Microlitres
    quality: Literal["measured", "device_estimate", "hub_estimate", "inferred"]
    at: Moment


class RunOut(Struct):
    """When it will be empty; None: not within a year."""

    p10: Moment | None = None
    p50: Moment | None = None
    p90: Moment | None = None


class CartridgeNews(Struct):
    """What `cartridge.fitted`, `cartridge.level` and `cartridge.running_low` have in common."""

    slot: SlotName
    install_id: InstallId
    cycle: Annotated[int, Meta(ge=1, le=2**53)]
    level: Level
    sku: Sku | None = None
    run_out: RunOut = msgspec.field(default_factory=RunOut)


class RunningLow(CartridgeNews, kw_only=True):
    """A cartridge runs low, with the evidence."""

    observations: Annotated[list[Level], Meta(min_length=1, max_length=50)]
    threshold_percent: Annotated[float, Meta(gt=0, le=100)]
    reason: Literal["level", "days_left"]


class DiffuserSeen(Struct):
    """A device became known."""

    diffuser_id: Id
    dialect: ShortText
    name: ShortText
    room: ShortText = ""
    maker: ShortText = ""
    model: ShortText = ""
    slots: Annotated[int, Meta(ge=1, le=16)] = 1


class RuleFired(Struct):
    """A rule fired or declined; only one that `ran` did anything.

    Read without demands: it is kept as history in any case, and only people are told of it.
    """

    rule_id: str = ""
    verdict: str = ""


class Gap(Struct):
    """Numbers that the hub dropped, both inclusive."""

    first: Annotated[int, Meta(ge=1)]
    last: Annotated[int, Meta(ge=1, le=2**62)]
    count: Annotated[int, Meta(ge=0)]


class DocumentEdit(Struct):
    """An edit of one field; its value is read apart, because whole numbers may be large."""

    kind: Literal["rule", "schedule", "scene", "diffuser", "reorder_preference"]
    key: Annotated[str, Meta(min_length=1, max_length=160)]
    field: Annotated[str, Meta(min_length=1, max_length=80)]
    stamp: Annotated[int, Meta(ge=0, le=2**63 - 2**20)]
    node: Annotated[str, Meta(min_length=1, max_length=64)]
    value: msgspec.Raw = msgspec.Raw(b"null")


News = CartridgeNews | RunningLow | DiffuserSeen | RuleFired | Gap | DocumentEdit

KINDS: dict[tuple[str, int], type[News]] = {
    ("cartridge.fitted", 1): CartridgeNews,
    ("cartridge.level", 1): CartridgeNews,
    ("cartridge.running_low", 1): RunningLow,
    ("diffuser.seen", 1): DiffuserSeen,
    ("rule.fired", 1): RuleFired,
    ("gap", 1): Gap,
    ("document.edit", 1): DocumentEdit,
}
"""The kinds that have an effect; every other one is only kept."""

__all__ = [
    "KINDS",
    "MAX_BATCH_BYTES",
    "MAX_EVENTS",
    "CartridgeNews",
    "DiffuserSeen",
    "DocumentEdit",
    "Gap",
    "Header",
    "Level",
    "Line",
    "News",
    "RuleFired",
    "RunOut",
    "RunningLow",
    "SlotName",
]
