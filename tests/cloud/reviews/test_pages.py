"""Reviews on pages: read, written, voted on and decided about without a script."""

import json
import re

import pytest

from cloud.foundation.identity import Role
from tests.cloud.reviews.conftest import MINE, SAID, SLUG

pytestmark = pytest.mark.needs_postgres

PAGE = f"/products/{SLUG}"
FORM = f"{PAGE}/review"
TYPED = {**{name: str(value) for name, value in SAID.items()}}


async def test_a_buyer_is_asked_on_the_order_page_and_writes(market, sign_in_as, deliver):
    buyer = await sign_in_as(Role.CUSTOMER, "buyer@example.org")
    order_id = await deliver(await market.user_id("buyer@example.org"))
    number = await market.scalar("SELECT number FROM orders WHERE id = :id", id=order_id)
    assert f'href="{FORM}"' in (await buyer.get(f"/account/orders/{number}")).text

    sent = await buyer.post_form(FORM, TYPED)

    assert sent.status_code == 303
    own = (await buyer.get("/account/reviews")).text
    assert "Being read" in own
    assert "Verified purchase" in own
    assert f'href="{FORM}"' not in (await buyer.get(f"/account/orders/{number}")).text


async def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(customer, market):
    for field, value, words in (
        ("rating", "", "Choose one to five stars."),
        ("rating", "7", "Choose one to five stars."),
        ("body", "<b>Good</b>", "without HTML"),
        ("body", "", "too short"),
    ):
        answer = await customer.post_form(FORM, {**TYPED, field: value})

        assert answer.status_code == 422
        assert words in answer.text
        assert f'id="{field}-error"' in answer.text
        assert SAID["title"] in answer.text


async def test_the_page_of_a_scent_shows_its_reviews_to_people_and_machines(
    client, write, approve, staff
):
    one, two = await write(rating=5), await write(rating=4, title="<3", body="A\nB & C")
    await approve(one["id"], two["id"])
    await staff.put_json(f"/api/v1/staff/reviews/{one['id']}/reply", {"text": "Thanks!"})

    text = (await client.get(PAGE)).text
    listing = (await client.get("/products")).text

    assert "4.5" in text
    assert "A\nB &amp; C" in text
    assert "Thanks!" in text
    data = [json.loads(one) for one in re.findall(r'ld\+json">(.*?)</script>', text, re.DOTALL)]
    product = next(one for one in data if one["@type"] == "Product")
    assert product["aggregateRating"]["ratingValue"] == 4.5
    assert product["aggregateRating"]["reviewCount"] == 2
    assert {one["reviewRating"]["ratingValue"] for one in product["review"]} == {4, 5}
    assert 'aria-label="4.5 of 5 stars"' in listing


async def test_a_scent_without_reviews_says_so_and_claims_no_stars(client, market):
    text = (await client.get(PAGE)).text

    assert "Nobody has said anything" in text
    assert "aggregateRating" not in text


async def test_all_reviews_are_sorted_narrowed_and_paged(client, fill):
    await fill(12)

    page = (await client.get(f"{PAGE}/reviews?order=best")).text
    onward = re.search(r'href="([^"]+)" *>More reviews', page.replace('rel="next" ', ""))
    later = (await client.get(onward[1].replace("&amp;", "&"))).text
    narrowed = (await client.get(f"{PAGE}/reviews?order=newest&stars=5")).text

    shown = re.findall(r"Text \d+\.", page) + re.findall(r"Text \d+\.", later)
    assert len(shown) == len(set(shown)) == 12
    assert set(re.findall(r"Text \d+\.", narrowed)) == {"Text 4.", "Text 9."}
    assert (await client.get(f"{PAGE}/reviews?stars=9")).status_code == 422


async def test_a_vote_by_form_is_given_and_taken_back(customer, client, write, approve):
    written = await write()
    await approve(written["id"])
    vote = f"/reviews/{written['id']}/vote"

    first = await customer.post_form(vote, {"vote": "yes", "back": PAGE}, form_at=PAGE)
    pressed = (await customer.get(PAGE)).text
    taken = await customer.post_form(vote, {"vote": "none", "back": "//evil.test"}, form_at=PAGE)

    assert first.headers["location"] == f"{PAGE}#review-{written['id']}"
    assert taken.headers["location"].startswith(f"{PAGE}/reviews#")
    assert 'aria-pressed="true"' in pressed
    assert 'aria-pressed="true"' not in (await customer.get(PAGE)).text
    assert 'name="vote"' not in (await client.get(PAGE)).text


async def test_staff_decide_about_what_they_ticked(staff, write, client):
    one, two, three = [await write(body=f"Text {n}.") for n in range(3)]
    await two["client"].put_json(MINE, {**SAID, "body": "Changed."})
    page = (await staff.get("/admin/reviews?status=pending")).text
    assert page.count('name="pick"') == 3

    sent = await staff.post_form(
        "/admin/reviews",
        {"verdict": "approve", "pick": [f"{one['id']}:1", f"{two['id']}:1"]},
    )
    refused = await staff.post_form(
        "/admin/reviews", {"verdict": "reject", "reason": "Off topic.", "pick": f"{three['id']}:1"}
    )

    assert sent.headers["location"].endswith("decided=1")
    assert refused.headers["location"].endswith("decided=1")
    assert "Reviews decided about: 1" in (await staff.get(sent.headers["location"])).text
    assert "Text 0." in (await client.get(PAGE)).text
    assert "Off topic." in (await three["client"].get("/account/reviews")).text


async def test_a_decision_that_says_nothing_decides_nothing(staff, write, market):
    await write()

    for typed, words in (
        ({"verdict": "approve"}, "No review is ticked."),
        ({"verdict": "approve", "pick": "x"}, "No review is ticked."),
        ({"verdict": "approve", "pick": "1:x"}, "No review is ticked."),
        ({"verdict": "reject", "pick": "1:1", "reason": " "}, "Say why it is refused."),
    ):
        assert words in (await staff.post_form("/admin/reviews", typed)).text

    assert await market.scalar("SELECT status FROM reviews") == "PENDING"


async def test_staff_look_after_one_review_and_take_all_as_csv(staff, write, client):
    written = await write(body="=1+1")
    home = f"/admin/reviews/{written['id']}"

    await staff.post_form(f"{home}/approve", {"edition": "1"}, form_at=home)
    await staff.post_form(f"{home}/reply", {"text": "Thank you."}, form_at=home)
    shown = (await client.get(PAGE)).text
    seen = re.search(r'name="seen" value="([^"]+)"', (await staff.get(home)).text)[1]
    verdict = {"edition": "1", "seen": seen}
    blank = await staff.post_form(f"{home}/reject", {**verdict, "reason": ""}, form_at=home)
    await staff.post_form(f"{home}/reject", {**verdict, "reason": "Spam."}, form_at=home)

    assert "Thank you." in shown
    assert blank.status_code == 422
    assert "=1+1" not in (await client.get(PAGE)).text
    csv = (await staff.get("/admin/reviews?format=csv")).text
    assert "'=1+1" in csv
    assert "Spam." in (await staff.get(home)).text
