"""Why a device ran or did not: over the API and on its page."""

from datetime import timedelta

import pytest

from scentd.api.access import Scope
from scentd.model.commands import Origin, Source
from scentd.model.safety import Happened
from tests.fakes.reading import text_of

SHELF = "native-a1"
MEMBER = Source(Origin.MANUAL, "page")
RULE = Source(Origin.RULE, "r9")


async def live_an_hour(rig, clock) -> None:
    """A member switched it on; a rule that wanted it off lost; the day's limit ended it."""
    note = rig.devices.decisions.note
    until = clock.now() + timedelta(hours=4)
    note(SHELF, Happened.OBEYED, MEMBER, power=True, percent=40, until=until)
    note(SHELF, Happened.RAN, MEMBER, power=True, percent=40)
    await clock.advance(600)
    facts = {"until": until.isoformat()}
    note(SHELF, Happened.YIELDED, RULE, power=False, code="by_hand", facts=facts)
    await clock.advance(3_000)
    stop = Source(Origin.SAFETY, "day")
    note(SHELF, Happened.STOPPED, stop, power=False, code="day", facts={"limit": 60})
    note(SHELF, Happened.RESTED, stop, power=False)
    await clock.advance(60)


async def test_each_moment_has_its_own_answer(program, rig, clock):
    client = await program(Scope.READ)
    began = clock.now()
    await live_an_hour(rig, clock)
    path = f"/api/v1/diffusers/{SHELF}/why"

    async def ask(minutes: int) -> dict:
        at = (began + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
        return (await client.ask("GET", f"{path}?at={at}"))[1]

    before, early, held, ended = [await ask(minutes) for minutes in (-60, 5, 30, 61)]

    assert before["power"] is None
    assert (early["power"], early["won"]["origin"], early["lost"]) == (True, "manual", [])
    assert early["won"]["until"]
    assert [(one["origin"], one["code"]) for one in held["lost"]] == [("rule", "by_hand")]
    assert (ended["power"], ended["won"]["code"]) == (False, "day")
    assert "It had run its 60 minutes of the day." in ended["words"]


async def test_a_moment_without_its_offset_is_refused(program, rig):
    client = await program(Scope.READ)

    status, _ = await client.ask("GET", f"/api/v1/diffusers/{SHELF}/why?at=2026-03-06T20:00:00")

    assert status == 422


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_of_a_moment_at_the_ends_of_time_it_knows_what_there_is(program, rig, at):
    client = await program(Scope.READ)

    status, why = await client.ask("GET", f"/api/v1/diffusers/{SHELF}/why?at={at}")

    assert (status, why["at"], why["lost"]) == (200, at, [])


async def test_the_page_of_a_device_says_it_too(member, rig, clock):
    began = rig.house.household.zone
    at = clock.now().astimezone(began) + timedelta(minutes=30)
    await live_an_hour(rig, clock)

    _, now = await member.read(f"/devices/{SHELF}")
    _, then = await member.read(f"/devices/{SHELF}?at={at:%Y-%m-%dT%H:%M}")
    _, odd = await member.read(f"/devices/{SHELF}?at=yesterday")

    assert "It had run its 60 minutes of the day." in text_of(now)
    assert "Because: somebody by hand." in text_of(then)
    assert "the rule “r9” wanted it to stop" in text_of(then)
    assert "It had run its 60 minutes of the day." in text_of(odd)


async def test_it_speaks_the_households_language(member, rig, clock):
    await live_an_hour(rig, clock)
    await member.submit("/settings/household", name="Zuhause", zone="Europe/Berlin", language="de")

    _, page = await member.read(f"/devices/{SHELF}")

    assert "Seine 60 Minuten des Tages waren verbraucht." in text_of(page)


async def test_an_empty_device_says_how_it_goes_on(program, rig, clock):
    client = await program(Scope.READ)
    note = rig.devices.decisions.note
    stop = Source(Origin.SAFETY, "empty")
    note(SHELF, Happened.STOPPED, stop, power=False, code="empty")
    note(SHELF, Happened.RESTED, stop, power=False)
    await clock.advance(60)

    _, why = await client.ask("GET", f"/api/v1/diffusers/{SHELF}/why")

    assert (why["power"], why["won"]["code"]) == (False, "empty")
    assert "After a refill it goes on" in " ".join(why["words"])
