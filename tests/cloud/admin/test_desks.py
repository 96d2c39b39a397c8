"""What the staff's start page, search box, kept views, background work and pasted lists do."""

import re

import pytest

from cloud.admin.tracking import TrackingUnreadable, read_tracking
from cloud.foundation.database import Database
from cloud.foundation.identity import Role
from tests.cloud.admin.test_orders import paid_order
from tests.cloud.conftest import SignInAs
from tests.cloud.rights.test_pages import new_role
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import ADDRESS, Market, Place
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


async def test_the_start_page_counts_what_waits_for_who_may_see_it(
    staff: CloudClient, admin: CloudClient, sign_in_as: SignInAs, market: Market, place: Place
) -> None:
    await paid_order(market, place)
    await market.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('x', 'y', 'failed')"
    )
    role = await new_role(admin, "Packer", "stock:view")
    packer = await sign_in_as(Role.MANAGER, "packer@example.org")
    await market.run(
        "UPDATE users SET role_definition_id = :role WHERE email = 'packer@example.org'",
        role=int(role.rpartition("/")[2]),
    )

    manager = words_of(await staff.get("/admin"))
    everything = words_of(await admin.get("/admin"))
    little = words_of(await packer.get("/admin"))

    assert "1 Orders to send" in manager
    assert "that failed" not in manager
    assert "1 Background work that failed" in everything
    assert everything.index("that failed") < everything.index("Orders to send")
    assert "Orders to send" not in little
    assert "Nothing waits" in little


async def test_one_box_finds_everything_that_may_be_seen(
    staff: CloudClient,
    customer: CloudClient,
    admin: CloudClient,
    sign_in_as: SignInAs,
    market: Market,
    place: Place,
) -> None:
    number = await paid_order(market, place)
    wanted = {"email": "quill@example.org", "bottles": {"CEDBER-50": 1}}
    address = {**ADDRESS.model_dump(), "recipient": "Quentin Quill"}
    made = await staff.post_json("/api/v1/staff/drafts", {**wanted, "address": address})
    draft = made.json()["number"]
    role = await new_role(admin, "Librarian", "products:view")
    reader = await sign_in_as(Role.MANAGER, "reader@example.org")
    await market.run(
        "UPDATE users SET role_definition_id = :role WHERE email = 'reader@example.org'",
        role=int(role.rpartition("/")[2]),
    )

    by_number = await staff.get("/admin/search", params={"q": number.lower()})
    by_mail = words_of(await staff.get("/admin/search?q=example.org"))
    by_sku = await staff.get("/admin/search?q=cedber-50")
    drafts = [
        (await staff.get("/admin/search", params={"q": sought})).text
        for sought in (draft.lower(), "quill@", "quentin q")
    ]
    nothing = words_of(await staff.get("/admin/search", params={"q": "50%_nobody"}))
    for odd in ("o'neil", "\\", "/", ":name", "%(x)s", "'; --", "$1", "\0"):
        for place in ("/admin/search", "/admin/orders", "/admin/customers"):
            assert (await staff.get(place, params={"q": odd})).status_code == 200, odd
    little = words_of(await reader.get("/admin/search?q=example.org"))

    assert f'href="/admin/orders/{number}"' in by_number.text
    assert "customer@example.org" in by_mail
    assert "Products Cedber 50" in words_of(by_sku)
    assert [f'href="/admin/drafts/{draft}"' in page for page in drafts] == [True] * 3
    assert draft not in little
    assert "Nothing holds “50%_nobody”" in nothing
    assert "customer@example.org" not in little
    assert number not in little


