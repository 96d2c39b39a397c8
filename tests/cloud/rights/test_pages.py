"""Roles, people and the audit on the staff's pages."""

import re
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


async def new_role(admin: CloudClient, name: str, *permits: str) -> str:
    answer = await admin.post_form(
        "/admin/roles/new",
        {"name": name, "description": "", "permits": permits},  # type: ignore[dict-item]
    )
    assert answer.status_code == 303, words_of(answer)
    page = await admin.get("/admin/roles")
    found = re.search(rf'href="(/admin/roles/\d+)">{name}<', page.text)
    assert found
    return found[1]


async def test_the_second_of_two_who_edit_a_role_sees_both_and_loses_nothing(
    admin: CloudClient,
) -> None:
    page = await new_role(admin, "Packer", "orders:view")
    first = {"name": "Packer", "description": "", "version": "1"}
    await admin.post_form(page, {**first, "permits": ["stock:view"]})  # type: ignore[dict-item]

    late = await admin.post_form(page, {**first, "permits": ["orders:fulfil"]})  # type: ignore[dict-item]
    again = await admin.post_form(
        page,
        {**first, "version": "2", "permits": ["orders:fulfil"]},  # type: ignore[dict-item]
    )
    shown = await admin.get(page)

    assert late.status_code == 412
    assert re.search(r'value="orders:fulfil"[^>]* checked', late.text)
    assert "Now it says: stock:view" in words_of(late)
    assert again.status_code == 303
    assert re.search(r'value="orders:fulfil"[^>]* checked', shown.text)
    assert "before: stock:view after: orders:fulfil" in words_of(shown)


async def test_roles_are_duplicated_and_deleted_and_the_systems_own_only_looked_at(
    admin: CloudClient,
) -> None:
    page = await new_role(admin, "Packer", "orders:view")
    copied = await admin.post_form(f"{page}/copy", {}, form_at=page)
    removed = await admin.post_form(f"{page}/remove", {}, form_at=page)
    listed = words_of(await admin.get("/admin/roles"))
    builtin = re.search(
        r'href="(/admin/roles/\d+)">Manager', (await admin.get("/admin/roles")).text
    )
    assert builtin
    manager = await admin.get(builtin[1])

    assert (copied.status_code, removed.status_code) == (303, 303)
    assert "Packer copy" in listed
    assert "Delete the role" not in manager.text
    assert re.search(r'value="orders:view"[^>]* checked disabled', manager.text)


async def test_somebody_is_invited_lets_themselves_in_once_and_is_removed(
    admin: CloudClient,
    client: CloudClient,
    do_jobs: Callable[[], Awaitable[None]],
    mailbox: Mailbox,
    database: Database,
) -> None:
    wish = {"email": "Pat@example.org", "post": "MANAGER"}
    await admin.post_form("/admin/staff/invite", wish, form_at="/admin/staff")
    await do_jobs()
    mail = next(one for one in mailbox.mails if "Work with us" in one.subject)
    link = re.search(r"/invitation/[\w-]+", mail.text)
    assert link

    weak = await client.post_form(link[0], {"name": "Pat", "password": "short"})
    accepted = await client.post_form(
        link[0], {"name": "Pat", "password": "correct horse battery staple"}
    )
    queue = await client.get("/admin/orders")
    again = await client.get(link[0], headers={"accept": "text/html"})
    people = await admin.get("/admin/staff")
    found = re.search(r'href="(/admin/staff/\d+)">Pat<', people.text)
    assert found
    seen = re.search(r'name="version" value="(\d+)"', (await admin.get(found[1])).text)
    assert seen
    late = {"post": "ADMIN", "version": "0"}
    overtaken = await admin.post_form(found[1], late)
    removed = await admin.post_form(found[1], {"post": "CUSTOMER", "version": seen[1]})
    shut = await client.get("/admin/orders")

    assert weak.status_code == 422
    assert (accepted.status_code, queue.status_code, again.status_code) == (303, 200, 410)
    assert overtaken.status_code == 412
    assert "Now it says: Manager" in words_of(overtaken)
    assert (removed.status_code, shut.status_code) == (303, 403)
    async with database.reading() as connection:
        acts = await connection.scalars(text("SELECT action FROM audit_entries ORDER BY id"))
        assert acts.all() == ["invite", "accept", "change"]


async def test_the_audit_is_searched_and_goes_out_as_csv(
    admin: CloudClient, staff: CloudClient, database: Database
) -> None:
    async with database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO audit_entries"
                " (at, actor_name, action, subject, subject_id, before, after)"
                " SELECT timestamptz '2026-03-01 12:00Z' + n * interval '1 hour',"
                " CASE WHEN n % 2 = 0 THEN 'Ada' ELSE 'Bob' END, 'change', 'products', n::text,"
                """ '{"name": "=old"}', '{"name": "new"}' FROM generate_series(1, 120) AS n"""
            )
        )

    first = await admin.get("/admin/audit?person=ada")
    onward = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = await admin.get(onward)
    one = words_of(await admin.get("/admin/audit?subject=products&id=7"))
    day = await admin.get("/admin/audit?since=2026-03-02&until=2026-03-02")
    odd = await admin.get("/admin/audit?since=0001-01-01&until=soon&before=x&id=%00")
    sheet = await admin.get("/admin/audit/export.csv?person=bob")

    assert first.text.count("<tr>") - 1 == 50
    assert second.text.count("<tr>") - 1 == 10
    assert "Bob" not in second.text
    assert "before: =old after: new" in one
    assert 20 <= day.text.count("<tr>") - 1 <= 24
    assert odd.status_code == 200
    assert len(sheet.text.splitlines()) == 61
    assert (await staff.get("/admin/audit/export.csv")).status_code == 403


async def test_a_token_is_shown_once_and_revoked_on_its_page(staff: CloudClient) -> None:
    wish = {"name": "Parcels", "days": "30", "permits": "orders:view"}
    made = await staff.post_form("/account/tokens", wish)
    listed = await staff.get("/account/tokens")
    act = re.search(r"/account/tokens/\d+/revoke", listed.text)
    assert act
    revoked = await staff.post_form(act[0], {}, form_at="/account/tokens")
    wrong = await staff.post_form("/account/tokens", {**wish, "days": "many"})

    assert re.search(r"scent_[\w-]{43}", made.text)
    assert "scent_" not in listed.text.replace("scent_csrf", "")
    assert revoked.status_code == 303
    assert "Revoked" in words_of(await staff.get("/account/tokens"))
    assert wrong.status_code == 422
    assert re.search(r'value="orders:view"[^>]* checked', wrong.text)
