"""What a card says about its cartridge's refill, from the cloud's word on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scentd.api.connections import Cloud
from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.reorders import read_reorders
from scentd.contracts.documents import ReorderState, ReorderStatusV1
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.store import documents

_OVER = {ReorderState.CANCELLED, ReorderState.DECLINED, ReorderState.DELIVERED, ReorderState.FAILED}
_LEVELS = {
    ReorderState.PROPOSED: "warn",
    ReorderState.FAILED: "bad",
    ReorderState.CANCELLED: "warn",
    ReorderState.DECLINED: "warn",
}


@dataclass(frozen=True, slots=True)
class Note:
    """A line on a card: `level` is good, info, warn or bad; the link may be empty."""

    level: str
    text: str
    lead: str = ""
    link: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """What the cloud told: refills by slot, colours by SKU."""

    refills: Mapping[SlotKey, ReorderStatusV1]
    colours: Mapping[str, str]


async def read_news(house: House) -> News:
    """Read the cloud's documents the page shows."""
    catalogue = await house.database.read(lambda db: documents.documents(db, "catalogue"))
    colours = {sku: str(body.get("colour", "")) for sku, body in catalogue.items()}
    return News(await read_reorders(house), colours)


def refill_note(
    cartridge: Cartridge,
    refill: ReorderStatusV1 | None,
    cloud: Cloud,
    formats: Formats,
    now: datetime,
    *,
    is_low: bool,
) -> Note | None:
    """Give the line about a cartridge's refill, None when there is nothing to say."""
    lead = formats.words("refill.low") if is_low else ""
    if refill is None or (refill.state in _OVER and refill.install_id != cartridge.install_id):
        return Note("bad", _without_news(cloud, formats), lead) if is_low else None
    link, link_text = _link(cartridge, refill, formats)
    return Note(
        _LEVELS.get(refill.state, "good"),
        _text(refill, formats, now),
        lead if refill.state in {ReorderState.PROPOSED, ReorderState.FAILED} else "",
        link,
        link_text,
    )


def _without_news(cloud: Cloud, formats: Formats) -> str:
    if not cloud.paired:
        return formats.words("refill.unpaired")
    return formats.words("refill.asking" if cloud.connected else "refill.waiting")


def _text(refill: ReorderStatusV1, formats: Formats, now: datetime) -> str:
    what = " ".join(filter(None, (refill.product_name, refill.variant_name)))
    if refill.quantity > 1:
        what = formats.words("refill.several", count=refill.quantity, what=what)
    price = formats.money(refill.total_minor, refill.currency)
    key = f"refill.{refill.state.value}"
    if refill.state is ReorderState.SHIPPED and refill.arrives_on is None:
        key = "refill.shipped_sometime"
    if refill.state is ReorderState.PAID and refill.arrives_on is not None:
        key = "refill.paid_arrives"
    text = formats.words(
        key,
        what=what,
        price=price,
        day=formats.coming(refill.arrives_on, now) if refill.arrives_on else "",
        until=formats.when(refill.cancel_until, now) if refill.cancel_until else "",
        reason=refill.reason or formats.words("refill.no_reason"),
    )
    return f"{text} {formats.words('refill.test')}" if refill.is_test else text


def _link(cartridge: Cartridge, refill: ReorderStatusV1, formats: Formats) -> tuple[str, str]:
    if refill.state is ReorderState.DELIVERED:
        slot = cartridge.slot
        return f"/cartridges/{slot.diffuser_id}/{slot.slot_no}", formats.words("refill.fit_it")
    if refill.state in {ReorderState.PROPOSED, ReorderState.PENDING_CANCEL_WINDOW}:
        key = "review" if refill.state is ReorderState.PROPOSED else "cancel"
        return _web(refill.proposal_url), formats.words(f"refill.{key}")
    if refill.state in _OVER:
        return "", ""
    return _web(refill.order_url), formats.words("refill.see_order")


def _web(url: str | None) -> str:
    return url if url and url.startswith(("http://", "https://")) else ""
