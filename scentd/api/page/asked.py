"""What the page shows of refills that somebody asked for who cannot order one."""

from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.page.refills import Note
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Source
from scentd.store import documents


def ask_note(house: House, slot: SlotKey, formats: Formats) -> Note | None:
    """Give the line on a card about an ask that waits, None when none does."""
    ask = house.refill_asks.waiting(slot)
    if ask is None:
        return None
    text = formats.words("asked.card", by=asker(ask.source, formats))
    link = f"/cartridges/{slot.diffuser_id}/{slot.slot_no}"
    return Note("warn", text, "", link, formats.words("asked.card_link"))


def asker(source: Source, formats: Formats) -> str:
    """Give who asked, in words that can begin a sentence."""
    key = f"asked.by_{source.reference}"
    return formats.words(key if formats.words.has(key) else f"asked.by_{source.origin.value}")


async def shop_link(house: House, sku: str | None) -> str:
    """Give where the shop shows that product; "" when this hub knows no such place."""
    if sku is None:
        return ""
    told = await house.database.read(lambda db: documents.documents(db, "catalogue"))
    url = str(told.get(sku, {}).get("product_url", ""))
    return url if url.startswith(("http://", "https://")) else ""
