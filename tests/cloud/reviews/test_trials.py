"""The trial of a refill is nobody's purchase."""

import pytest
from sqlalchemy import select, text

from cloud.admin.customer_lists import CUSTOMERS
from cloud.loyalty.service import referrals
from cloud.notifications import campaign_rows
from cloud.notifications.campaign_kinds import Audience
from cloud.orders import service as orders
from cloud.reviews import repository

pytestmark = pytest.mark.needs_postgres


async def test_a_trial_is_no_purchase_anywhere(market, customer, staff, deliver):
    user_id, now = await market.user_id(), market.clock.now()
    order_id = await deliver(user_id)
    seen = []
    for is_test in (False, True):
        async with market.database.unit_of_work() as session:
            await session.execute(text("DELETE FROM referrals"))
            await session.execute(
                text(
                    "INSERT INTO referrals (friend_id, inviter_id, stage, invited_at)"
                    " SELECT :id, min(id), 'WAITING', '2000-01-01' FROM users WHERE id <> :id"
                ),
                {"id": user_id},
            )
            await session.execute(
                text("UPDATE users SET email_verified_at = now() WHERE id = :id"), {"id": user_id}
            )
            await session.execute(text("UPDATE orders SET is_test = :it"), {"it": is_test})
            product_id = await session.scalar(text("SELECT product_id FROM variants LIMIT 1"))
            await referrals.note_order(session, await orders.lock(session, order_id))
            listed = CUSTOMERS.rows.subquery()
            seen.append(
                (
                    await orders.has_paid_order(session, user_id, ""),
                    await repository.find_bought_line(session, user_id, product_id) is not None,
                    len(
                        await repository.list_to_review(
                            session, user_id, now, order_id=None, most=5
                        )
                    ),
                    await campaign_rows.count_audience(session, Audience.BUYERS, now),
                    await session.scalar(select(listed.c.orders).where(listed.c.id == user_id)),
                    await session.scalar(text("SELECT count(order_id) FROM referrals")),
                )
            )

    assert seen == [(True, True, 1, 1, 1, 1), (False, False, 0, 0, 0, 0)]
