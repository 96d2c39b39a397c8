"""Promotions, coupons and gift cards on the staff's pages."""

import re
from typing import Any

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

TEN = {"name": "Spring sale", "kind": "PERCENT", "percent": "12.5", "is_active": "on"}
HOME = "/admin/promotions"


async def _make(staff: CloudClient, **changed: str) -> str:
    answer = await staff.post_form(f"{HOME}/new", {**TEN, **changed})
    assert answer.status_code == 303, words_of(answer)
    return str(answer.headers["location"].partition("?")[0])


async def _audit(market: Market) -> list[Any]:
    rows = await market.rows("SELECT action FROM audit_entries ORDER BY id")
    return [row.action for row in rows]


async def test_a_promotion_is_made_changed_and_listed_and_the_audit_knows(
    staff: CloudClient, market: Market
) -> None:
    page = await _make(staff, from_minor="50.00", products="cedber-50", countries="DE, FR")
    form = (await staff.get(page)).text
    changed = await staff.post_form(page, {**TEN, "version": "1", "most_uses": "5"})
    listed = words_of(await staff.get(HOME))

    assert 'value="12.5"' in form
    assert 'value="50.00"' in form
    assert 'value="cedber-50"' in form
    assert changed.headers["location"] == f"{page}?done=saved"
    assert "Spring sale A share of the price no yes" in listed
    assert await _audit(market) == ["create", "change"]
    [row] = await market.rows("SELECT basis_points, most_uses, version FROM promotions")
    assert tuple(row) == (1250, 5, 2)
    assert await market.scalar("SELECT count(*) FROM promotion_targets") == 0


async def test_what_most_leave_alone_is_folded_away_until_it_holds_something(
    staff: CloudClient,
) -> None:
    page = await _make(staff, countries="DE")

    shown = (await staff.get(page)).text
    refused = (await staff.post_form(page, {**TEN, "version": "1", "buy_units": "x"})).text

    def is_open(page: str, title: str) -> bool:
        return f'<details class="group" open><summary>{title}</summary>' in page

    assert is_open(shown, "Whom it is for")
    assert not is_open(shown, "Bottles that earn others")
    assert not is_open(shown, "Beside other promotions")
    assert is_open(refused, "Bottles that earn others")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"percent": "150"}, "Write a number up to 100, with two decimals at most."),
        ({"percent": "ten"}, "Write a number up to 100, with two decimals at most."),
        ({"percent": ""}, "This kind of promotion needs a value that is missing."),
        ({"kind": "AMOUNT"}, "This kind of promotion needs a value that is missing."),
        ({"products": "no-such"}, "There is no “no-such”."),
        ({"countries": "Germany"}, "This is not written as it must be."),
        ({"starts_at": "2026-05-02T10:00", "ends_at": "2026-05-01T10:00"}, "It ends before"),
        ({"most_uses": "0"}, "This number is too small."),
    ],
)
async def test_a_promotion_that_makes_no_sense_is_not_stored_and_nothing_typed_is_lost(
    staff: CloudClient, market: Market, changed: dict[str, str], words: str
) -> None:
    answer = await staff.post_form(f"{HOME}/new", {**TEN, **changed})

    assert answer.status_code == 422
    assert words in words_of(answer)
    assert 'value="Spring sale"' in answer.text
    assert await market.scalar("SELECT count(*) FROM promotions") == 0


async def test_r40_a_second_tab_gets_a_conflict_and_loses_nothing(
    staff: CloudClient, market: Market
) -> None:
    page = await _make(staff)
    await staff.post_form(page, {**TEN, "version": "1", "percent": "20"})
    late = await staff.post_form(page, {**TEN, "version": "1", "name": "Summer sale"})

    assert late.status_code == 412
    assert "Somebody else changed this meanwhile." in words_of(late)
    assert 'value="Summer sale"' in late.text
    assert await market.scalar("SELECT name FROM promotions") == "Spring sale"


async def test_a_sample_cart_shows_what_a_promotion_does_or_why_it_does_not(
    staff: CloudClient, market: Market
) -> None:
    page = await _make(staff, percent="10", from_minor="50.00")

    two = words_of(await staff.get(f"{page}?bottles=cedber-50x2"))
    one = words_of(await staff.get(f"{page}?bottles=CEDBER-50"))
    none = words_of(await staff.get(f"{page}?bottles=NOTHING-1"))

    assert "Without it €57.80 With it €52.02" in two
    assert "This code counts from €50.00 on." in one
    assert "“NOTHING-1” is no bottle." in none


async def test_coupons_are_made_one_or_many_and_come_out_as_csv(
    staff: CloudClient, market: Market
) -> None:
    coupons = f"{await _make(staff)}/coupons"
    await staff.post_form(f"{coupons}/new", {"code": "Spring", "count": "1"})
    await staff.post_form(f"{coupons}/new", {"code": "VIP-", "count": "120", "most_uses": "1"})
    twice = await staff.post_form(f"{coupons}/new", {"code": "SPRING", "count": "1"})
    csv = (await staff.get(f"{coupons}?format=csv")).text

    codes = [line.split(",")[0] for line in csv.splitlines()[1:]]
    assert len(codes) == len(set(codes)) == 121
    assert sum(code.startswith("VIP-") for code in codes) == 120
    assert "SPRING" in codes
    assert "There is a coupon SPRING already." in words_of(twice)


async def test_a_gift_card_is_issued_shown_once_corrected_and_blocked(
    staff: CloudClient, market: Market
) -> None:
    fields = {"amount_minor": "50.00", "recipient_email": "eva@example.org"}
    issued = await staff.post_form("/admin/gift-cards/new", fields)
    card_id = await market.scalar("SELECT id FROM gift_cards")
    page = f"/admin/gift-cards/{card_id}"
    take = {"direction": "take", "amount_minor": "20.00", "note": "Typing error"}
    await staff.post_form(page, take)
    too_much = await staff.post_form(page, {**take, "amount_minor": "30.01"})
    await staff.post_form(f"{page}/block", {}, form_at=page)
    shown = await staff.get(page)

    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", issued.text)
    assert code
    assert code[0] not in shown.text
    assert code[0][-4:] in words_of(shown)
    assert "Blocked" in words_of(shown)
    assert "€30.00" in words_of(shown)
    assert too_much.status_code == 422
    assert await _audit(market) == ["issue", "correct", "block"]
    audited = await market.rows("SELECT before::text || after::text AS said FROM audit_entries")
    assert not any(code[0] in str(row.said) for row in audited)


async def test_customers_see_none_of_it(customer: CloudClient) -> None:
    for address in (HOME, f"{HOME}/new", "/admin/gift-cards", "/admin/gift-cards/new"):
        assert (await customer.get(address)).status_code == 403
