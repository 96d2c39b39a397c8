"""Coming in and going out, as a browser without JavaScript does it."""

import html
import re

import pytest


async def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back(rig, nobody):
    await rig.house.access.set_pin("482915")
    _, page = await nobody.read("/devices/native-a1")
    assert "Household PIN" in page
    (address,) = re.findall(r'name="next" value="([^"]+)"', page)

    _, wrong = await nobody.submit("/sign-in", pin="111111", next=address)
    _, right = await nobody.submit("/sign-in", pin="482915", next=address)

    assert "not the household" in html.unescape(wrong)
    assert "<h1>Living room</h1>" in right


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil", "x\r\ny"])
async def test_signing_in_never_leads_to_another_site(rig, nobody, address):
    await rig.house.access.set_pin("482915")
    data = {"pin": "482915", "next": address}

    async with nobody.session.post("/sign-in", data=data, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


async def test_a_one_time_link_asks_before_it_is_used_up(rig, nobody, base, open_browser):
    address = f"/welcome/{await rig.house.access.new_link()}"

    for _ in range(2):
        status, page = await nobody.read(address)
        assert (status, "Sign this browser in" in page) == (200, True)
    status, page = await nobody.submit(address)
    assert (status, "This week" in page) == (200, True)

    async with open_browser(base) as late:
        status, page = await late.read(address)
        assert (status, "used already" in page) == (410, True)
        status, page = await late.submit(address)
        assert (status, "used already" in page) == (410, True)


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(rig, nobody):
    secret = await rig.house.access.new_link()

    async with nobody.session.post(f"/welcome/{secret}", allow_redirects=False) as answer:
        (cookie,) = answer.headers.getall("Set-Cookie")

    assert cookie.startswith("scent_hub_")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))


async def test_signing_out_ends_the_session(member):
    await member.submit("/sign-out")

    _, page = await member.read("/")

    assert "<h1>Sign in</h1>" in page
