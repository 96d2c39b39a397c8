"""All bottles of a product on one page: proposed, saved together, and no tab loses anything."""

import re

import pytest

from cloud.catalogue.editing.matrix_axes import Combination
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

OLD = Combination.of(50_000, {}).key
SOFT = Combination.of(50_000, {"strength": "soft"}).key
_INPUT = re.compile(r"<input [^>]*>")
_PART = re.compile(r'(name|value|type)="([^"]*)"')


@pytest.fixture
async def page(market: Market) -> str:
    """The matrix of a product with ten bottles of 50 ml for 28.90."""
    return f"/admin/products/{await market.scalar('SELECT min(id) FROM products')}/matrix"


def typed(html: str) -> dict[str, str]:
    """Return the fields of the page as a browser would send them."""
    fields: dict[str, str] = {}
    main = html.partition("<main")[2]
    for tag in _INPUT.findall(main):
        parts = dict(_PART.findall(tag))
        is_off = parts.get("type") == "checkbox" and " checked" not in tag
        if "name" in parts and not is_off:
            fields[parts["name"]] = parts.get("value", "").replace("&#34;", '"')
    return fields


async def open_tab(staff: CloudClient, page: str) -> dict[str, str]:
    return typed((await staff.get(page)).text)


async def send(staff: CloudClient, page: str, fields: dict[str, str]):
    return await staff.post(page, data=fields)


async def test_a_value_is_added_its_bottles_are_proposed_and_made_with_stock(
    staff: CloudClient, page: str, market: Market
) -> None:
    fields = await open_tab(staff, page)
    fields |= {f"price_minor.{OLD}": "27.50", "axis.0": "strength", "values.0": "soft"}
    proposed = await send(staff, page, fields | {"propose": "yes"})
    fields = typed(proposed.text)
    kept, sku = fields[f"price_minor.{OLD}"], fields[f"sku.{SOFT}"]
    saved = await send(staff, page, fields | {f"stock.{SOFT}": "7", f"price_minor.{SOFT}": "30"})

    assert (proposed.status_code, kept, sku) == (200, "27.50", "CEDBER-50-SOFT")
    assert fields[f"made.{SOFT}"] == "yes"
    assert saved.status_code == 303, words_of(saved)
    rows = await market.rows(
        "SELECT v.sku, v.price_minor, v.weight_g, s.on_hand FROM variants v"
        " JOIN stock_levels s ON s.variant_id = v.id ORDER BY v.id"
    )
    assert [tuple(row) for row in rows] == [
        ("CEDBER-50", 2750, 290, 10),
        ("CEDBER-50-SOFT", 3000, 290, 7),
    ]
    notes = "SELECT note FROM stock_movements ORDER BY id DESC LIMIT 1"
    assert await market.scalar(notes) == "product editor"


async def test_r40_the_second_tab_sees_both_values_and_loses_nothing(
    staff: CloudClient, admin: CloudClient, page: str, market: Market
) -> None:
    first, second = await open_tab(admin, page), await open_tab(staff, page)
    await send(admin, page, first | {f"price_minor.{OLD}": "20.00", f"stock.{OLD}": "12"})

    late = await send(staff, page, second | {f"price_minor.{OLD}": "25.00", f"stock.{OLD}": "9"})
    again = await send(staff, page, typed(late.text))

    assert late.status_code == 412
    assert "Somebody else changed this meanwhile." in words_of(late)
    assert "Now it says: 20.00" in words_of(late)
    assert typed(late.text)[f"price_minor.{OLD}"] == "25.00"
    assert again.status_code == 303
    assert await market.scalar("SELECT price_minor FROM variants") == 2500


async def test_two_tabs_that_change_different_things_do_not_meet(
    staff: CloudClient, admin: CloudClient, page: str, market: Market
) -> None:
    first, second = await open_tab(admin, page), await open_tab(staff, page)
    await send(admin, page, first | {f"price_minor.{OLD}": "20.00"})
    await market.run("UPDATE stock_levels SET on_hand = 8")  # two were sold meanwhile

    saved = await send(staff, page, second | {f"stock.{OLD}": "15"})

    assert saved.status_code == 303
    assert await market.scalar("SELECT price_minor FROM variants") == 2000
    assert await market.scalar("SELECT on_hand FROM stock_levels") == 13


async def test_what_is_wrong_is_said_in_its_place_and_nothing_is_stored(
    staff: CloudClient, page: str, market: Market
) -> None:
    fields = await open_tab(staff, page)
    fields |= {"axis.0": "strength", "values.0": "soft", f"made.{SOFT}": "yes"}

    empty = await send(staff, page, fields)
    taken = await send(
        staff,
        page,
        fields
        | {f"sku.{SOFT}": "CEDBER-50", f"price_minor.{SOFT}": "1", f"weight_g.{SOFT}": "9"}
        | {f"price_minor.{OLD}": "1.00"},
    )
    heap = await send(staff, page, await open_tab(staff, page) | {f"stock.{OLD}": "9" * 15})
    odd = {"sizes": "50, 1e999999999, NaN, x, 0", f"seen.{OLD}": "[]", "propose": "yes"}
    strange = await send(staff, page, fields | odd)
    many = ",".join(str(number) for number in range(30))
    crowd = await send(staff, page, fields | {"values.0": many, "axis.1": "b", "values.1": many})

    answers = (empty, taken, heap, crowd, strange)
    assert [answer.status_code for answer in answers] == [422, 409, 422, 422, 200]
    assert f'id="stock.{OLD}-error"' in heap.text
    assert f'id="sku.{SOFT}-error"' in empty.text
    assert f'id="sku.{SOFT}-error"' in taken.text
    assert typed(taken.text)[f"price_minor.{OLD}"] == "1.00"
    assert "That would be 900 kinds of bottle." in words_of(crowd)
    assert await market.scalar("SELECT max(price_minor) FROM variants") == 2890
    assert await market.scalar("SELECT count(*) FROM variants") == 1
