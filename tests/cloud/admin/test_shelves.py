"""Categories, collections and tags on the staff's pages: made, changed, found, taken away."""

import asyncio

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from tests.fakes.cloud_client import CloudClient
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


def tag(name: str, slug: str, **more: str) -> dict[str, str]:
    return {"name": name, "slug": slug, **more}


def category(name: str, **more: str) -> dict[str, str]:
    return {"name": name, "slug": name.lower(), "position": "0", "description": "", **more}


async def make(staff: CloudClient, kind: str, fields: dict[str, str]) -> None:
    answer = await staff.post_form(f"/admin/{kind}/new", fields)
    assert answer.status_code == 303, words_of(answer)


async def id_of(database: Database, table: str, slug: str) -> int:
    async with database.reading() as connection:
        found = await connection.scalar(
            text(f"SELECT id FROM {table} WHERE slug = :slug"), {"slug": slug}
        )
    assert isinstance(found, int)
    return found


@pytest.fixture
async def german(database: Database) -> None:
    """A shop that speaks German beside English."""
    async with database.unit_of_work() as session:
        await session.execute(text("""UPDATE site_settings SET languages = '["en", "de"]'"""))


async def test_a_tag_is_made_changed_and_removed_and_the_audit_knows(
    staff: CloudClient, database: Database
) -> None:
    await make(staff, "tags", tag("Calm", "calm"))
    page = f"/admin/tags/{await id_of(database, 'tags', 'calm')}"
    changed = await staff.post_form(page, tag("Calming", "calm", version="1"))
    listed = words_of(await staff.get("/admin/tags"))
    removed = await staff.post_form(f"{page}/remove", {}, form_at=page)

    assert changed.headers["location"] == f"{page}?done=saved"
    assert "Calming" in listed
    assert removed.headers["location"] == "/admin/tags?done=removed"
    async with database.reading() as connection:
        acts = await connection.scalars(text("SELECT action FROM audit_entries ORDER BY id"))
        assert acts.all() == ["create", "change", "remove"]


async def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    staff: CloudClient,
) -> None:
    await make(staff, "tags", tag("Calm", "calm"))
    wrong = await staff.post_form("/admin/tags/new", tag("Warm", "Not An Address"))
    taken = await staff.post_form("/admin/tags/new", tag("Calm", "warm"))
    empty = await staff.post_form("/admin/tags/new", tag("", "warm"))

    assert (wrong.status_code, taken.status_code, empty.status_code) == (422, 409, 422)
    assert 'value="Not An Address"' in wrong.text
    assert 'id="slug-error"' in wrong.text
    assert "already called “Calm”" in words_of(taken)
    assert "This is needed." in words_of(empty)


async def test_r40_the_second_of_two_editors_sees_both_values_and_loses_nothing(
    staff: CloudClient, admin: CloudClient, database: Database
) -> None:
    await make(staff, "tags", tag("Calm", "calm"))
    page = f"/admin/tags/{await id_of(database, 'tags', 'calm')}"
    await admin.post_form(page, tag("Quiet", "calm", version="1"))

    late = await staff.post_form(page, tag("Gentle", "calm", version="1"))
    again = await staff.post_form(page, tag("Gentle", "calm", version="2"))

    assert late.status_code == 412
    assert "Somebody else changed this meanwhile." in words_of(late)
    assert 'value="Gentle"' in late.text
    assert "Now it says: Quiet" in words_of(late)
    assert 'name="version" value="2"' in late.text
    assert again.status_code == 303


async def test_texts_in_another_language_are_part_of_the_thing(
    staff: CloudClient, database: Database, german: None
) -> None:
    await make(staff, "collections", category("Winter", **{"name.de": "Kalte Zeit"}))
    page = f"/admin/collections/{await id_of(database, 'collections', 'winter')}"
    fields = category("Winter", version="1", **{"name.de": "Winterzeit"})

    saved = await staff.post_form(page, fields)
    late = await staff.post_form(page, fields)

    assert saved.status_code == 303
    assert late.status_code == 412
    assert 'value="Winterzeit"' in (await staff.get(page)).text


