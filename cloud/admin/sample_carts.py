"""A sample cart, typed by staff to see what a promotion does."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cloud.admin.back_office import BackOffice
from cloud.catalogue.repository import list_ids_by_sku
from cloud.discounts.editing.preview import Preview, preview
from cloud.foundation.errors import CloudError, Invalid
from cloud.inventory.service import StockLine
from cloud.site.service import read_site

# The SKU as short as it may be, so that a small x and a number behind it are no part of it.
_LINE = re.compile(r"([A-Za-z0-9-]{1,60}?)(?:\s*[x*]\s*([1-9][0-9]?))?")


class SampleUnreadable(Invalid):
    """The sample cart names something that is no bottle."""

    code = "sample_unreadable"

    def __init__(self, part: str) -> None:
        super().__init__(
            f"“{part}” is no bottle.",
            hint="Write SKUs with commas, and x3 for three bottles.",
            field="bottles",
        )


@dataclass(frozen=True, slots=True)
class SampleCart:
    """What was typed, and what came of it; one of `preview` and `error`, or none of both."""

    bottles: str
    country: str
    preview: Preview | None = None
    error: CloudError | None = None


async def try_out(office: BackOffice, promotion_id: int, bottles: str, country: str) -> SampleCart:
    """Return what a promotion does to a sample cart; nothing for an empty one."""
    async with office.database.unit_of_work() as session:
        country = country.strip().upper() or (await read_site(session)).store_address.country
        if not bottles.strip():
            return SampleCart("", country)
        try:
            parts = _read(bottles)
            ids = await list_ids_by_sku(session, [sku for sku, _ in parts])
            if unknown := [sku for sku, _ in parts if sku not in ids]:
                raise SampleUnreadable(unknown[0])
            lines = [StockLine(ids[sku], count) for sku, count in parts]
            now = office.clock.now()
            found = await preview(session, promotion_id, lines, country, now)
        except CloudError as error:
            return SampleCart(bottles, country, error=error)
    return SampleCart(bottles, country, preview=found)


def _read(bottles: str) -> Sequence[tuple[str, int]]:
    lines = []
    for part in (one.strip() for one in bottles.split(",")):
        if not part:
            continue
        match = _LINE.fullmatch(part)
        if match is None:
            raise SampleUnreadable(part)
        lines.append((match[1].upper(), int(match[2] or 1)))
    return lines
