"""What holds on every page."""

import re
import zlib

from tests.fakes.browser import sign_in
from tests.fakes.house import open_rig
from tests.fakes.reading import PAGES


async def test_everything_can_be_switched_off_from_every_page(member, rig):
    for path in PAGES:
        _, page = await member.read(path)
        assert 'action="/stop"' in page

    await member.submit("/stop")

    assert not any(rig.devices.state(one.id).reported.power for one in rig.devices.all())


async def test_the_demo_says_that_it_is_one(tmp_path, clock, serve, open_browser):
    async with (
        open_rig(tmp_path / "demo.db", clock, is_demo=True) as rig,
        serve(rig) as base,
        open_browser(base) as client,
    ):
        await sign_in(rig, client)
        for path in PAGES:
            _, page = await client.read(path)
            assert '<span class="pill demo"' in page


async def test_nothing_on_a_page_is_inline_or_from_elsewhere(member):
    for path in PAGES:
        _, page = await member.read(path)
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src)|javascript:", page), path
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page), path


async def test_names_a_household_types_are_shown_as_text(member, rig):
    await member.submit("/devices/native-a1/name", name="<script>x</script>", room="<b>&\"'")
    await member.submit("/settings/household", name="<i>home", zone="UTC")

    for path in (*PAGES, "/devices/native-a1"):
        _, page = await member.read(path)
        assert "<b>&" not in page
        assert "<script>x" not in page
        assert "<i>home" not in page


async def test_the_home_page_weighs_under_60_kb_in_at_most_8_requests(member):
    weight = 0
    async with member.session.get("/") as answer:
        page = await answer.text()
        assert answer.headers["Content-Encoding"] == "deflate"
        weight += len(zlib.compress(page.encode()))
    assets = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    for asset in assets:
        async with member.session.get(asset) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            weight += int(answer.headers["Content-Length"])

    assert len(assets) + 2 <= 8
    assert weight < 60_000


async def test_an_older_asset_is_not_found(member):
    status, _ = await member.read("/static/scent.000000000000.css")

    assert status == 404
