"""Accounts, roles, proofs of an address, and what members say, at two servers at once."""

import asyncio

import pytest

from tests.cloud.conftest import PASSWORD
from tests.cloud.races.hands import (
    STAFF,
    STATUS,
    link_in_mail,
    order,
    run,
    second_tab,
    sign_up,
    token_in_mail,
    two_staff,
)

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

BOTTLE = 7000  # delivered free


async def _id_of(client):
    return (await client.get("/api/v1/me")).json()["id"]


async def test_r29_a_guest_who_becomes_a_member_while_paying_has_one_paid_order(town):
    variant_id = await town.stock(5, price_minor=BOTTLE)
    email = f"r29-{variant_id}@example.org"
    guest, placed = await order(town, variant_id, email=email)
    member = await sign_up(town, email, at=1)
    token = await link_in_mail(town, email)

    _, proven = await asyncio.gather(
        guest.pay(placed["url"]), member.client.post_json("/api/v1/auth/email", {"token": token})
    )

    assert proven.status_code == 204, proven.text
    await town.until(STATUS, "PAID", number=placed["order_number"])
    owner = "SELECT user_id FROM orders WHERE number = :number"
    await town.until(owner, await _id_of(member.client), number=placed["order_number"])
    mine = (await member.client.get("/api/v1/me/orders")).json()["orders"]
    assert [one["number"] for one in mine] == [placed["order_number"]]


async def test_r30_a_role_that_is_taken_away_is_gone_at_the_other_server_too(town):
    boss, clerk = await two_staff(town)
    before = await clerk.get(f"{STAFF}/orders")

    taken = await boss.put_json(f"{STAFF}/people/{await _id_of(clerk)}", {"role": "CUSTOMER"})
    after = await clerk.get(f"{STAFF}/orders")

    assert taken.status_code == 204, taken.text
    assert (before.status_code, after.status_code) == (200, 403)


async def test_r31_of_two_admins_who_demote_each_other_one_stays(town):
    first, second = await two_staff(town)
    ids = [await _id_of(first), await _id_of(second)]
    others = "UPDATE users SET role = :role WHERE role = :was AND id <> ALL (:ids)"
    await run(town, others, role="MANAGER", was="ADMIN", ids=ids)

    answers = await asyncio.gather(
        first.put_json(f"{STAFF}/people/{ids[1]}", {"role": "CUSTOMER"}),
        second.put_json(f"{STAFF}/people/{ids[0]}", {"role": "CUSTOMER"}),
    )

    assert [answer.status_code for answer in answers].count(204) == 1
    assert await town.scalar("SELECT count(*) FROM users WHERE role = 'ADMIN'") == 1


async def test_r32_a_link_that_proves_an_address_counts_once_at_two_servers(town):
    email = "r32@example.org"
    member = await sign_up(town, email, at=0)
    token = await link_in_mail(town, email)
    tabs = [member, second_tab(town, member, at=1)]

    answers = await asyncio.gather(
        *(tabs[at % 2].client.post_json("/api/v1/auth/email", {"token": token}) for at in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [204, 410, 410, 410]


async def test_r33_the_owner_of_an_address_puts_a_squatter_out_at_both_servers(town):
    email = "r33@example.org"
    squatter = await sign_up(town, email, at=0)
    token = await link_in_mail(town, email)
    owner = town.buyer(at=1).client

    answer = await owner.post_form(f"/link/{token}", {})
    words = {"password": "three other unrelated words"}
    await owner.post_form(answer.headers["location"], words)

    for at in (0, 1):
        seen = await second_tab(town, squatter, at=at).client.get("/api/v1/me")
        assert seen.status_code == 401
        form = {"email": email, "password": PASSWORD}
        again = await town.buyer(at=at).client.post_json("/api/v1/auth/sign-in", form)
        assert again.status_code == 403, again.text


async def test_r33_one_address_that_signs_up_at_both_servers_at_once_has_one_account(town):
    form = {"email": "r33-twice@example.org", "name": "Ada", "password": PASSWORD}

    answers = await asyncio.gather(
        *(town.buyer(at=at).client.post_json("/api/v1/auth/sign-up", form) for at in (0, 1))
    )

    assert [answer.status_code for answer in answers].count(201) == 1
    count = "SELECT count(*) FROM users WHERE email = 'r33-twice@example.org'"
    assert await town.scalar(count) == 1


async def test_r37_a_member_votes_once_while_two_of_staff_decide_in_turned_order(town):
    """The stars of both scents are those of their reviews, and neither waits for ever."""
    slugs = [await _scent(town) for _ in range(2)]
    writers = [await sign_up(town, f"r37-{slugs[0]}-{n}@example.org", at=n) for n in range(2)]
    said = {"rating": 4, "body": "Good.", "author_name": "Ada"}
    ids = []
    for slug in slugs:
        for writer in writers:
            mine = f"/api/v1/products/{slug}/reviews/mine"
            ids.append((await writer.client.put_json(mine, said)).json()["id"])
    staff = await two_staff(town)
    # Both scents in each half, one half turned around.
    halves = ([ids[0], ids[2]], [ids[3], ids[1]])

    decided = await asyncio.gather(
        *(
            clerk.post_json(f"{STAFF}/reviews/decisions", {"editions": dict.fromkeys(half, 1)})
            for clerk, half in zip(staff, halves, strict=True)
        )
    )
    voter = await sign_up(town, f"r37-{slugs[0]}-voter@example.org", at=0)
    tabs = [voter.client, second_tab(town, voter, at=1).client]
    votes = await asyncio.gather(
        *(
            tabs[at % 2].put_json(f"/api/v1/reviews/{ids[0]}/vote", {"is_helpful": at < 3})
            for at in range(6)
        )
    )

    assert [answer.json() for answer in decided] == [{"decided": 2}] * 2
    assert [answer.status_code for answer in votes] == [204] * 6
    counts = "SELECT helpful_count + unhelpful_count FROM reviews WHERE id = :id"
    assert await town.scalar(counts, id=ids[0]) == 1
    stars = "SELECT rating_counts[4] FROM products WHERE slug = :slug"
    assert [await town.scalar(stars, slug=slug) for slug in slugs] == [2, 2]


async def test_r38_a_newsletter_confirmed_at_both_servers_at_once_is_confirmed_once(town):
    email = "r38@example.org"
    tabs = [town.buyer(at=at).client for at in (0, 1)]
    await tabs[0].post_json("/api/v1/newsletter", {"email": email})
    token = await token_in_mail(town, email)

    answers = await asyncio.gather(
        *(tabs[at % 2].post_json("/api/v1/newsletter/confirm", {"token": token}) for at in range(4))
    )

    assert [answer.status_code for answer in answers] == [204] * 4
    acts = """
        SELECT string_agg(act, ' ' ORDER BY c.id) FROM newsletter_consents c
        JOIN newsletter_subscribers s ON s.id = c.subscriber_id WHERE email = :email
    """
    assert await town.scalar(acts, email=email) == "asked confirmed"


async def _scent(town):
    variant_id = await town.stock(1)
    slug = "SELECT slug FROM products p JOIN variants v ON v.product_id = p.id WHERE v.id = :id"
    return str(await town.scalar(slug, id=variant_id))
