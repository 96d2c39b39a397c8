"""The forecast on the staff's pages: what runs out first, one bottle, drafts with a preview."""

import pytest

from tests.cloud.purchasing.conftest import ORDERS
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

HOME = "/admin/forecast"


async def test_without_a_night_there_is_none_and_it_is_said(staff):
    assert "No forecast yet" in words_of(await staff.get(HOME))
    assert "Nothing has to be ordered" in words_of(await staff.get(f"{HOME}/drafts"))
    assert (await staff.get(f"{HOME}/1")).status_code == 404


async def test_the_list_and_a_bottle_say_when_it_runs_out_and_what_to_do(staff, dream, variant_id):
    await dream(variant_id)
    listed = words_of(await staff.get(f"{HOME}?state=due"))
    by_name = await staff.get(f"{HOME}?order=-depletes_on&after=WyIyMDI2LTAzLTIxIiwgMV0")
    sheet = (await staff.get(f"{HOME}?format=csv")).text
    page = await staff.get(f"{HOME}/{variant_id}")

    assert "Mar 21, 2026" in listed
    assert by_name.status_code == 200
    assert sheet.splitlines()[0] == "name,sku,weekly,free,on_order,reorder_point,depletes_on,is_due"
    assert "2026-03-21" in sheet
    words = words_of(page)
    for said in ("Order now", "Bottles a week", "Bottles on the shelf", "Mar 21, 2026"):
        assert said in words
    assert page.text.count("<title ") == 2
    assert "40 bottles can be sold now" in page.text


async def test_the_drafts_are_shown_before_they_are_written(
    staff, dream, variant_id, supplier_id, parts
):
    await dream(variant_id)
    preview = words_of(await staff.get(f"{HOME}/drafts"))
    wrong = await staff.post_form(f"{HOME}/drafts", {"supplier_id": "x"}, form_at=f"{HOME}/drafts")
    nobody = await staff.post_form(f"{HOME}/drafts", {"supplier_id": ""}, form_at=f"{HOME}/drafts")
    made = await staff.post_form(
        f"{HOME}/drafts", {"supplier_id": str(supplier_id)}, form_at=f"{HOME}/drafts"
    )

    assert "Never ordered before" in preview
    assert "Grasse Oils" in preview
    assert (wrong.status_code, nobody.headers["location"]) == (422, f"{HOME}/drafts")
    page = made.headers["location"].partition("?")[0]
    order = (await staff.get(f"{ORDERS}/{page.rpartition('/')[2]}")).json()
    assert (order["state"], len(order["lines"])) == ("DRAFT", 1)
    assert "Nothing has to be ordered" in words_of(await staff.get(f"{HOME}/drafts"))
