"""Bringing a file on the staff's pages and over their API, with the worker at work."""

import re

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres
CSV = (
    "product,name,family,published_at,sku,bottle_name,capacity_ul,weight_g,price\n"
    "green-fig,Green Fig,fruity,2026-01-01T00:00:00Z,GREFIG-50,50 ml,50000,290,28.90\n"
    "bad-fig,Bad Fig,meaty,,BADFIG-50,50 ml,50000,290,28.90\n"
)


async def test_a_file_is_looked_through_and_then_applied(
    staff: CloudClient, client: CloudClient, market: Market
) -> None:
    listed = await staff.get("/admin/imports")
    token = re.search(r'name="csrf_token" value="([^"]+)"', listed.text)
    assert token
    sent = await staff.post(
        "/admin/imports",
        data={"csrf_token": token[1]},
        files={"file": ("figs.csv", CSV.encode(), "text/csv")},
    )
    page = sent.headers["location"]
    waiting = words_of(await staff.get(page))
    early = await staff.post_form(f"{page}/apply", {}, form_at=page)
    await market.do_jobs()
    looked = words_of(await staff.get(page))
    hidden = await client.get("/api/v1/products/green-fig")
    await staff.post_form(f"{page}/apply", {}, form_at=page)
    await market.do_jobs()
    done = words_of(await staff.get(page))

    assert "Looking through the file" in waiting
    assert early.status_code == 409
    assert "green-fig is new, with one bottle." in looked
    assert "refused family: This is none of the words" in looked
    assert hidden.status_code == 404
    assert "What this file did" in done
    assert (await client.get("/api/v1/products/green-fig")).status_code == 200


async def test_a_file_that_is_none_is_refused_on_the_page(
    staff: CloudClient, market: Market
) -> None:
    token = (await staff.get("/api/v1/csrf")).json()["csrf_token"]
    refused = await staff.post(
        "/admin/imports", data={"csrf_token": token}, files={"file": ("x.csv", b"\xff", "text/csv")}
    )

    assert refused.status_code == 422
    assert "The file cannot be read" in words_of(refused)


async def test_programs_take_the_catalogue_out_and_bring_it_in(
    staff: CloudClient, market: Market
) -> None:
    written = await staff.get("/api/v1/staff/imports/export")
    token = (await staff.get("/api/v1/csrf")).json()["csrf_token"]
    brought = await staff.post(
        "/api/v1/staff/imports", content=written.content, headers={"x-csrf-token": token}
    )
    await market.do_jobs()
    path = f"/api/v1/staff/imports/{brought.json()['id']}"
    looked = (await staff.get(path)).json()
    applied = await staff.post_json(f"{path}/apply")
    again = await staff.post_json(f"{path}/apply")

    assert written.headers["content-type"] == "text/csv; charset=utf-8"
    assert (brought.status_code, looked["same_count"], looked["findings"]) == (201, 1, [])
    assert (applied.status_code, again.status_code) == (202, 409)
