"""From the bytes of a request to dated events, each understood or put aside. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import zstandard

from cloud.hubs.errors import BatchMalformed, BatchTooLarge
from cloud.hubs.ingest.wire import KINDS, Gap, Header, Line, News
from cloud.hubs.models.history import DatedBy
from scentd.contracts.history import extend
from scentd.contracts.moments import moment_of, unix_ms
from scentd.contracts.sync import MAX_BATCH_BYTES, MAX_EARLY_MS, MAX_EVENTS

_HEADER = msgspec.json.Decoder(Header)
_LINE = msgspec.json.Decoder(Line)
_BODIES = {kind: msgspec.json.Decoder(body) for kind, body in KINDS.items()}
# PostgreSQL's text cannot hold U+0000, which JSON can only write so.
_NUL = re.compile(rb"\\u0000")


@dataclass(frozen=True, slots=True)
class Batch:
    """A header and the lines after it, exactly as they came."""

    header: Header
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Reject:
    """Why an event can have no effect."""

    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Received:
    """One event in its place: the numbers it stands for, when it happened, what it says.

    `news` is None for kinds without an effect and for what was rejected.
    """

    seq: int
    last: int
    kind: str
    version: int
    importance: str
    happened_at: datetime
    dated_by: DatedBy
    line: bytes
    body: bytes
    news: News | None
    reject: Reject | None


def unpack(content: bytes, encoding: str) -> Batch:
    """Return the batch in a request body; `encoding` is "zstd" or "identity".

    Raises BatchMalformed or BatchTooLarge; never unpacks more than the protocol's bound.
    """
    plain = _decompressed(content) if encoding == "zstd" else content
    if len(plain) > MAX_BATCH_BYTES:
        raise BatchTooLarge
    header_line, *lines = plain.removesuffix(b"\n").split(b"\n")
    if len(lines) > MAX_EVENTS:
        raise BatchTooLarge
    if not lines:
        raise BatchMalformed("it holds no event")
    try:
        return Batch(_HEADER.decode(header_line), tuple(lines))
    except msgspec.DecodeError as error:
        raise BatchMalformed(f"its first line says {error}") from error


def read(batch: Batch, received_at: datetime) -> tuple[list[Received], bytes]:
    """Return the events of a batch in order, and the history chain after the last."""
    received = []
    seq, chain = batch.header.first, bytes.fromhex(batch.header.prev_chain)
    for line in batch.lines:
        event = _read_line(line, seq, batch.header, received_at)
        received.append(event)
        seq, chain = event.last + 1, extend(chain, line)
    return received, chain


def _decompressed(content: bytes) -> bytes:
    try:
        size = zstandard.frame_content_size(content)
        if size > MAX_BATCH_BYTES:
            raise BatchTooLarge
        return zstandard.ZstdDecompressor().decompress(
            content, max_output_size=MAX_BATCH_BYTES, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise BatchMalformed("it is not zstd, or unpacks to too much") from error


def _read_line(line: bytes, seq: int, header: Header, received_at: datetime) -> Received:
    try:
        if _NUL.search(line):
            raise msgspec.ValidationError("it holds the character U+0000")
        event = _LINE.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _unreadable(line, seq, received_at, str(error)[:500])
    news, reject = _read_body(event, seq)
    happened_at, dated_by = _date(event, header, received_at)
    last = news.last if isinstance(news, Gap) else seq
    return Received(
        seq,
        last,
        event.kind,
        event.version,
        event.importance,
        happened_at,
        dated_by,
        line,
        bytes(event.body),
        news,
        reject,
    )


def _unreadable(line: bytes, seq: int, received_at: datetime, why: str) -> Received:
    reject = Reject("malformed", why)
    return Received(seq, seq, "", 0, "", received_at, DatedBy.RECEIPT, line, b"", None, reject)


def _read_body(line: Line, seq: int) -> tuple[News | None, Reject | None]:
    decoder = _BODIES.get((line.kind, line.version))
    if decoder is None:
        return None, None
    try:
        news: News = decoder.decode(line.body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return None, Reject("invalid", str(error)[:500])
    if isinstance(news, Gap) and not (news.first == seq <= news.last):
        return None, Reject("gap_misplaced", f"it begins at {news.first} and stands at {seq}")
    return news, None


def _date(line: Line, header: Header, received_at: datetime) -> tuple[datetime, DatedBy]:
    """Believe a clock that says it is right and is not ahead of ours; else count back."""
    if line.clock_ok and line.at_ms <= unix_ms(received_at) + MAX_EARLY_MS:
        try:
            return moment_of(line.at_ms), DatedBy.HUB
        except OverflowError:
            return received_at, DatedBy.RECEIPT
    if line.boot == header.boot and line.mono_ms <= header.mono_ms:
        try:
            return received_at - timedelta(
                milliseconds=header.mono_ms - line.mono_ms
            ), DatedBy.MONOTONIC
        except OverflowError:
            return received_at, DatedBy.RECEIPT
    return received_at, DatedBy.RECEIPT
