"""The messages of scent-sync/1, beside the events themselves: who speaks, where the log stands,
what is new. Moments are unix milliseconds, binary values lower-case hex.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL = 1
"""The protocol this code speaks, and the oldest it still understands."""

OLDEST_PROTOCOL = 1

MAX_EVENTS = 500
"""The most lines in one batch."""

MAX_BATCH_BYTES = 256 * 1024
"""The most bytes of a batch before compression, header and line breaks counted."""

MAX_LINE_BYTES = 128 * 1024
"""The most bytes of one event's line: any line fits a batch."""

MAX_EARLY_MS = 5 * 60 * 1000
"""How far ahead of the cloud's clock an edit's stamp may be."""

Hex16 = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Hex32 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Hex64 = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$")]


class Message(BaseModel):
    """What all messages share: frozen, and unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Refusal(Message):
    """Why a request was refused; unknown codes are treated by their HTTP status."""

    code: str
    message: str = ""
    hint: str = ""


class PositionV1(Message):
    """How far the cloud holds a lineage: the last event's number and the chain there."""

    acked: int = Field(ge=0)
    chain: Hex16


class ProtocolRange(Message):
    """The protocols somebody speaks, both ends inclusive."""

    oldest: int = Field(default=OLDEST_PROTOCOL, ge=1)
    newest: int = Field(default=PROTOCOL, ge=1)


class NonceV1(Message):
    """A challenge to sign: good once, for `expires_in_s` seconds."""

    nonce: Hex32
    expires_in_s: int = Field(gt=0)


class HelloV1(Message):
    """A hub proves who it is and says where its log stands.

    `signature` is Ed25519 over `session_claim(...)`. `clock_ok` says whether the hub believes its
    own `at_ms`. `lineage` names the log, 128 random bits; `last` and `acked` are its numbers as
    the hub knows them.
    """

    nonce: Hex32
    signature: Hex64
    protocol: ProtocolRange = ProtocolRange()
    features: tuple[str, ...] = ()
    software: str = Field(default="", max_length=80)
    lineage: Hex16
    last: int = Field(ge=0)
    acked: int = Field(ge=0)
    at_ms: int
    clock_ok: bool


class SessionV1(Message):
    """A session: a bearer token for the addresses of this hub.

    A new session ends the one before it. `position` is where the cloud holds the lineage, None
    when it has never heard of it. `version` is the household's. `spread_s` is how long the hub
    may wait, at random, before it comes back after a loss.
    """

    token: str = Field(min_length=20)
    expires_in_s: int = Field(gt=0)
    protocol: int = PROTOCOL
    server_ms: int
    position: PositionV1 | None = None
    version: int = Field(ge=0)
    spread_s: float = Field(default=1.0, ge=0)


class BatchHeaderV1(Message):
    """The first line of a batch: the number of its first event and the chain before it.

    `boot`, `mono_ms`, `at_ms` and `clock_ok` are the moment of sending, from which the cloud
    dates events of the same boot whose own clock was wrong.
    """

    first: int = Field(ge=1)
    prev_chain: Hex16
    boot: str = Field(max_length=64)
    mono_ms: int
    at_ms: int
    clock_ok: bool


class AckV1(PositionV1):
    """What the cloud holds after a batch. The hub believes it only if its own chain agrees.

    `retry_after_s` asks to wait that long before the next batch.
    """

    server_ms: int
    retry_after_s: float | None = Field(default=None, ge=0)


class PositionConflictV1(Refusal, PositionV1):
    """HTTP 409: the batch does not continue what the cloud holds, which is this."""


class CloudDocumentV1(Message):
    """A document the cloud owns, as of a version; `body` None: it is gone."""

    owner: Literal["cloud"] = "cloud"
    kind: str
    key: str
    version: int = Field(ge=1)
    body: dict[str, Any] | None


class FieldV1(Message):
    """A field of a shared document: its value as canonical JSON text, its stamp and node."""

    value: str
    stamp: int = Field(ge=0)
    node: str


class SharedDocumentV1(Message):
    """A document both edit, whole, as of a version.

    `reset` says that the cloud refused an edit of it: what the hub holds is to be replaced, not
    merged, except where it has edits that were not answered yet.
    """

    owner: Literal["shared"] = "shared"
    kind: str
    key: str
    version: int = Field(ge=1)
    reset: bool = False
    fields: dict[str, FieldV1]


DocumentV1 = Annotated[CloudDocumentV1 | SharedDocumentV1, Field(discriminator="owner")]


class ChangesV1(Message):
    """Documents changed after version `since`, oldest first; `next` is the hub's new cursor.

    `more` says that another page is waiting. Below `low_water` the history is gone: the answer
    is HTTP 410 and the hub takes a snapshot.
    """

    since: int = Field(ge=0)
    next: int = Field(ge=0)
    more: bool
    low_water: int = Field(default=0, ge=0)
    server_ms: int
    documents: tuple[DocumentV1, ...]


class SnapshotV1(Message):
    """Every document there is, as of a version; what is absent is gone."""

    version: int = Field(ge=0)
    server_ms: int
    documents: tuple[DocumentV1, ...]


class PokeV1(Message):
    """On the socket: the household stands at version `v`, look for changes."""

    t: Literal["poke"] = "poke"
    v: int = Field(ge=0)


class CommandV1(Message):
    """On the socket: do this now, at most once, and never after `expires_ms` (cloud's clock)."""

    t: Literal["cmd"] = "cmd"
    cmd_id: str = Field(min_length=8, max_length=64)
    expires_ms: int
    server_ms: int
    kind: str
    body: dict[str, Any] = {}


class ByeV1(Message):
    """On the socket: the cloud closes it; come back after `retry_after_s` if at all.

    Codes: `replaced` (a newer session), `revoked`, `restart`.
    """

    t: Literal["bye"] = "bye"
    code: str
    retry_after_s: float = Field(default=0, ge=0)


SocketMessage = Annotated[PokeV1 | CommandV1 | ByeV1, Field(discriminator="t")]


def session_claim(nonce: str, hub_id: int, audience: str, protocol: ProtocolRange) -> bytes:
    """Give the bytes a hub signs to open a session at one cloud and no other."""
    return "\n".join(
        (
            "scent-sync session",
            nonce,
            str(hub_id),
            audience,
            f"{protocol.oldest}-{protocol.newest}",
        )
    ).encode()
