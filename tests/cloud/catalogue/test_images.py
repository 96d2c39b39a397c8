"""Galleries over HTTP: upload, sizes, order, and files that go with their last use."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from cloud.foundation.database import Database
from cloud.foundation.filing import Filing
from cloud.foundation.storage import Storage
from tests.fakes.cloud_client import CloudClient
from tests.fakes.pictures import a_bomb, a_picture
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def product_id(database: Database) -> int:
    async with database.unit_of_work() as session:
        return (await put_on_shelf(session)).product_id


async def upload(staff: CloudClient, product_id: int, body: bytes, alt: str = "A bottle") -> object:
    token = (await staff.get("/api/v1/csrf")).json()["csrf_token"]
    return await staff.post(
        f"/api/v1/staff/products/{product_id}/images?alt={alt}",
        content=body,
        headers={"x-csrf-token": token, "content-type": "application/octet-stream"},
    )


async def gallery(staff: CloudClient, product_id: int) -> list:
    return (await staff.get(f"/api/v1/staff/products/{product_id}/images")).json()


async def test_an_uploaded_picture_gets_its_sizes_and_is_served_for_ever(
    staff: CloudClient, client: CloudClient, product_id: int, do_jobs
) -> None:
    added = await upload(staff, product_id, a_picture(size=(700, 500), turned=True))
    await do_jobs()
    shown = (await gallery(staff, product_id))[1]
    whole = await client.get(shown["url"])
    small = await client.get(shown["sizes"][0]["url"])

    assert added.status_code == 201
    assert (shown["width"], shown["height"], shown["position"]) == (500, 700, 1)
    assert [size["width"] for size in shown["sizes"]] == [320]
    assert whole.headers["content-type"] == "image/jpeg"
    assert small.headers["content-type"] == "image/webp"
    for answer in (whole, small):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
    again = await client.get(shown["url"], headers={"if-none-match": whole.headers["etag"]})
    assert again.status_code == 304


async def test_a_part_of_a_file_is_served_when_it_is_asked_for(
    staff: CloudClient, client: CloudClient, product_id: int
) -> None:
    await upload(staff, product_id, a_picture())
    url = (await gallery(staff, product_id))[1]["url"]
    whole = (await client.get(url)).content

    def asked(part: str):
        return client.get(url, headers={"range": part})

    middle, end, beyond = [
        await asked(part) for part in ("bytes=10-19", "bytes=-7", f"bytes={len(whole)}-")
    ]

    assert (middle.status_code, middle.content) == (206, whole[10:20])
    assert middle.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert end.content == whole[-7:]
    assert beyond.status_code == 416
    assert (await client.get(f"/files/{'0' * 32}.webp")).status_code == 404


async def test_what_is_no_picture_or_too_large_is_refused(
    staff: CloudClient, customer: CloudClient, product_id: int
) -> None:
    drawing = await upload(staff, product_id, b"<svg onload='alert(1)'/>")
    bomb = await upload(staff, product_id, a_bomb())
    heavy = await upload(staff, product_id, b"x" * (12 * 1024 * 1024 + 1))
    nowhere = await upload(staff, 404, a_picture())
    stranger = await upload(customer, product_id, a_picture())
    elsewhere = await staff.post_json("/api/v1/staff/tags", {"name": "x" * 3_000_000})

    assert [drawing.status_code, bomb.status_code, heavy.status_code] == [422, 422, 413]
    assert [nowhere.status_code, stranger.status_code] == [404, 403]
    assert elsewhere.status_code == 413
    assert len(await gallery(staff, product_id)) == 1


async def test_a_gallery_is_put_in_order_and_described(staff: CloudClient, product_id: int) -> None:
    await upload(staff, product_id, a_picture())
    first, second = [one["id"] for one in await gallery(staff, product_id)]
    order = f"/api/v1/staff/products/{product_id}/images/order"
    turned = await staff.put_json(order, {"ids": [second, first]})
    strange = await staff.put_json(order, {"ids": [second]})
    texts = {"alt": "Amber glass", "texts": {"de": "Braunglas"}}
    described = await staff.put_json(f"/api/v1/staff/images/{second}", texts)
    shown = (await gallery(staff, product_id))[0]

    assert [turned.status_code, strange.status_code, described.status_code] == [204, 409, 204]
    assert (shown["id"], shown["alt"], shown["texts"]) == (
        second,
        "Amber glass",
        {"de": "Braunglas"},
    )


async def test_a_file_goes_with_its_last_use_and_its_sizes_with_it(
    staff: CloudClient, database: Database, product_id: int, do_jobs, tmp_path: Path
) -> None:
    async with database.unit_of_work() as session:
        other = (await put_on_shelf(session, "OTHER-50")).product_id
    for product in (product_id, other):
        await upload(staff, product, a_picture())
    await do_jobs()
    before = len(files(tmp_path))
    one, two = [(await gallery(staff, product))[1]["id"] for product in (product_id, other)]

    await staff.remove(f"/api/v1/staff/images/{one}")
    await do_jobs()
    between = len(files(tmp_path))
    await staff.remove(f"/api/v1/staff/images/{two}")
    await do_jobs()

    assert (before, between, files(tmp_path)) == (3, 3, [])
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM stored_files")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM picture_sizes")) == 0


async def test_keeping_and_sweeping_one_content_at_once_never_loses_a_file_that_is_shown(
    database: Database, product_id: int, tmp_path: Path
) -> None:
    filing = Filing(Storage(str(tmp_path / "files")))

    async def keep() -> str:
        async with database.unit_of_work() as session:
            stored = await filing.keep(session, b"same", "model/gltf-binary", "glb")
            await session.execute(
                text("UPDATE products SET model_glb_key = :key"), {"key": stored.key}
            )
        return stored.key

    for _ in range(5):
        key, _swept = await asyncio.gather(keep(), filing.sweep(database))
        assert await filing.storage.read(key) == b"same"
        async with database.unit_of_work() as session:
            await session.execute(text("UPDATE products SET model_glb_key = NULL"))
    await filing.sweep(database)

    assert await filing.storage.read(key) is None


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]
