"""Why a refill was asked about or ordered: evidence, decision, consent and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.models import User
from cloud.reorders import repository
from cloud.reorders.models import Reorder, ReorderConsent, ReorderNote
from cloud.reorders.schemas import ConsentView, Evidenced, ExplainedReorder, ReorderView, StepView
from cloud.reorders.service.consents import name_of, shown_consent
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.views import get_reorder_view, list_with_rows, own_reorder


@dataclass(frozen=True, slots=True)
class _Basis:
    """What some refills rest on: steps by refill, consents and people by id."""

    notes: Mapping[int, Sequence[ReorderNote]]
    consents: Mapping[int, ReorderConsent]
    members: Mapping[int, User]

    def consent_of(self, reorder: Reorder) -> ConsentView | None:
        consent = self.consents.get(reorder.consent_id or 0)
        return None if consent is None else shown_consent(consent, self._member(consent.user_id))

    def steps_of(self, reorder: Reorder) -> list[StepView]:
        return [
            StepView(
                stage=note.stage,
                reason=note.reason,
                by=name_of(self._member(note.user_id)),
                at=note.at,
            )
            for note in self.notes.get(reorder.id, ())
        ]

    def _member(self, user_id: int | None) -> User | None:
        return self.members.get(user_id or 0)


async def _basis(session: AsyncSession, reorders: Sequence[Reorder]) -> _Basis:
    """Return what refills rest on, in as many statements as for one."""
    notes = await repository.notes_of(session, [reorder.id for reorder in reorders])
    consents = await repository.consents_of(
        session, {reorder.consent_id for reorder in reorders if reorder.consent_id}
    )
    people = {note.user_id for steps in notes.values() for note in steps if note.user_id}
    people |= {consent.user_id for consent in consents.values()}
    return _Basis(notes, consents, await accounts.find_users(session, people))


async def list_history(
    session: AsyncSession, desk: Desk, user_id: int, limit: int = 1000
) -> list[ExplainedReorder]:
    """Return a member's refills with everything they rest on, newest first.

    However many there are, it asks the database equally often.
    """
    listed = await list_with_rows(session, desk, user_id, limit)
    basis = await _basis(session, [reorder for reorder, _ in listed])
    return [_explained(reorder, view, basis) for reorder, view in listed]


async def explain_reorder(
    session: AsyncSession, desk: Desk, reorder_id: int, user_id: int
) -> ExplainedReorder:
    """Return a refill with its report, decision, consent and steps; ReorderNotFound."""
    view = await get_reorder_view(session, desk, reorder_id, user_id)
    reorder, _ = await own_reorder(session, reorder_id, user_id)
    return _explained(reorder, view, await _basis(session, [reorder]))


def _explained(reorder: Reorder, view: ReorderView, basis: _Basis) -> ExplainedReorder:
    return ExplainedReorder(
        reorder=view,
        evidence=reorder.evidence,
        decision=reorder.decision,
        consent=basis.consent_of(reorder),
        steps=basis.steps_of(reorder),
    )


async def explain_order(session: AsyncSession, order_id: int) -> Evidenced | None:
    """Return what an order of a device rests on, for whoever may see the order; None for others."""
    reorder = await repository.of_order(session, order_id)
    return None if reorder is None else await _evidenced(session, reorder)


async def _evidenced(session: AsyncSession, reorder: Reorder) -> Evidenced:
    slot = await repository.slot_of(session, reorder.household_id, reorder.slot_id)
    basis = await _basis(session, [reorder])
    return Evidenced(
        reorder_id=reorder.id,
        diffuser_name=slot.diffuser_name if slot else "",
        room=slot.room if slot else "",
        stage=reorder.stage,
        reason=_ordered_because(reorder),
        low_at=reorder.low_at,
        evidence=reorder.evidence,
        decision=reorder.decision,
        consent=basis.consent_of(reorder),
        steps=basis.steps_of(reorder),
        is_test=reorder.is_test,
    )


def _ordered_because(reorder: Reorder) -> str:
    """Return the reason of the decision: that of a later stage tells of money or parcels."""
    decided = (reorder.decision or {}).get("reason")
    return str(decided) if decided else reorder.reason