async def test_a_view_is_kept_shared_renamed_and_deleted_by_its_owner_alone(
    staff: CloudClient, admin: CloudClient
) -> None:
    page = "/admin/stock?state=low&after=x"
    form = (await staff.get(page)).text
    query = re.search(r'name="query" value="([^"]*)"', form)
    assert query
    wish = {"listing": "stock", "page": "/admin/stock", "query": query[1], "name": "Short"}
    kept = await staff.post_form("/admin/views", {**wish, "is_shared": "yes"}, form_at=page)
    shown = await admin.get("/admin/stock")
    view = re.search(
        r'href="/admin/stock\?([^"]*)">Short <span class="soft small">shared', shown.text
    )
    own = re.search(r'action="(/admin/views/\d+)"', (await staff.get("/admin/stock")).text)
    assert view
    assert own
    change = {"page": "/admin/stock", "name": "Buy these", "act": "rename"}
    foreign = await admin.post_form(own[1], change, form_at="/admin/stock")
    renamed = await staff.post_form(own[1], change, form_at="/admin/stock")
    after = words_of(await admin.get("/admin/stock"))
    away = {"page": "https://elsewhere.test/", "act": "remove"}
    removed = await staff.post_form(own[1], away, form_at="/admin/stock")

    assert kept.headers["location"] == "/admin/stock?state=low&done=kept"
    assert view[1] == "state=low"
    assert foreign.status_code == 404
    assert renamed.status_code == 303
    assert "Buy these shared" in after
    assert removed.headers["location"].startswith("/admin?")
    assert "Buy these" not in words_of(await admin.get("/admin/stock"))


async def test_failed_work_says_why_and_is_tried_again_or_taken_out(
    admin: CloudClient, staff: CloudClient, market: Market, database: Database
) -> None:
    await market.settle()
    await market.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, attempts)"
        " VALUES ('default', 'orders.no_such_job', '{}', 99),"
        " ('default', 'refunds.send', '{\"refund_id\": 4711}', 99)"
    )
    await market.settle()

    failed = await admin.get("/admin/jobs")
    job = await market.scalar("SELECT id FROM procrastinate_jobs WHERE task_name = 'refunds.send'")
    forbidden = await staff.get("/admin/jobs")
    retried = await admin.post_form(f"/admin/jobs/{job}/retry", {}, form_at="/admin/jobs")
    waiting = words_of(await admin.get("/admin/jobs?state=todo"))
    cancelled = await admin.post_form(f"/admin/jobs/{job}/cancel", {}, form_at="/admin/jobs")
    late = await admin.post_form(f"/admin/jobs/{job}/cancel", {}, form_at="/admin/jobs")

    words = words_of(failed)
    assert "refunds.send" in words
    assert re.search(r"refunds\.send no\. \d+ \d+ .*4711|NoResultFound|RefundNotFound", words)
    assert "foundation.tidy" in words
    assert forbidden.status_code == 403
    assert (retried.status_code, cancelled.status_code, late.status_code) == (303, 303, 409)
    assert "refunds.send" in waiting
    assert await market.scalar("SELECT every_s FROM periodic_successes LIMIT 1") > 0


async def test_pasted_tracking_numbers_are_looked_at_before_they_count(
    staff: CloudClient, market: Market, place: Place
) -> None:
    first, second = [await paid_order(market, place, 1) for _ in range(2)]
    page = "/admin/orders/tracking"
    lines = f"order;tracking;carrier\n{first.lower()};0034;DPD\n{second};0035\nSC-9;1\n{first};7"
    fields = {"lines": lines, "carrier": "DHL"}
    looked = words_of(await staff.post_form(page, fields))
    nothing = await market.scalar("SELECT count(*) FROM shipments")
    done = words_of(await staff.post_form(f"{page}/record", fields, form_at=page))
    again = words_of(await staff.post_form(f"{page}/record", fields, form_at=page))

    assert "2 orders would be sent" in looked
    assert "There is no such order." in looked
    assert "It stands here twice." in looked
    assert nothing == 0
    assert done.count("Not sent") == 2
    assert again.count("Not sent") == 4
    rows = await market.rows("SELECT carrier, tracking FROM shipments ORDER BY id")
    assert [tuple(row) for row in rows] == [("DPD", "0034"), ("DHL", "0035")]


def test_a_list_of_tracking_numbers_is_read_however_it_is_written() -> None:
    for text in (
        "SC-1,T1,DPD\nSC-2,T2",
        "SC-1;T1;DPD\r\nSC-2;T2\r\n",
        "sc-1\tT1\tDPD\nsc-2\tT2\n\n",
    ):
        read = read_tracking(text, " DHL ")

        assert [(line.number, line.tracking, line.carrier, line.problem) for line in read] == [
            ("SC-1", "T1", "DPD", ""),
            ("SC-2", "T2", "DHL", ""),
        ]


def test_a_list_that_is_no_list_is_refused_in_words() -> None:
    with pytest.raises(TrackingUnreadable):
        read_tracking("SC-1;T1\rDPD;\nSC-2;T2", "DHL")
