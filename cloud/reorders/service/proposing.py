"""Somebody at home asks for a refill: a member of any role, or a hub for its voice or panel.

A proposal is a question to those who may spend, and nothing more: it never orders, never opens a
window, and never takes the place of what the rules make of the hub's own report.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.hubs import service as hubs
from cloud.hubs.models import Slot
from cloud.hubs.repository.hubs import HubKey
from cloud.reorders import repository, slot_rules
from cloud.reorders.cases import Case, Mode
from cloud.reorders.errors import ProposalRefused, SlotNotFound
from cloud.reorders.events import ReorderProposed
from cloud.reorders.findings import ASKED_FOR, Reason
from cloud.reorders.models import Reorder
from cloud.reorders.purchase_rules import shop_sells_it
from cloud.reorders.service.casing import gather
from cloud.reorders.service.deciding import show, subscription_for
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.intake import defer_look, evidence_of
from cloud.reorders.service.recording import add_note, move
from cloud.reorders.stages import UNDECIDED_STAGES, ReorderStage

_S = ReorderStage
# What the household wants or where the device is: a person's word counts no more than a reading.
_RULES = (
    slot_rules.mode_is_on,
    slot_rules.slot_is_live,
    slot_rules.nobody_else_refills,
    slot_rules.nobody_paused,
    slot_rules.nobody_snoozed,
    shop_sells_it,
)
# Nothing was ordered for the cartridge, so it can be asked about (again).
_ANEW = (*UNDECIDED_STAGES, _S.DECLINED, _S.EXPIRED, _S.REFUSED)


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who asks: a member by `user_id`, or else a hub that speaks for `name`."""

    user_id: int | None = None
    hub_id: int | None = None
    name: str = ""

    @property
    def reason(self) -> Reason:
        """Return why the refill is asked about."""
        return Reason.HOME_ASKED if self.user_id is None else Reason.MEMBER_ASKED

    @property
    def facts(self) -> Mapping[str, object]:
        """Return what is kept of it with the evidence."""
        if self.user_id is not None:
            return {"user_id": self.user_id}
        return {"hub_id": self.hub_id, "name": self.name}


async def propose_by_member(
    session: AsyncSession, desk: Desk, user_id: int, slot_id: int, now: datetime
) -> int:
    """Ask the adults of a member's home for a refill of a slot; see `_propose`.

    Raises SlotNotFound for strangers, ProposalRefused.
    """
    for household, _ in await hubs.households_of(session, user_id):
        slot = await repository.slot_of(session, household.id, slot_id)
        if slot is not None:
            return await _propose(session, desk, slot, Proposer(user_id=user_id), now)
    raise SlotNotFound


async def propose_by_hub(
    session: AsyncSession,
    desk: Desk,
    key: HubKey,
    place: tuple[str, int],
    name: str,
    now: datetime,
) -> int:
    """Ask the adults of a hub's home for a refill of a place that it speaks of; see `_propose`.

    `name` says who asked there, as "Kitchen speaker"; "" for the hub itself. Raises SlotNotFound,
    ProposalRefused.
    """
    slot = await repository.slot_at(session, key.household_id, key.hub_id, *place)
    if slot is None:
        raise SlotNotFound
    hub = await repository.hub_of(session, key.household_id, key.hub_id)
    asked_by = name.strip() or (hub.name if hub else "")
    return await _propose(session, desk, slot, Proposer(hub_id=key.hub_id, name=asked_by), now)


