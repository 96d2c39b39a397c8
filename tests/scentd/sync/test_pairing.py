import pytest
from aiohttp import web

from scentd.store import documents, outbox, pairing
from scentd.sync.errors import CloudRefused, CloudUnreachable, NoCloudConfigured
from tests.fakes.running import running
from tests.fakes.scripted_cloud import refusal
from tests.fakes.waiting import eventually

OFFER = {
    "device_code": "d" * 43,
    "user_code": "BCDF-GHJK",
    "verification_url": "https://shop.example/pair",
    "verification_url_complete": "https://shop.example/pair?code=BCDF-GHJK",
    "expires_in_s": 600,
    "interval_s": 0.01,
}


def says(state, **facts):
    return lambda: web.json_response({"state": state, "interval_s": 0.01, **facts})


def approves():
    return says("approved", hub_id=7, household_name="Home", audience="https://shop.example")


def offers(**changes):
    return lambda: web.json_response({**OFFER, **changes})


async def test_an_offer_shows_its_code_and_the_words_of_the_new_key(unpaired, cloud):
    cloud.pairing.append(offers())

    shown = await unpaired.pairing().start()

    kept = await unpaired.database.read(pairing.find_offer)
    assert shown == unpaired.status.offer
    assert (shown.user_code, shown.typing_url) == ("BCDF-GHJK", "https://shop.example/pair")
    assert shown.words == unpaired.keys.load(kept.key_name).words


async def test_an_accepted_hub_belongs_to_the_household(unpaired, cloud):
    await unpaired.tell()
    cloud.pairing.extend([offers(), says("pending"), says("slow_down"), approves()])
    part = unpaired.pairing()
    await part.start()

    async with running(part.run):
        await eventually(lambda: unpaired.status.paired)

    paired = await unpaired.database.read(pairing.find_pairing)
    assert (paired.hub_id, paired.audience) == (7, "https://shop.example")
    assert unpaired.status.household_name == "Home"
    assert unpaired.status.offer is None
    assert await unpaired.waiting() == 1


async def test_a_restart_in_the_middle_goes_on_asking(unpaired, cloud):
    cloud.pairing.extend([offers(), approves()])
    await unpaired.pairing().start()

    after_restart = unpaired.pairing()
    await after_restart.load()
    assert unpaired.status.offer.user_code == "BCDF-GHJK"
    async with running(after_restart.run):
        await eventually(lambda: unpaired.status.paired)


@pytest.mark.parametrize("state", ["denied", "expired", "approved"])
async def test_an_offer_that_comes_to_nothing_is_shown_no_more(unpaired, cloud, state):
    cloud.pairing.extend([offers(), says(state)])
    part = unpaired.pairing()
    await part.start()

    async with running(part.run):
        await eventually(lambda: unpaired.status.offer is None)

        # The key goes after the offer is shown no more.
        await eventually(lambda: list(unpaired.settings.key_folder.iterdir()) == [])

    assert not unpaired.status.paired


async def test_a_new_offer_takes_the_place_of_the_old(unpaired, cloud):
    cloud.pairing.extend([offers(), offers(user_code="LMNP-QRST")])
    part = unpaired.pairing()

    await part.start()
    await part.start()

    assert unpaired.status.offer.user_code == "LMNP-QRST"


async def test_a_hub_without_a_cloud_says_what_to_set(unpaired):
    settings = unpaired.settings.model_copy(update={"cloud_url": None})
    unpaired.settings = settings

    with pytest.raises(NoCloudConfigured) as caught:
        await unpaired.pairing().start()

    assert "cloud_url" in caught.value.hint


@pytest.mark.parametrize(
    ("answer", "error"),
    [(refusal(503, "unavailable"), CloudUnreachable), (refusal(422, "invalid"), CloudRefused)],
)
async def test_a_cloud_that_takes_no_offer_is_reported(unpaired, cloud, answer, error):
    cloud.pairing.append(answer)

    with pytest.raises(error):
        await unpaired.pairing().start()

    assert unpaired.status.offer is None


async def test_a_line_that_breaks_while_asking_is_tried_again(unpaired, cloud):
    cloud.pairing.extend([offers(), refusal(502, ""), refusal(503, "unavailable"), approves()])
    part = unpaired.pairing()
    await part.start()

    async with running(part.run):
        await eventually(lambda: unpaired.status.paired)


async def test_a_hub_that_leaves_tells_the_cloud_and_destroys_its_key(hub, cloud):
    await hub.database.write(lambda c: documents.record_edit(c, "rule", "r1", "name", "Mine"))
    await hub.database.write(
        lambda c: c.execute("INSERT INTO cloud_documents VALUES ('reorder', 'x', 1, '{}')")
    )

    await hub.pairing().leave()

    assert cloud.asked[-1] == "leave"
    assert not hub.status.paired
    assert list(hub.settings.key_folder.iterdir()) == []
    assert await hub.database.read(lambda c: documents.documents(c, "reorder")) == {}
    assert await hub.database.read(lambda c: documents.shared_documents(c, "rule")) != {}
    assert await hub.database.read(outbox.waiting) == 1


async def test_what_a_restarted_hub_knows_of_its_account_is_shown_at_once(hub):
    await hub.tell(count=4)
    hub.status.belongs(None)

    await hub.pairing().load()

    assert (hub.status.paired, hub.status.queued) == (True, 4)
