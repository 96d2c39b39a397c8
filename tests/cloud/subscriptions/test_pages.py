"""The pages of subscriptions, as a browser without scripts uses them."""

import re

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import Club

pytestmark = pytest.mark.needs_postgres
HOME = "/account/subscriptions"


def _hidden(html: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', html)
    assert found is not None, name
    return found[1]


async def test_a_member_subscribes_changes_and_cancels_without_scripts(club: Club) -> None:
    product = await club.client.get("/products/cedber-50")
    offer = await club.client.get(f"{HOME}/new?variant_id={club.variant_id}&quantity=2")
    form = {name: _hidden(offer.text, name) for name in ("seen_total_minor", "key")}
    form |= {"variant_id": str(club.variant_id), "quantity": "2", "frequency": "WEEKLY"}

    await club.client.post_form("/cart/lines", {"variant_id": str(club.variant_id)})
    cart = await club.client.get("/cart")

    assert "Or have it come regularly" in product.text
    assert f"{HOME}/new?variant_id={club.variant_id}&amp;quantity=1" in cart.text
    assert "Subscribe with obligation to pay" in offer.text
    wrong = await club.client.post_form(HOME, form | {"max_total": "a lot"})
    assert (wrong.status_code, "a lot" in wrong.text) == (422, True)
    made = await club.client.post_form(HOME, form | {"first_on": "2026-03-09"})
    again = await club.client.post_form(HOME, form | {"first_on": "2026-03-09"})
    page = made.headers["location"]
    assert again.headers["location"] == page

    async def version() -> dict[str, str]:
        return {"version": _hidden((await club.client.get(page)).text, "version")}

    named = {"number": _hidden((await club.client.get(page)).text, "number")}
    for deed, typed in (
        ("skip", named),
        ("skip", named),
        ("pause", {"resume_on": "2026-04-01"}),
        ("resume", {}),
        ("day", {"number": "1", "day": "2026-03-30"}),
        ("change", {"frequency": "MONTHLY", "max_total": "99,50"}),
    ):
        answer = await club.client.post_form(f"{page}/{deed}", typed | await version())
        assert answer.status_code == 303, (deed, answer.text)
    preview = await club.client.get(f"{page}/change?variant_id={club.variant_id}&quantity=3")
    seen = _hidden(preview.text, "seen_total_minor")
    changed = await club.client.post_form(
        f"{page}/change",
        {"variant_id": str(club.variant_id), "quantity": "3", "seen_total_minor": seen}
        | await version(),
    )
    shown = await club.client.get(page)
    listed = await club.client.get(HOME)

    assert changed.status_code == 303
    assert "Every month, 3 bottles" in shown.text
    assert "99.50" in shown.text
    assert "30 Mar 2026" in listed.text or "Mar 30, 2026" in listed.text
    assert (await club.client.post_form(f"{page}/cancel", {})).status_code == 303
    assert "Cancelled" in (await club.client.get(page)).text


@pytest.mark.parametrize(
    ("deed", "typed", "status"),
    [
        ("day", {"number": "0", "day": "2020-01-01"}, 422),
        ("day", {"number": "0", "day": "soon"}, 422),
        ("day", {"number": "1", "day": "2026-03-30"}, 409),
        ("skip", {"number": "1"}, 409),
        ("pause", {"resume_on": "2026-03-01"}, 422),
        ("change", {"quantity": "1000", "seen_total_minor": "1"}, 422),
        ("change", {"quantity": "3", "seen_total_minor": "1"}, 409),
        ("retry", {"number": "0", "tries": "1"}, 409),
        ("change/price", {"seen_total_minor": "1"}, 409),
        ("change", {"frequency": "WEEKLY", "version": ""}, 422),
    ],
)
async def test_what_is_refused_is_said_on_the_same_page(
    club: Club, deed: str, typed: dict[str, str], status: int
) -> None:
    made = await club.subscribe(first_on="2026-03-09")

    answer = await club.client.post_form(f"{HOME}/{made}/{deed}", {"version": "1", **typed})

    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert "As agreed" in answer.text


async def test_its_home_and_when_it_is_sent_stand_on_its_owners_page_and_on_the_staffs(
    club: Club, staff: CloudClient
) -> None:
    home = await club.market.open_home(club.user_id)
    await club.market.run("UPDATE households SET name = 'House by the lake'")
    later = {"ships_after_days": 5, "household_id": home.key.household_id}
    tied = await club.subscribe(first_on="2026-03-09", **later)
    plain = await club.subscribe(first_on="2026-03-09")

    pages = [
        (await hand.get(f"{place}/{made}")).text
        for hand, place in ((club.client, HOME), (staff, "/admin/subscriptions"))
        for made in (tied, plain)
    ]

    said = [("5 days after the charge" in page, "House by the lake" in page) for page in pages]
    assert said == [(True, True), (False, False)] * 2
    assert "none: no diffuser has a say" in pages[-1]


async def test_without_a_card_or_an_address_the_page_says_what_is_missing(
    club: Club, staff: CloudClient
) -> None:
    await club.market.run("UPDATE saved_cards SET removed_at = now(), is_default = false")
    where = f"{HOME}/new?variant_id={club.variant_id}"

    without_card = await club.client.get(where)
    without_address = await staff.get(where)
    nothing = await staff.get(HOME)

    assert "Save a card first" in without_card.text
    assert "Say where to" in without_address.text
    assert "No subscriptions yet" in nothing.text


async def test_staff_see_the_next_charge_and_stop_and_go_on_by_pages(
    club: Club, admin: CloudClient
) -> None:
    made = await club.subscribe(first_on="2026-03-09")
    page = f"/admin/subscriptions/{made}"

    listed = await admin.get("/admin/subscriptions?state=running")
    paused = await admin.post_form(
        "/admin/subscriptions/shop-pause", {"version": "1", "act": "pause"}
    )
    stale = await admin.post_form(
        "/admin/subscriptions/shop-pause", {"version": "1", "act": "resume"}
    )
    deeds = [
        (await admin.post_form(f"{page}/{deed}", typed)).status_code
        for deed, typed in (
            ("pause", {"version": "1"}),
            ("resume", {"version": "2"}),
            ("skip", {"number": "0"}),
            ("suspend", {"reason": "To be looked at", "version": "3"}),
            ("unsuspend", {"version": "4"}),
            ("retry", {"number": "9", "tries": "1"}),
            ("suspend", {"reason": "", "version": "5"}),
            ("cancel", {}),
        )
    ]
    shown = await admin.get(page)

    assert "customer@example.org" in listed.text
    assert (paused.status_code, stale.status_code) == (303, 412)
    assert deeds == [303, 303, 303, 303, 303, 409, 422, 303]
    assert "To be looked at" in shown.text
    assert "Cancelled" in shown.text
    assert (await admin.get("/admin/subscriptions?format=csv")).status_code == 200
