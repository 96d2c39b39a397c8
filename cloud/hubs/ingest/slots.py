"""What news of cartridges makes of the slots of a hub. Pure: rows and facts out, no statement.

News may come again, late, or in a new lineage: a level is replaced only by a newer one, an old
cartridge does not come back, and each is low once. A hub that lost its memory counts its cycles
from 1 again; its word that a cartridge was fitted just now is believed all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cloud.hubs.ingest.batch import Received
from cloud.hubs.ingest.wire import CartridgeNews, RunningLow
from cloud.hubs.models.history import DatedBy
from cloud.hubs.schemas import SlotRow

FITTED = "cartridge.fitted"
SlotPlace = tuple[str, int]
_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A cartridge began in a slot."""

    place: SlotPlace
    install_id: str
    event: Received


@dataclass(frozen=True, slots=True)
class Low:
    """A cartridge was reported low for the first time."""

    place: SlotPlace
    install_id: str
    event: Received


@dataclass(frozen=True, slots=True)
class Moved:
    """The newest level of a slot is another than before; at most one a slot and batch."""

    place: SlotPlace
    install_id: str
    event: Received


Fact = Fitted | Low | Moved


def fold(
    slots: dict[SlotPlace, SlotRow], events: Iterable[Received]
) -> tuple[dict[SlotPlace, SlotRow], list[Fact]]:
    """Return the slots that changed and the facts to tell, in the order of the events."""
    held = dict(slots)
    facts: list[Fact] = []
    moved: dict[SlotPlace, Moved] = {}
    for event in events:
        news = event.news
        if not isinstance(news, CartridgeNews):
            continue
        place = (news.slot.diffuser_id, news.slot.number)
        before = held.get(place)
        after, told = _fold_one(before, news, event, place)
        held[place] = after
        facts.extend(told)
        if before is None or after.remaining_ul != before.remaining_ul:
            moved[place] = Moved(place, after.cartridge_install_id, event)
    changed = {place: row for place, row in held.items() if slots.get(place) != row}
    return changed, [*facts, *moved.values()]


def _fold_one(
    before: SlotRow | None, news: CartridgeNews, event: Received, place: SlotPlace
) -> tuple[SlotRow, list[Fact]]:
    facts: list[Fact] = []
    row = before
    if row is None or _is_another_cartridge(news, event, row):
        row = _begin(row, news, event)
        facts.append(Fitted(place, news.install_id, event))
    elif news.install_id == row.cartridge_install_id and _true_at(news, event) >= row.level_at:
        row = _with_level(row, news, event)
    if isinstance(news, RunningLow) and _is_first_low(news, row):
        row = replace(row, low_install_id=news.install_id, low_at=event.happened_at)
        facts.append(Low(place, news.install_id, event))
    return row, facts


def _is_another_cartridge(news: CartridgeNews, event: Received, row: SlotRow) -> bool:
    if news.install_id == row.cartridge_install_id:
        return False
    was_fitted_since = event.kind == FITTED and _true_at(news, event) > row.level_at
    return news.cycle > row.cycle or was_fitted_since


def _true_at(news: CartridgeNews, event: Received) -> datetime:
    """The hub's word for when a level was true, as far as its clock could be believed."""
    return (
        min(news.level.at, event.happened_at)
        if event.dated_by is DatedBy.HUB
        else (event.happened_at)
    )


def _is_first_low(news: RunningLow, row: SlotRow) -> bool:
    is_present = news.install_id == row.cartridge_install_id
    return is_present and row.low_install_id != news.install_id


def _begin(row: SlotRow | None, news: CartridgeNews, event: Received) -> SlotRow:
    began = SlotRow(
        diffuser_id=news.slot.diffuser_id,
        slot_no=news.slot.number,
        diffuser_name="",
        room="",
        scent_sku=news.sku,
        capacity_ul=news.level.capacity_ul,
        remaining_ul=0,
        error_ul=0,
        level_quality=news.level.quality,
        days_left=None,
        runs_out_at=None,
        cartridge_install_id=news.install_id,
        cycle=max(news.cycle, row.cycle if row else 1),
        level_at=event.happened_at,
        fitted_at=event.happened_at,
        low_install_id=row.low_install_id if row else None,
        low_at=row.low_at if row else None,
    )
    return _with_level(began, news, event)


def _with_level(row: SlotRow, news: CartridgeNews, event: Received) -> SlotRow:
    level, runs_out_at = news.level, news.run_out.p50
    return replace(
        row,
        diffuser_name=news.slot.diffuser_name or row.diffuser_name,
        room=news.slot.room or row.room,
        scent_sku=news.sku or row.scent_sku,
        capacity_ul=level.capacity_ul,
        remaining_ul=level.remaining_ul,
        error_ul=level.error_ul,
        level_quality=level.quality,
        level_at=_true_at(news, event),
        runs_out_at=runs_out_at,
        runs_out_from=news.run_out.p10,
        runs_out_until=news.run_out.p90,
        days_left=_days(runs_out_at, event.happened_at),
    )


def _days(runs_out_at: datetime | None, now: datetime) -> float | None:
    if runs_out_at is None or runs_out_at - now > _LONGEST:
        return None
    return max(0.0, (runs_out_at - now) / timedelta(days=1))