async def test_a_collection_that_ends_before_it_begins_is_refused(staff: CloudClient) -> None:
    window = {"starts_at": "2026-12-24T00:00", "ends_at": "2026-12-01T00:00"}

    refused = await staff.post_form("/admin/collections/new", category("Winter", **window))

    assert refused.status_code == 422
    assert "The end must be after the beginning." in words_of(refused)


async def test_collections_are_filtered_by_what_they_are_now(
    staff: CloudClient, database: Database
) -> None:
    await make(staff, "collections", category("Open", is_active="yes"))
    await make(
        staff,
        "collections",
        category("Future", is_active="yes", starts_at="2099-01-01T00:00"),
    )

    shown = words_of(await staff.get("/admin/collections?state=shown"))
    coming = words_of(await staff.get("/admin/collections?state=coming"))

    assert "Open" in shown
    assert "Future" not in shown
    assert "Future" in coming


async def test_r41_a_category_is_not_moved_under_its_own_child(
    staff: CloudClient, database: Database
) -> None:
    await make(staff, "categories", category("Root"))
    root = await id_of(database, "categories", "root")
    await make(staff, "categories", category("Leaf", parent_id=str(root)))
    leaf = await id_of(database, "categories", "leaf")

    answer = await staff.put_json(
        f"/api/v1/staff/categories/{root}",
        {"name": "Root", "slug": "root", "parent_id": leaf, "version": 1},
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "category_circle"


async def test_r41_two_staff_who_move_two_categories_under_each_other_cannot_both(
    staff: CloudClient, admin: CloudClient, database: Database
) -> None:
    for name in ("Left", "Right"):
        await make(staff, "categories", category(name))
    left = await id_of(database, "categories", "left")
    right = await id_of(database, "categories", "right")

    answers = await asyncio.gather(
        *(
            client.put_json(
                f"/api/v1/staff/categories/{moved}",
                {"name": name, "slug": name.lower(), "parent_id": under, "version": 1},
            )
            for client, moved, name, under in (
                (staff, left, "Left", right),
                (admin, right, "Right", left),
            )
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_siblings_change_places_and_a_removed_branch_moves_up(
    staff: CloudClient, database: Database
) -> None:
    await make(staff, "categories", category("One"))
    await make(staff, "categories", category("Two"))
    one = await id_of(database, "categories", "one")
    await make(staff, "categories", category("Three", parent_id=str(one)))

    await staff.post_form(f"/admin/categories/{one}/move/down", {}, form_at="/admin/categories")
    moved = words_of(await staff.get("/admin/categories"))
    await staff.post_form(f"/admin/categories/{one}/remove", {}, form_at=f"/admin/categories/{one}")
    left = words_of(await staff.get("/admin/categories"))

    assert moved.index("Two") < moved.index("One") < moved.index("Three")
    assert "Three" in left
    assert "/one" not in left


async def test_a_list_turns_its_pages_by_key_and_goes_out_as_csv(
    staff: CloudClient, database: Database
) -> None:
    async with database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO tags (slug, name) SELECT 'tag-' || n, '=tag ' || lpad(n::text, 3, '0')"
                " FROM generate_series(1, 120) AS n"
            )
        )

    first = await staff.get("/admin/tags?order=-name")
    onward = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = words_of(await staff.get(f"/admin/tags{onward}"))
    sheet = await staff.get("/admin/tags?format=csv&q=tag-1")
    broken = await staff.get("/admin/tags?after=nonsense&order=nothing&q=%00")

    assert "=tag 120" in words_of(first)
    assert "=tag 070" in second
    assert "=tag 071" not in second
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert len(sheet.text.splitlines()) == 33
    assert "'=tag 001" in sheet.text
    assert broken.status_code == 200


async def test_customers_and_staff_without_the_permit_stay_outside(customer: CloudClient) -> None:
    assert (await customer.get("/admin/tags")).status_code == 403
    assert (await customer.get("/api/v1/staff/tags")).status_code == 403
