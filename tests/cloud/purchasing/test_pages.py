"""Purchasing by the staff's pages, from a new supplier to bottles on the shelf."""

import pytest

from tests.cloud.purchasing.conftest import ORDERS, SUPPLIERS

pytestmark = pytest.mark.needs_postgres

HOME = "/admin/purchase-orders"
TYPED = {
    "name": "Grasse Oils",
    "email": "orders@grasse.example",
    "contact_name": "Ines",
    "phone": "",
    "line1": "1 rue des Fleurs",
    "line2": "",
    "postcode": "06130",
    "city": "Grasse",
    "region": "",
    "country": "FR",
    "notes": "",
    "is_active": "on",
}


async def test_a_supplier_is_written_down_and_changed_by_its_form(staff):
    made = await staff.post_form("/admin/suppliers/new", TYPED)
    twice = await staff.post_form("/admin/suppliers/new", TYPED)
    nowhere = await staff.post_form("/admin/suppliers/new", TYPED | {"country": "fr"})
    one = (await staff.get(SUPPLIERS)).json()["suppliers"][0]
    page = f"/admin/suppliers/{one['id']}"
    changed = await staff.post_form(page, TYPED | {"city": "Nice", "version": "1"})
    stale = await staff.post_form(page, TYPED | {"city": "Cannes", "version": "1"})

    assert [made.status_code, twice.status_code, nowhere.status_code] == [303, 409, 422]
    assert 'id="country-error"' in nowhere.text
    assert (changed.status_code, stale.status_code) == (303, 412)
    assert "<q>Nice</q>" in stale.text
    assert "Grasse Oils" in (await staff.get("/admin/suppliers?q=grasse")).text


async def test_an_order_goes_from_draft_to_the_shelf_by_the_pages(staff, supplier_id, variant_id):
    draft = {
        "supplier_id": str(supplier_id),
        "location_id": "1",
        "expected_at": "2026-12-24T12:00",
        "shipping_minor": "9.90",
        "lines": "cedber-50 20 13.00",
        "notes": "",
    }
    unknown = await staff.post_form(f"{HOME}/new", draft | {"lines": "NONE-1 1 1.00"})
    made = await staff.post_form(f"{HOME}/new", draft)
    page = made.headers["location"].partition("?")[0]
    form = (await staff.get(f"{page}/draft")).text
    changed = await staff.post_form(
        f"{page}/draft", draft | {"lines": "CEDBER-50 20 14,00", "version": "1"}
    )
    order = (await staff.get(f"{ORDERS}/{page.rpartition('/')[2]}")).json()
    for version, state in enumerate(("PENDING", "CONFIRMED"), order["version"]):
        await staff.post_form(f"{page}/move", {"to": state, "version": str(version)}, form_at=page)
    line = f"count-{order['lines'][0]['id']}"
    nothing = await staff.post_form(
        f"{page}/receive", {"delivery_note": "LS-1", line: ""}, form_at=page
    )
    too_many = await staff.post_form(
        f"{page}/receive", {"delivery_note": "LS-1", line: "21"}, form_at=page
    )
    taken = await staff.post_form(
        f"{page}/receive", {"delivery_note": "LS-1", line: "20"}, form_at=page
    )

    assert (unknown.status_code, made.status_code, changed.status_code) == (422, 303, 303)
    assert "NONE-1" in unknown.text
    assert "CEDBER-50 20 13.00" in form
    assert order["total_minor"] == 28_990
    assert (nothing.status_code, too_many.status_code, taken.status_code) == (422, 422, 303)
    assert 'value="21"' in too_many.text
    after = (await staff.get(page)).text
    assert "All is here" in after
    assert "LS-1" in after
    stock = (await staff.get(f"/api/v1/staff/stock/{variant_id}")).json()
    assert stock["levels"][0]["on_hand"] == 30


async def test_the_list_says_where_each_order_stands(staff, purchase):
    order, sent = await purchase(), await purchase("PENDING")

    shown = (await staff.get(f"{HOME}?state=PENDING")).text

    assert sent["number"] in shown
    assert "Sent to the supplier" in shown
    assert order["number"] not in shown
    assert order["number"] in (await staff.get(f"{HOME}?format=csv&order=supplier")).text
