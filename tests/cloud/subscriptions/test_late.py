"""A copy that comes late, as out of a tab that was left open, undoes nothing newer."""

import re
from typing import Any

import pytest

from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import PLACE, Club
from tests.fakes.market import stock

pytestmark = pytest.mark.needs_postgres

HOME = "/account/subscriptions"
STAFF_PLACE = "/api/v1/staff/subscriptions"
_LEFT = """
    SELECT to_jsonb(s) - 'updated_at' AS standing,
        (SELECT count(*) FROM subscription_history h WHERE h.subscription_id = s.id) AS steps,
        (SELECT count(*) FROM audit_entries) AS audited,
        (SELECT count(*) FROM notifications) AS told
    FROM subscriptions s WHERE s.id = :id
"""
Deed = tuple[str, str, dict[str, Any]]
_PAUSE: Deed = ("POST", "/pause", {})
_RESUME: Deed = ("POST", "/resume", {})
_SUSPEND: Deed = ("POST", "/suspend", {"reason": "Looks like fraud"})
_UNSUSPEND: Deed = ("POST", "/unsuspend", {})
# What was done first and comes once more, after what was done since.
OWN: dict[str, tuple[list[Deed], Deed, list[Deed]]] = {
    "pause": ([], _PAUSE, [_RESUME]),
    "resume": ([_PAUSE], _RESUME, [_PAUSE]),
    "another end of the pause": (
        [_PAUSE],
        ("POST", "/pause", {"resume_on": "2026-05-01"}),
        [("POST", "/pause", {"resume_on": "2026-06-01"})],
    ),
    "another day": (
        [],
        ("PUT", "/next-day", {"number": 0, "day": "2026-03-25"}),
        [("PUT", "/next-day", {"number": 0, "day": "2026-03-28"})],
    ),
    "swap": (
        [],
        ("PATCH", "", {"variant_id": "other", "seen_total_minor": "other price"}),
        [("PATCH", "", {"variant_id": "one", "seen_total_minor": "one price"})],
    ),
    "another rhythm": (
        [],
        ("PATCH", "", {"frequency": "WEEKLY"}),
        [("PATCH", "", {"frequency": "QUARTERLY"})],
    ),
    "another home": (
        [],
        ("PUT", "/home", {"household_id": "home"}),
        [("PUT", "/home", {"household_id": None})],
    ),
}
BY_STAFF: dict[str, tuple[list[Deed], Deed, list[Deed]]] = {
    "pause": ([], _PAUSE, [_RESUME]),
    "resume": ([_PAUSE], _RESUME, [_PAUSE]),
    "suspend": ([], _SUSPEND, [_UNSUSPEND]),
    "unsuspend": ([_SUSPEND], _UNSUSPEND, [_SUSPEND]),
}


@pytest.mark.parametrize(
    ("place", "deeds"), [(PLACE, OWN), (STAFF_PLACE, BY_STAFF)], ids=["its owner", "staff"]
)
async def test_a_deed_that_comes_late_is_refused_and_changes_nothing(
    club: Club,
    staff: CloudClient,
    place: str,
    deeds: dict[str, tuple[list[Deed], Deed, list[Deed]]],
) -> None:
    async with club.market.database.unit_of_work() as session:
        await stock(session, sku="OTHER-50")
    home = await club.market.open_home(club.user_id)
    other = await club.market.scalar("SELECT max(id) FROM variants")
    names = {
        "home": home.key.household_id,
        "other": other,
        "one": club.variant_id,
        "other price": (await club.asked(variant_id=other))["seen_total_minor"],
        "one price": (await club.asked())["seen_total_minor"],
    }
    hand = club.client if place == PLACE else staff
    send = {"POST": hand.post_json, "PUT": hand.put_json, "PATCH": hand.patch_json}

    async def do(made: int, deed: Deed, version: int) -> Any:
        method, path, body = deed
        meant = {name: names.get(value, value) for name, value in body.items()}
        return await send[method](f"{place}/{made}{path}", {**meant, "version": version})

    found = {}
    for name, (before, deed, since) in deeds.items():
        made = await club.subscribe(first_on="2026-03-20")
        for one in before:
            await do(made, one, (await club.view(made))["version"])
        seen = (await club.view(made))["version"]
        first = await do(made, deed, seen)
        newer = [await do(made, one, (await club.view(made))["version"]) for one in since]
        standing = await club.market.rows(_LEFT, id=made)
        late = await do(made, deed, seen)
        found[name] = {
            "done": [first.status_code, *(one.status_code for one in newer)],
            "late": (late.status_code, late.json().get("code")),
            "left alone": await club.market.rows(_LEFT, id=made) == standing,
        }

    refused = {
        "done": [200, 200],
        "late": (409, "subscription_moved_on"),
        "left alone": True,
    }
    assert found == dict.fromkeys(deeds, refused)


async def test_who_names_no_version_does_what_they_ask_as_before(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-20")

    await club.does(made, "pause")
    answer = await club.client.post_json(f"{PLACE}/{made}/resume")

    assert (answer.status_code, answer.json()["status"]) == (200, "ACTIVE")


async def test_a_page_that_was_left_open_undoes_no_newer_pause(
    club: Club, admin: CloudClient
) -> None:
    made = await club.subscribe(first_on="2026-03-20")
    pages = {club.client: f"{HOME}/{made}", admin: f"/admin/subscriptions/{made}"}
    await club.does(made, "pause")
    left_open = {hand: _form((await hand.get(page)).text) for hand, page in pages.items()}
    await club.does(made, "resume")
    await club.does(made, "pause")

    late = {hand: await hand.post_form(f"{pages[hand]}/resume", left_open[hand]) for hand in pages}

    assert [answer.status_code for answer in late.values()] == [409, 409]
    assert all("changed meanwhile" in answer.text for answer in late.values())
    assert (await club.view(made))["status"] == "PAUSED"
    for hand, page in pages.items():
        again = await hand.post_form(f"{page}/resume", _form((await hand.get(page)).text))
        assert again.status_code == 303
        await club.does(made, "pause")


def _form(page: str) -> dict[str, str]:
    """Return the hidden fields of the page's form that resumes, but its token."""
    form = re.search(r'action="[^"]*/resume".*?</form>', page, re.DOTALL)
    assert form is not None
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form[0])
    return {name: value for name, value in fields if "csrf" not in name}
