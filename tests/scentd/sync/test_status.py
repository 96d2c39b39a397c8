from datetime import timedelta

import pytest

from scentd.bus import Bus
from scentd.model.events import CloudLink
from scentd.model.reasons import Reason
from scentd.sync.status import PairingOffer, SyncStatus
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def heard():
    return []


@pytest.fixture
def status(clock, heard):
    bus = Bus()
    bus.subscribe(CloudLink, heard.append)
    return SyncStatus(bus, clock)


def test_a_new_hub_belongs_to_nobody_and_complains_of_nothing(status):
    assert (status.paired, status.connected, status.queued, status.reason) == (
        False,
        False,
        0,
        None,
    )
    assert status.offer is None
    assert status.last_contact_at is None


def test_a_lost_cloud_is_told_with_its_reason_and_forgotten_on_contact(status, clock, heard):
    status.lost(Reason("cloud_silent"))
    status.reached()

    assert [(event.connected, event.reason) for event in heard] == [
        (False, Reason("cloud_silent")),
        (True, None),
    ]
    assert status.last_contact_at == clock.now()


def test_the_same_news_is_told_once(status, heard):
    for _ in range(3):
        status.reached()
        status.counted(4)

    assert len(heard) == 2


def test_an_offer_that_has_expired_is_none(status, clock):
    offer = PairingOffer("BCDF-GHJK", "u", "t", ("a",) * 4, clock.now() + timedelta(minutes=10))
    status.offers(offer)
    shown = status.offer

    clock.step(timedelta(minutes=10))

    assert shown == offer
    assert status.offer is None


def test_a_hub_that_was_removed_is_not_connected(status, heard):
    status.belongs("Home")
    status.reached()

    status.belongs(None)

    assert (status.paired, status.connected, status.household_name) == (False, False, "")
    assert not heard[-1].connected
