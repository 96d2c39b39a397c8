"""Counting a place: what was found is held against what should be there, differences are booked.

Whoever counts takes a while, and the shop sells meanwhile: a line says what should have been there
when the counting began, and a count of bottles that moved since is refused.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.identity import SignedIn
from cloud.inventory import keeping, repository
from cloud.inventory.errors import CountedMeanwhile
from cloud.inventory.schemas import Correction, CountSheet


async def count_place(
    session: AsyncSession, staff: SignedIn, place_id: int, sheet: CountSheet
) -> int:
    """Book the differences that counting a place found, all or none; return how many.

    Each is a movement of its own with the sheet's note. Raises LocationNotFound, VariantNotFound,
    and CountedMeanwhile when bottles came or went since the counter looked.
    """
    await keeping.get_location(session, place_id)
    lines = {line.variant_id: line for line in sheet.lines}
    found = sorted(line.variant_id for line in lines.values() if line.counted != line.seen)
    for variant_id in found:
        # Without a row there would be nothing to lock.
        await keeping.ensure_stocked(session, variant_id, place_id)
    on_hand = await repository.lock_levels(session, lines)
    there = {variant_id: on_hand.get((variant_id, place_id), 0) for variant_id in lines}
    moved = [line.variant_id for line in sheet.lines if there[line.variant_id] != line.seen]
    if moved:
        raise CountedMeanwhile(moved)
    for variant_id in found:
        delta = lines[variant_id].counted - there[variant_id]
        wish = Correction(location_id=place_id, delta=delta, note=sheet.note)
        await keeping.set_right(session, staff, variant_id, wish)
    return len(found)
