"""A device that runs low claims the next parcel; one that is full pushes it back."""

import asyncio
from datetime import date, datetime

import pytest

from cloud.subscriptions import service
from cloud.subscriptions.service import ClaimedParcel, locking
from tests.fakes.club import PLACE, Club
from tests.fakes.database import eventually_in
from tests.fakes.market import Home, Market

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def home(market: Market, club: Club) -> Home:
    """The subscriber's household with its hub."""
    return await market.open_home(club.user_id)


async def claim(club: Club, home: Home, needed_by: str, key: str = "slot:1:0") -> object:
    async with club.market.database.unit_of_work() as session:
        return await service.claim_next_parcel(
            session,
            household_id=home.key.household_id,
            variant_id=club.variant_id,
            needed_at=datetime.fromisoformat(f"{needed_by}T12:00+00:00"),
            key=key,
            now=club.market.clock.now(),
        )


async def push(club: Club, home: Home, made: int, until: str, **other: int) -> date | None:
    asked_for = {"household_id": home.key.household_id, "variant_id": club.variant_id} | other
    async with club.market.database.unit_of_work() as session:
        return await service.push_back(
            session, made, date.fromisoformat(until), club.market.clock.now(), **asked_for
        )


async def subscribed(club: Club, home: Home, **facts: object) -> int:
    usual = {"first_on": "2026-03-20", "may_pull_forward_days": 10, "may_push_back_days": 7}
    return await club.subscribe(household_id=home.key.household_id, **usual | facts)


async def test_a_parcel_in_time_is_claimed_where_it_is(club: Club, home: Home) -> None:
    made = await subscribed(club, home)

    claimed = await claim(club, home, "2026-03-30")

    assert isinstance(claimed, ClaimedParcel)
    assert (claimed.subscription_id, claimed.is_moved) == (made, False)
    assert claimed.billing_on == date(2026, 3, 20)


async def test_a_parcel_that_would_be_late_is_pulled_forward_and_told(
    club: Club, home: Home
) -> None:
    made = await subscribed(club, home)

    claimed = await claim(club, home, "2026-03-18")

    assert isinstance(claimed, ClaimedParcel)
    assert claimed.is_moved
    assert claimed.arrives_on == date(2026, 3, 18)
    found = await club.view(made)
    assert found["next_billing_on"] == claimed.billing_on.isoformat()
    # The one after it stays on its day.
    assert found["upcoming"][1] == "2026-04-20"
    assert (await club.told())[-2:] == ["reminded", "claimed"]
    assert club.market.stripe.count("charge") == 0


@pytest.mark.parametrize(
    ("needed_by", "facts"),
    [
        ("2026-03-06", {}),
        ("2026-03-18", {"may_pull_forward_days": 1}),
        ("2026-03-18", {"may_pull_forward_days": 0}),
    ],
)
async def test_beyond_the_limits_nothing_moves(
    club: Club, home: Home, needed_by: str, facts: dict[str, object]
) -> None:
    made = await subscribed(club, home, **facts)

    assert await claim(club, home, needed_by) is None
    assert (await club.view(made))["next_billing_on"] == "2026-03-20"


async def test_one_need_claims_once_and_a_second_device_not_the_same_bottle(
    club: Club, home: Home
) -> None:
    await subscribed(club, home)

    first = await claim(club, home, "2026-03-30")
    again = await claim(club, home, "2026-03-30")
    other = await claim(club, home, "2026-03-30", key="slot:2:0")

    assert first == again
    assert other is None
    assert await club.market.scalar("SELECT count(*) FROM subscription_claims") == 1


async def test_a_parcel_of_two_bottles_serves_two_devices(club: Club, home: Home) -> None:
    await subscribed(club, home, quantity=2)

    found = [await claim(club, home, "2026-03-30", key=f"slot:{n}:0") for n in (1, 2, 3)]

    assert [one is not None for one in found] == [True, True, False]


async def test_a_claim_given_back_is_free_for_another(club: Club, home: Home) -> None:
    await subscribed(club, home)
    await claim(club, home, "2026-03-30")

    async with club.market.database.unit_of_work() as session:
        await service.release_claim(session, "slot:1:0")

    assert await claim(club, home, "2026-03-30", key="slot:2:0") is not None


@pytest.mark.parametrize("deed", ["pause", "cancel", "skip"])
async def test_what_will_not_come_is_no_claim_any_more(club: Club, home: Home, deed: str) -> None:
    made = await subscribed(club, home)
    await claim(club, home, "2026-03-30")

    await (club.skip(made) if deed == "skip" else club.does(made, deed))

    # A paused one may go on, in time or not: it is not counted on.
    assert await claim(club, home, "2026-03-30") is None


async def test_a_full_bottle_pushes_it_back_within_the_limit(club: Club, home: Home) -> None:
    made = await subscribed(club, home)

    assert await push(club, home, made, "2026-03-24") == date(2026, 3, 24)
    assert await push(club, home, made, "2026-03-24") is None
    # Seven days from its regular day, however often it is asked.
    assert await push(club, home, made, "2026-05-01") == date(2026, 3, 27)
    assert await push(club, home, made, "2026-05-01") is None
    assert (await club.view(made))["upcoming"][:2] == ["2026-03-27", "2026-04-20"]