async def _propose(
    session: AsyncSession, desk: Desk, found: Slot, by: Proposer, now: datetime
) -> int:
    """Return the refill that is asked about; the open one of the slot if there is one.

    A reported one that the rules look after by themselves, as agreed, is that one too.
    """
    household = await repository.lock_household(session, found.household_id)
    wish = await repository.wish_locked(session, found.household_id, found.id)
    slot = await repository.slot_of(session, found.household_id, found.id)
    if slot is None:
        raise SlotNotFound
    standing = await repository.open_of_slot(session, slot.id, is_test=wish.is_test)
    if standing is not None:
        return standing
    reorder = await _reorder_for(session, slot, by, now, is_test=wish.is_test)
    if reorder.slot_id != slot.id or await repository.has_other_open(session, reorder):
        raise ProposalRefused(Reason.OPEN_REORDER.value)
    if reorder.stage not in _ANEW or await repository.order_of(session, reorder.id):
        raise ProposalRefused(reorder.stage.value)
    gathered = await gather(session, desk.rules, reorder, household, now)
    _require_wanted(gathered.case)
    is_agreed = wish.mode is Mode.AUTOMATIC and gathered.consent is not None
    if is_agreed and _is_reported(reorder) and reorder.stage in UNDECIDED_STAGES:
        add_note(session, reorder, now=now, reason=by.reason.value, user_id=by.user_id)
        await session.flush()
        return reorder.id
    show(reorder, gathered, now)
    reorder.evidence = {**reorder.evidence, "proposed": dict(by.facts)}
    reorder.subscription_id = await subscription_for(session, reorder)
    reason = by.reason.value
    await move(session, desk, reorder, _S.PROPOSED, now=now, reason=reason, user_id=by.user_id)
    await emit(session, ReorderProposed(reorder.id, reorder.household_id, now))
    return reorder.id


async def _reorder_for(
    session: AsyncSession, slot: Slot, by: Proposer, now: datetime, *, is_test: bool
) -> Reorder:
    """Return the refill of the cartridge that a slot holds, locked; made at first need."""
    made = await repository.insert_received(
        session,
        {
            "household_id": slot.household_id,
            "hub_id": slot.hub_id,
            "slot_id": slot.id,
            "cartridge_install_id": slot.cartridge_install_id,
            "stage": _S.WAITING,
            "reason": by.reason.value,
            "low_at": now,
            "received_at": now,
            "evidence": evidence_of(slot) | {"proposed": dict(by.facts)},
            "stage_at": now,
            "is_test": is_test,
        },
    )
    if made is None:
        made = await repository.of_cartridge(session, slot.household_id, slot.cartridge_install_id)
    reorder = None if made is None else await repository.fetch_locked(session, made)
    if reorder is None:
        raise SlotNotFound
    return reorder


def _require_wanted(case: Case) -> None:
    for rule in _RULES:
        if (finding := rule(case)) is not None:
            raise ProposalRefused(finding.reason.value)


def _is_reported(reorder: Reorder) -> bool:
    """Tell whether the hub said of the cartridge that it runs low, and not a person alone."""
    return "proposed" not in reorder.evidence or "reported_at" in reorder.evidence


async def take_report(
    session: AsyncSession,
    desk: Desk,
    reorder_id: int,
    report: Mapping[str, object],
    low_at: datetime,
    now: datetime,
) -> None:
    """Let the rules decide about a cartridge that was asked for before its hub reported it low.

    What is open, or ordered, stays as it is, unless its home agreed to automatic refills; what
    somebody said no to before, or nobody answered, is looked at. Repeating it is harmless.
    """
    found = await repository.fetch(session, reorder_id)
    if found is None:
        return
    await repository.lock_household(session, found.household_id)
    wish = await repository.wish_of(session, found.household_id, found.slot_id)
    reorder = await repository.fetch_locked(session, reorder_id)
    if reorder is None or _is_reported(reorder):
        return
    proposed = reorder.evidence["proposed"]
    reorder.evidence = {**report, "proposed": proposed, "reported_at": now.isoformat()}
    reorder.low_at, reorder.received_at = low_at, now
    is_automatic = wish is not None and wish.mode is Mode.AUTOMATIC
    is_asked = reorder.stage is _S.PROPOSED
    if reorder.stage not in _ANEW and not (is_asked and is_automatic):
        await session.flush()
        return
    await look_anew(session, desk, reorder, now)


async def look_anew(session: AsyncSession, desk: Desk, reorder: Reorder, now: datetime) -> None:
    """Leave a locked refill to the rules again, as if it had just been reported."""
    reorder.next_look_at = now
    await move(session, desk, reorder, _S.RECEIVED, now=now)
    await defer_look(session, reorder.id)


def may_be_looked_at(reorder: Reorder) -> bool:
    """Tell whether a refill is asked about by a person's word, and reported low besides."""
    is_word = reorder.reason in {reason.value for reason in ASKED_FOR}
    return is_word and _is_reported(reorder)
