"""What is asked twice (a double click, a request sent again, a second tab) is done once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import PLACE, Club
from tests.fakes.market import stock

pytestmark = pytest.mark.needs_postgres

STAFF_PLACE = "/api/v1/staff/subscriptions"
LATER = "2026-03-20"
# Everything that a deed leaves behind, the mails and the audit log among it.
_LEFT = """
    SELECT to_jsonb(s) - 'updated_at' AS standing,
        (SELECT coalesce(jsonb_agg(to_jsonb(c) - 'updated_at' ORDER BY c.number), '[]')
            FROM subscription_cycles c WHERE c.subscription_id = s.id) AS parcels,
        (SELECT count(*) FROM subscription_history h WHERE h.subscription_id = s.id) AS steps,
        (SELECT count(*) FROM audit_entries) AS audited,
        (SELECT count(*) FROM notifications) AS told,
        (SELECT count(*) FROM payments) AS charges
    FROM subscriptions s WHERE s.id = :id
"""


async def _later(club: Club) -> int:
    return await club.subscribe(first_on=LATER)


async def _paused(club: Club) -> int:
    made = await _later(club)
    await club.does(made, "pause")
    return made


async def _suspended(club: Club) -> int:
    made = await _later(club)
    await club.market.run(
        "UPDATE subscriptions SET status = 'ADMIN_SUSPENDED' WHERE id = :id", id=made
    )
    return made


async def _asked_about_price(club: Club) -> int:
    made = await _later(club)
    await club.market.run(
        "UPDATE subscriptions SET question = 'PRICE_ABOVE_LIMIT', asked_at = :now WHERE id = :id",
        id=made,
        now=club.market.clock.now(),
    )
    return made


async def _unpaid(club: Club) -> int:
    await club.cards_fail()
    return await club.subscribe()


Made = Callable[[Club], Awaitable[int]]
# The subscription that it is done to, what is sent, and how.
OWN: dict[str, tuple[Made, str, str, dict[str, Any]]] = {
    "skip": (_later, "POST", "/skip", {"number": 0}),
    "pause": (_later, "POST", "/pause", {"resume_on": "2026-05-01"}),
    "resume": (_paused, "POST", "/resume", {}),
    "another day": (_later, "PUT", "/next-day", {"number": 0, "day": "2026-03-25"}),
    "another rhythm": (
        _later,
        "PUT",
        "/next-day",
        {"number": 0, "day": "2026-03-25", "counts_from_there": True},
    ),
    "charge today": (_later, "PUT", "/next-day", {"number": 0, "day": "2026-03-02"}),
    "more bottles": (_later, "PATCH", "", {"quantity": 2, "seen_total_minor": "two"}),
    "swap": (_later, "PATCH", "", {"variant_id": "other", "seen_total_minor": "other price"}),
    "accept price": (
        _asked_about_price,
        "POST",
        "/accept-price",
        {"seen_total_minor": "one"},
    ),
    "cancel": (_later, "POST", "/cancel", {}),
    "charge again": (_unpaid, "POST", "/retry", {"number": 0, "tries": 1}),
    "another card": (_unpaid, "PATCH", "", {"card_id": "another"}),
    "cancel unpaid": (_unpaid, "POST", "/cancel", {}),
}
BY_STAFF: dict[str, tuple[Made, str, str, dict[str, Any]]] = {
    "pause": (_later, "POST", "/pause", {}),
    "resume": (_paused, "POST", "/resume", {}),
    "suspend": (_later, "POST", "/suspend", {"reason": "Looks like fraud"}),
    "unsuspend": (_suspended, "POST", "/unsuspend", {}),
    "skip": (_later, "POST", "/skip", {"number": 0}),
    "cancel": (_later, "POST", "/cancel", {}),
    "charge again": (_unpaid, "POST", "/retry", {"number": 0, "tries": 1}),
}


async def _meant(club: Club, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with this shop's own numbers in place of their names."""
    other = await club.market.scalar("SELECT max(id) FROM variants")
    names = {"one": {}, "two": {"quantity": 2}, "other price": {"variant_id": other}}
    meant = dict(body)
    if meant.get("variant_id") == "other":
        meant["variant_id"] = other
    if meant.get("seen_total_minor") in names:
        asked = await club.asked(**names[meant["seen_total_minor"]])
        meant["seen_total_minor"] = asked["seen_total_minor"]
    if meant.get("card_id") == "another":
        await club.market.give_card(club.user_id, "pm_card_chargeCustomerFail")
        meant["card_id"] = await club.market.scalar("SELECT max(id) FROM saved_cards")
    return meant


@pytest.mark.parametrize(
    ("place", "deeds"), [(PLACE, OWN), (STAFF_PLACE, BY_STAFF)], ids=["its owner", "staff"]
)
async def test_every_deed_sent_twice_is_done_once_and_answered_alike(
    club: Club,
    staff: CloudClient,
    place: str,
    deeds: dict[str, tuple[Made, str, str, dict[str, Any]]],
) -> None:
    async with club.market.database.unit_of_work() as session:
        await stock(session, sku="OTHER-50")
    hand = club.client if place == PLACE else staff
    send = {"POST": hand.post_json, "PUT": hand.put_json, "PATCH": hand.patch_json}

    found = {}
    for name, (make, method, path, body) in deeds.items():
        made = await make(club)
        meant = await _meant(club, body)
        untouched = await club.market.rows(_LEFT, id=made)
        first = await send[method](f"{place}/{made}{path}", meant)
        await club.turn()
        once = await club.market.rows(_LEFT, id=made)
        second = await send[method](f"{place}/{made}{path}", meant)
        await club.turn()
        twice = await club.market.rows(_LEFT, id=made)
        found[name] = {
            "answers": (first.status_code, second.status_code),
            "did something": once != untouched,
            "did it once": twice == once,
        }

    done = {"answers": (200, 200), "did something": True, "did it once": True}
    assert found == dict.fromkeys(deeds, done)
