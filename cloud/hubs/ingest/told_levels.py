"""What a kept line of a hub's log says of a cartridge's level, for readers of the history. Pure."""

from dataclasses import dataclass

import msgspec

from cloud.hubs.ingest.wire import KINDS, CartridgeNews, Line

_LINE = msgspec.json.Decoder(Line)
_BODIES = {
    kind: msgspec.json.Decoder(body)
    for kind, body in KINDS.items()
    if issubclass(body, CartridgeNews)
}


@dataclass(frozen=True, slots=True)
class ToldLevel:
    """A cartridge as its hub saw it; `remaining_ul` in microlitres."""

    install_id: str
    sku: str | None
    remaining_ul: int


def told_level(kind: str, version: int, line: bytes) -> ToldLevel | None:
    """Return what a line says of a level; None for one that says nothing of it or is broken."""
    decoder = _BODIES.get((kind, version))
    if decoder is None:
        return None
    try:
        news = decoder.decode(_LINE.decode(line).body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return ToldLevel(news.install_id, news.sku, news.level.remaining_ul)
