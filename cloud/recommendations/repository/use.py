"""Consents, and what the diffusers of those who gave theirs ran."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, Row, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.models import ScentUse, UseConsent, UseMark

# Of each log at once; the rest is read next time.
_MOST_LINES = 2_000
_NEWS = text(f"""
    SELECT c.user_id, l.household_id, l.hub_id, l.id AS lineage_id, e.last, e.kind, e.version,
        e.line, e.happened_at
    FROM use_consents c
    JOIN household_members m ON m.user_id = c.user_id
    JOIN hub_lineages l ON l.household_id = m.household_id
    LEFT JOIN use_marks k ON k.user_id = c.user_id AND k.household_id = l.household_id
        AND k.hub_id = l.hub_id AND k.lineage_id = l.id
    CROSS JOIN LATERAL (
        SELECT h.seq, h.last, h.kind, h.version, h.line, h.happened_at FROM hub_events h
        WHERE h.household_id = l.household_id AND h.hub_id = l.hub_id AND h.lineage_id = l.id
            AND h.seq > coalesce(k.seq, 0)
        ORDER BY h.seq LIMIT {_MOST_LINES}
    ) e
    WHERE l.acked > coalesce(k.seq, 0) AND c.user_id = ANY(:user_ids)
    ORDER BY c.user_id, l.household_id, l.hub_id, l.id, e.seq
""").bindparams(bindparam("user_ids", type_=ARRAY(BigInteger())))
_WAITING = text("""
    SELECT DISTINCT c.user_id FROM use_consents c
    JOIN household_members m ON m.user_id = c.user_id
    JOIN hub_lineages l ON l.household_id = m.household_id
    LEFT JOIN use_marks k ON k.user_id = c.user_id AND k.household_id = l.household_id
        AND k.hub_id = l.hub_id AND k.lineage_id = l.id
    WHERE l.acked > coalesce(k.seq, 0) ORDER BY c.user_id LIMIT :most
""")
_LEAVE_OLD_HOMES = text("""
    DELETE FROM scent_uses s WHERE NOT EXISTS (
        SELECT FROM household_members m
        WHERE m.user_id = s.user_id AND m.household_id = s.household_id)
""")
_RAN = text("""
    SELECT user_id, product_id, sum(most_ul - least_ul)::bigint AS ran_ul FROM scent_uses
    WHERE user_id = ANY(:user_ids) AND seen_at > :since
    GROUP BY user_id, product_id HAVING sum(most_ul - least_ul) > 0
""").bindparams(
    bindparam("user_ids", type_=ARRAY(BigInteger())),
    bindparam("since", type_=DateTime(timezone=True)),
)


async def find_consent(session: AsyncSession, user_id: int) -> UseConsent | None:
    """Return a member's consent; None: there is none."""
    return await session.get(UseConsent, user_id, populate_existing=True)


async def give_consent(session: AsyncSession, user_id: int, now: datetime) -> None:
    """Keep a consent; a second one changes nothing."""
    await session.execute(
        insert(UseConsent).values(user_id=user_id, given_at=now).on_conflict_do_nothing()
    )


async def drop_consent(session: AsyncSession, user_id: int) -> None:
    """Delete a consent and, by foreign keys, everything that hangs on it.

    Waits for whoever is working with what it allows (`hold_consents`).
    """
    await session.execute(delete(UseConsent).where(UseConsent.user_id == user_id))


async def hold_consents(session: AsyncSession, user_ids: Collection[int]) -> set[int]:
    """Return who of some members consents, and keep it so until the transaction ends."""
    rows = await session.scalars(
        select(UseConsent.user_id)
        .where(UseConsent.user_id.in_(user_ids))
        .order_by(UseConsent.user_id)
        .with_for_update(key_share=True, read=True)
    )
    return set(rows)


async def waiting(session: AsyncSession, most: int) -> list[int]:
    """Return members whose hubs told something that was not read yet."""
    return list(await session.scalars(_WAITING, {"most": most}))


async def unread(session: AsyncSession, user_ids: Collection[int]) -> Sequence[Row[Any]]:
    """Return lines of hubs' logs that were not read yet for members, in their order."""
    return (await session.execute(_NEWS, {"user_ids": list(user_ids)})).all()


async def note_use(session: AsyncSession, uses: Sequence[dict[str, Any]]) -> None:
    """Keep what cartridges were seen with; telling the same again changes nothing.

    Each has the columns of `ScentUse`, and no cartridge stands twice in the list.
    """
    if not uses:
        return
    statement = insert(ScentUse)
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "household_id", "hub_id", "install_id"],
            set_={
                "most_ul": func.greatest(ScentUse.most_ul, new.most_ul),
                "least_ul": func.least(ScentUse.least_ul, new.least_ul),
                "seen_at": func.greatest(ScentUse.seen_at, new.seen_at),
                "product_id": new.product_id,
            },
        ),
        list(uses),
    )


async def mark_read(session: AsyncSession, marks: Sequence[dict[str, Any]]) -> None:
    """Keep how far logs were read; each has the columns of `UseMark`."""
    if not marks:
        return
    statement = insert(UseMark)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "household_id", "hub_id", "lineage_id"],
            set_={"seq": func.greatest(UseMark.seq, statement.excluded.seq)},
        ),
        list(marks),
    )


async def leave_old_homes(session: AsyncSession) -> None:
    """Forget what ran in homes that a member does not belong to any more."""
    await session.execute(_LEAVE_OLD_HOMES)


async def ran_by(
    session: AsyncSession, user_ids: Collection[int], since: datetime
) -> dict[int, dict[int, int]]:
    """Return the oil that members' diffusers ran, microlitres by user and product."""
    found: dict[int, dict[int, int]] = {}
    for row in await session.execute(_RAN, {"user_ids": list(user_ids), "since": since}):
        found.setdefault(row.user_id, {})[row.product_id] = row.ran_ul
    return found
