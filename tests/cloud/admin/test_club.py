"""Staff's rewards, tiers and points: a second tab loses nothing, a looker sees no form."""

import pytest

from cloud.foundation.identity import Role
from cloud.foundation.permits import POINTS_VIEW, REWARDS_VIEW, TIERS_VIEW

pytestmark = pytest.mark.needs_postgres

TIER = {
    "name": "Silver",
    "min_points": "100",
    "colour": "#8a8d91",
    "icon": "leaf",
    "multiplier_percent": "125",
    "discount_percent": "2.5",
}
REWARD = {"name": "A tenth off", "kind": "PERCENT", "percent": "10", "cost_points": "40"}


@pytest.fixture
async def looker(market, sign_in_as):
    """A member of staff who may look at rewards, tiers and points, and change nothing."""
    looker = await sign_in_as(Role.MANAGER, "looker@example.org")
    await market.run(
        "WITH made AS (INSERT INTO role_definitions (name, description, version) "
        "VALUES ('Looker', '', 1) RETURNING id), "
        "may AS (INSERT INTO role_permits (role_definition_id, permit) "
        "SELECT id, unnest(CAST(:permits AS text[])) FROM made) "
        "UPDATE users SET role_definition_id = (SELECT id FROM made) "
        "WHERE email = 'looker@example.org'",
        permits=[str(one) for one in (POINTS_VIEW, REWARDS_VIEW, TIERS_VIEW)],
    )
    return looker


async def test_a_second_tab_gets_what_the_first_one_saved_and_keeps_what_was_typed(market, staff):
    made = await staff.post_form("/admin/tiers/new", TIER)
    tier = made.headers["location"].partition("?")[0]
    saved = await staff.post_form(tier, TIER | {"version": "1", "discount_percent": "5"})
    assert saved.status_code == 303

    late = await staff.post_form(tier, TIER | {"version": "1", "min_points": "90"})

    assert late.status_code == 412
    assert 'value="90"' in late.text
    assert "Now it says:" in late.text
    made = await staff.post_form("/admin/rewards/new", REWARD)
    reward = made.headers["location"].partition("?")[0]
    assert (
        await staff.post_form(reward, REWARD | {"version": "1", "percent": "20"})
    ).status_code == (422)
    name = REWARD | {"version": "1", "name": "Ten off", "is_active": "1"}
    assert (await staff.post_form(reward, name)).status_code == 303
    assert (await staff.post_form(reward, REWARD | {"version": "1"})).status_code == 412


async def test_whoever_may_only_look_sees_what_there_is_and_no_form(
    market, staff, looker, customer
):
    tier = (await staff.post_form("/admin/tiers/new", TIER)).headers["location"]
    reward = (await staff.post_form("/admin/rewards/new", REWARD)).headers["location"]
    member = f"/admin/points/{await market.user_id()}"
    wish = {"direction": "give", "points": "30", "reason": "A late parcel"}
    assert (await staff.post_form(member, wish)).status_code == 303

    for address, said in ((tier, "Silver"), (reward, "A tenth off"), (member, "A late parcel")):
        page = (await looker.get(address)).text
        assert said in page
        assert "<form" not in page.partition("<main")[2].partition("</main")[0]
        assert "<form" in (await staff.get(address)).text.partition("<main")[2]
        refused = await looker.post_form(address.partition("?")[0], wish)
        assert refused.status_code == 403
    for address in ("/admin/tiers/new", "/admin/rewards/new"):
        assert (await looker.get(address)).status_code == 403


async def test_points_are_taken_with_a_reason_as_far_as_there_are_any(market, staff, customer):
    member = f"/admin/points/{await market.user_id()}"
    wish = {"direction": "give", "points": "30", "reason": "A late parcel"}
    await staff.post_form(member, wish)

    refused = await staff.post_form(member, wish | {"direction": "take", "points": "31"})

    assert refused.status_code == 422
    assert "That takes 31 points, and there are 30." in refused.text
    assert 'value="31"' in refused.text
    taken = await staff.post_form(member, wish | {"direction": "take"})
    assert taken.status_code == 303
    assert "customer@example.org" in (await staff.get("/admin/points?q=customer")).text
    nameless = await staff.post_form(member, wish | {"reason": " "})
    assert nameless.status_code == 422


async def test_a_tier_that_a_reward_asks_for_and_a_reward_that_was_taken_stay(
    market, staff, customer
):
    tier = (await staff.post_form("/admin/tiers/new", TIER)).headers["location"]
    tier = tier.partition("?")[0]
    wish = REWARD | {"is_active": "1", "cost_points": "1"}
    reward = (await staff.post_form("/admin/rewards/new", wish)).headers["location"]
    reward = reward.partition("?")[0]
    asked = wish | {"version": "1", "tier_id": tier.rpartition("/")[2]}
    assert (await staff.post_form(reward, asked)).status_code == 303

    kept = await staff.post_form(f"{tier}/remove", {})

    assert kept.status_code == 409
    assert "A reward is for members of this tier." in kept.text
    assert (await staff.post_form(f"{reward}/remove", {})).status_code == 303
    assert (await staff.post_form(f"{tier}/remove", {})).status_code == 303
    assert await market.scalar("SELECT count(*) FROM tiers") == 0
