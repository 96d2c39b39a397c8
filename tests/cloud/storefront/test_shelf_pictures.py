"""A category's or collection's own picture, from the staff's upload to the shop's pages."""

import json
import re
from pathlib import Path

import httpx2
import pytest

from tests.cloud.storefront.test_search_engines import speak
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.pictures import a_picture
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

ALT = "Needles in the morning light"


async def home_of(market: Market, slug: str) -> str:
    found = await market.scalar(f"SELECT id FROM categories WHERE slug = '{slug}'")
    return f"/api/v1/staff/categories/{found}"


async def upload(staff: CloudClient, home: str, body: bytes, alt: str = ALT) -> httpx2.Response:
    token = (await staff.get("/api/v1/csrf")).json()["csrf_token"]
    header = {"x-csrf-token": token}
    return await staff.put(f"{home}/image", params={"alt": alt}, content=body, headers=header)


async def test_the_page_of_a_category_shows_its_picture_to_people_and_machines(
    market: Market, staff: CloudClient, client: CloudClient, do_jobs
) -> None:
    await speak(market.parts, "en", "de")
    home = await home_of(market, "fresh")
    added = await upload(staff, home, a_picture(size=(1500, 500)))
    said = await staff.put_json(f"{home}/image/texts", {"alt": ALT, "texts": {"de": "Nadeln"}})
    await do_jobs()

    image = (await staff.get(home)).json()["image"]
    english = (await client.get("/categories/fresh")).text
    german = (await client.get("/categories/fresh?lang=de")).text
    front = (await client.get("/")).text

    assert (added.status_code, said.status_code) == (204, 204)
    assert (image["width"], image["height"], image["texts"]) == (1500, 500, {"de": "Nadeln"})
    assert [size["width"] for size in image["sizes"]] == [320, 640, 1280]
    assert f'alt="{ALT}"' in english
    assert 'alt="Nadeln"' in german
    assert f'<meta property="og:image" content="http://127.0.0.1{image["url"]}">' in english
    page, crumbs = machines(english)
    assert page["primaryImageOfPage"]["url"] == f"http://127.0.0.1{image['url']}"
    assert [step["name"] for step in crumbs["itemListElement"]] == [page["name"]]
    assert f"{image['sizes'][0]['url']} 320w" in front


async def test_a_shelf_without_a_picture_is_lent_one_of_its_scents(client: CloudClient) -> None:
    page = (await client.get("/categories/fresh")).text

    described, _ = machines(page)
    assert 'class="banner' not in page
    assert re.search(r'og:image" content="http://127.0.0.1/media/', page)
    assert "primaryImageOfPage" not in described


async def test_what_is_no_picture_or_no_shelf_or_not_allowed_is_refused(
    market: Market, staff: CloudClient, customer: CloudClient
) -> None:
    home = await home_of(market, "fresh")
    drawing = await upload(staff, home, b"<svg onload='alert(1)'/>")
    heavy = await upload(staff, home, b"x" * (12 * 1024 * 1024 + 1))
    nowhere = await upload(staff, "/api/v1/staff/collections/999", a_picture())
    stranger = await upload(customer, home, a_picture())
    wordless = await upload(staff, home, a_picture(), alt="")
    unsaid = await staff.put_json(f"{home}/image/texts", {"alt": ALT})

    answers = [drawing, heavy, nowhere, stranger, wordless, unsaid]
    assert [one.status_code for one in answers] == [422, 413, 404, 403, 422, 404]
    assert (await staff.get(home)).json()["image"] is None


async def test_another_picture_and_none_take_the_file_of_the_first_away_and_the_audit_knows(
    market: Market, staff: CloudClient, do_jobs, tmp_path: Path
) -> None:
    home = await home_of(market, "fresh")
    for size in ((300, 100), (301, 100)):
        await upload(staff, home, a_picture(size=size))
        await do_jobs()
    between = files(tmp_path)
    for _ in range(2):
        assert (await staff.remove(f"{home}/image")).status_code == 204
    await do_jobs()

    assert (len(between), files(tmp_path)) == (1, [])
    acts = "SELECT count(*) FROM audit_entries WHERE action = 'picture'"
    assert await market.scalar(acts) == 3


async def test_a_removed_category_takes_its_picture_along(
    market: Market, staff: CloudClient, do_jobs, tmp_path: Path
) -> None:
    home = await home_of(market, "fresh")
    await upload(staff, home, a_picture(size=(300, 100)))
    await staff.remove(home)
    await do_jobs()

    assert files(tmp_path) == []


async def test_staff_send_describe_and_remove_a_picture_on_its_page(
    market: Market, staff: CloudClient
) -> None:
    await speak(market.parts, "en", "de")
    page = f"/admin/collections/{await market.scalar('SELECT min(id) FROM collections')}"

    wrong = await send(staff, page, b"no picture")
    sent = await send(staff, page, a_picture(size=(300, 100)))
    words = {"alt": "A window", "alt.de": "Ein Fenster"}
    said = await staff.post_form(f"{page}/picture/texts", words, form_at=page)
    shown = (await staff.get(page)).text
    gone = await staff.post_form(f"{page}/picture/remove", {}, form_at=page)

    assert wrong.status_code == 422
    assert "This is no picture that can be shown." in words_of(wrong)
    assert [sent.status_code, said.status_code, gone.status_code] == [303, 303, 303]
    assert 'alt="A window"' in shown
    assert 'value="Ein Fenster"' in shown
    assert "Another picture" not in (await staff.get(page)).text


def machines(page: str) -> list:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(one) for one in found]


async def send(staff: CloudClient, page: str, body: bytes) -> httpx2.Response:
    token = re.search(r'name="csrf_token" value="([^"]+)"', (await staff.get(page)).text)
    assert token
    return await staff.post(
        f"{page}/picture",
        data={"csrf_token": token[1], "alt": "A window"},
        files={"picture": ("photo.jpg", body, "text/html")},
    )


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]