async def test_a_full_bottle_moves_no_parcel_of_another_home_or_bottle(
    club: Club, home: Home
) -> None:
    made = await subscribed(club, home)

    assert await push(club, home, made, "2026-03-24", household_id=99) is None
    assert await push(club, home, made, "2026-03-24", variant_id=99) is None
    assert (await club.view(made))["next_billing_on"] == "2026-03-20"


async def test_fewer_bottles_are_left_to_those_that_claimed_them_first(
    club: Club, home: Home
) -> None:
    made = await subscribed(club, home, quantity=3)
    for n in (1, 2, 3):
        await claim(club, home, "2026-03-30", key=f"slot:{n}:0")

    price = (await club.asked(quantity=2))["seen_total_minor"]
    changed = await club.client.patch_json(
        f"{PLACE}/{made}", {"quantity": 2, "seen_total_minor": price}
    )

    assert changed.status_code == 200, changed.text
    left = await club.market.rows("SELECT key FROM subscription_claims ORDER BY id")
    assert [row.key for row in left] == ["slot:1:0", "slot:2:0"]
    assert await claim(club, home, "2026-03-30", key="slot:3:0") is None


async def test_a_claimed_parcel_is_not_pushed_back(club: Club, home: Home) -> None:
    made = await subscribed(club, home)
    await claim(club, home, "2026-03-30")

    assert await push(club, home, made, "2026-03-24") is None


async def test_only_an_adult_of_the_home_ties_a_subscription_to_it(
    club: Club, home: Home, market: Market
) -> None:
    made = await subscribed(club, home)
    await market.run("UPDATE household_members SET role = 'GUEST'")

    refused = await club.client.put_json(
        f"{PLACE}/{made}/home", {"household_id": home.key.household_id}
    )
    untied = await club.client.put_json(f"{PLACE}/{made}/home", {"household_id": None})

    assert (refused.status_code, refused.json()["code"]) == (422, "subscription_home_unknown")
    assert untied.json()["household_id"] is None
    assert await claim(club, home, "2026-03-30") is None


async def test_a_subscription_that_moves_to_another_home_leaves_no_claim_in_the_old_one(
    club: Club, home: Home, market: Market
) -> None:
    made = await subscribed(club, home)
    other = await market.open_home(club.user_id)
    path, moves = f"{PLACE}/{made}/home", {"household_id": other.key.household_id}

    # Which of them is first, nobody knows: a claim of the old home is gone either way.
    await asyncio.gather(
        *(claim(club, home, "2026-03-30", key=f"slot:{n}:0") for n in range(3)),
        club.client.put_json(path, moves),
    )

    assert await market.scalar("SELECT count(*) FROM subscription_claims") == 0
    assert await claim(club, other, "2026-03-30", key="slot:9:0") is not None


async def test_a_homes_subscriptions_are_held_in_the_order_of_their_ids(
    club: Club, home: Home, market: Market
) -> None:
    later = await subscribed(club, home, first_on="2026-03-25")
    sooner = await subscribed(club, home)
    assert await claim(club, home, "2026-03-30") is not None

    async with market.database.unit_of_work() as session:
        # As whoever ends everything of an account does: the lower id, then the higher.
        await locking.lock(session, later)
        waiting = asyncio.create_task(claim(club, home, "2026-04-10", key="slot:2:0"))
        await eventually_in(market.database, "SELECT pid FROM pg_locks WHERE NOT granted")
        await locking.lock(session, sooner)
    claimed = await waiting

    assert isinstance(claimed, ClaimedParcel)
    assert claimed.subscription_id == later


async def test_acts_of_two_homes_and_their_owner_at_once_all_come_to_an_end(
    club: Club, home: Home, market: Market
) -> None:
    other = await market.open_home(club.user_id)
    made = [await subscribed(club, home), await subscribed(club, other, first_on="2026-03-18")]
    made.append(await subscribed(club, home, first_on="2026-03-16"))

    async def move(subscription_id: int, to: Home) -> int:
        path, moves = f"{PLACE}/{subscription_id}/home", {"household_id": to.key.household_id}
        return (await club.client.put_json(path, moves)).status_code

    answers = await asyncio.gather(
        *(
            claim(club, place, "2026-03-30", key=f"{place.key.household_id}:{n}")
            for n in range(4)
            for place in (home, other)
        ),
        *(move(one, to) for one in made for to in (other, home)),
        *(push(club, place, one, "2026-03-24") for one in made for place in (home, other)),
        return_exceptions=True,
    )

    assert [answer for answer in answers if isinstance(answer, BaseException)] == []
    strangers = """
        SELECT count(*) FROM subscription_claims c JOIN subscriptions s ON s.id = c.subscription_id
        WHERE split_part(c.key, ':', 1)::int <> s.household_id
    """
    assert await market.scalar(strangers) == 0
