"""Who agreed to what, and who asked for it, as pages and the API show them."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import repository as accounts
from cloud.accounts.models import User
from cloud.orders.schemas import PostalAddress
from cloud.reorders.models import Reorder, ReorderConsent
from cloud.reorders.schemas import ConsentView


async def view_consent(session: AsyncSession, consent: ReorderConsent) -> ConsentView:
    """Return what a member agreed to."""
    return shown_consent(consent, await accounts.find_user(session, consent.user_id))


def shown_consent(consent: ReorderConsent, member: User | None) -> ConsentView:
    """Return what a member agreed to; None: nobody knows who that was."""
    address = PostalAddress.model_validate(consent.address)
    return ConsentView(
        id=consent.id,
        slot_id=consent.slot_id,
        member=name_of(member) or "",
        variant_id=consent.variant_id,
        quantity=consent.quantity,
        unit_price_minor=consent.unit_price_minor,
        shipping_minor=consent.shipping_minor,
        tax_basis_points=consent.tax_basis_points,
        total_minor=consent.total_minor,
        max_total_minor=consent.max_total_minor,
        currency=consent.currency,
        ships_to=f"{address.recipient}, {address.city}",
        card_id=consent.card_id,
        mode=consent.mode,
        text_version=consent.text_version,
        consented_at=consent.consented_at,
        revoked_at=consent.revoked_at,
    )


async def proposers_of(session: AsyncSession, reorders: Sequence[Reorder]) -> dict[int, str]:
    """Return who asked for refills, by refill; those of their level alone are missing."""
    asked = {one.id: one.evidence["proposed"] for one in reorders if "proposed" in one.evidence}
    ids = {facts["user_id"] for facts in asked.values() if "user_id" in facts}
    members = await accounts.find_users(session, ids) if ids else {}
    return {
        reorder_id: name_of(members.get(facts.get("user_id", 0))) or str(facts.get("name", ""))
        for reorder_id, facts in asked.items()
    }


def name_of(member: User | None) -> str | None:
    """Return how a member is called; None for nobody."""
    return None if member is None else member.name or member.email
