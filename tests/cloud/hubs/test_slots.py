"""What news of cartridges makes of slots: pure, so played without a database."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloud.hubs.ingest.batch import read, unpack
from cloud.hubs.ingest.slots import Fitted, Low, Moved, fold
from tests.fakes.hub import START, SpokenHub, cartridge, running_low

PLACE = ("d1", 1)


def received(hub: SpokenHub):
    events, _ = read(unpack(hub.batch(1), "identity"), START)
    assert [event.reject for event in events if event.reject] == []
    return events


def told(*news, at=START):
    hub = SpokenHub()
    for kind, body, *later in news:
        moment = at + timedelta(minutes=later[0]) if later else at
        hub.says(kind, body, at_ms=int(moment.timestamp() * 1000))
    return received(hub)


def fitted(install, cycle=1, minute=0, **facts):
    at = START - timedelta(days=1) + timedelta(minutes=minute)
    return ("cartridge.fitted", cartridge(install, cycle, at=at, **facts))


def level(install, cycle=1, minute=0, **facts):
    at = START - timedelta(days=1) + timedelta(minutes=minute)
    return ("cartridge.level", cartridge(install, cycle, at=at, **facts))


def low(install, cycle=1, minute=0):
    at = START - timedelta(days=1) + timedelta(minutes=minute)
    return ("cartridge.running_low", running_low(install, cycle, at=at))


def facts_of(events, held=None):
    slots, facts = fold(held or {}, events)
    return slots, [(type(fact), fact.install_id) for fact in facts]


def test_a_fitted_cartridge_fills_its_slot():
    slots, facts = facts_of(told(fitted("install-a", remaining_ul=30_000)))

    slot = slots[PLACE]
    assert (slot.cartridge_install_id, slot.remaining_ul, slot.capacity_ul) == (
        "install-a",
        30_000,
        30_000,
    )
    assert (slot.diffuser_name, slot.room, slot.scent_sku) == ("Bathroom", "Bathroom", "EUCMNT-30")
    assert facts == [(Fitted, "install-a"), (Moved, "install-a")]


def test_of_many_levels_the_last_is_told_once():
    events = told(
        fitted("install-a"),
        level("install-a", minute=1, remaining_ul=9_000),
        level("install-a", minute=2, remaining_ul=8_000),
    )

    slots, facts = facts_of(events)

    assert slots[PLACE].remaining_ul == 8_000
    assert facts == [(Fitted, "install-a"), (Moved, "install-a")]


def test_a_level_older_than_the_known_one_changes_nothing():
    slots, _ = facts_of(told(fitted("install-a"), level("install-a", minute=9, remaining_ul=5_000)))

    late, facts = facts_of(told(level("install-a", minute=4, remaining_ul=7_000)), slots)

    assert (late, facts) == ({}, [])


def test_a_cartridge_is_low_once():
    slots, first = facts_of(told(fitted("install-a"), low("install-a", minute=1)))

    _, again = facts_of(told(low("install-a", minute=2), low("install-a", minute=3)), slots)

    assert (Low, "install-a") in first
    assert Low not in {kind for kind, _ in again}


def test_the_next_cartridge_can_be_low_again():
    slots, _ = facts_of(told(fitted("install-a"), low("install-a", minute=1)))

    events = told(fitted("install-b", 2, minute=2), low("install-b", 2, minute=3))
    _, facts = facts_of(events, slots)

    assert [fact for fact in facts if fact[0] is not Moved] == [
        (Fitted, "install-b"),
        (Low, "install-b"),
    ]


def test_the_low_of_a_cartridge_that_was_replaced_meanwhile_is_no_news():
    slots, _ = facts_of(told(fitted("install-a"), fitted("install-b", 2, minute=2)))

    _, facts = facts_of(told(low("install-a", 1, minute=1)), slots)

    assert facts == []


def test_a_hub_that_lost_its_memory_may_count_cycles_from_one_again():
    slots, _ = facts_of(told(fitted("install-z", 7)))

    changed, facts = facts_of(told(fitted("install-a", 1, minute=5)), slots)

    assert (Fitted, "install-a") in facts
    assert changed[PLACE].cartridge_install_id == "install-a"


def test_an_old_cartridge_told_again_does_not_come_back():
    news = [fitted("install-a"), low("install-a", minute=1), fitted("install-b", 2, minute=2)]
    slots, _ = facts_of(told(*news))

    changed, facts = facts_of(told(*news), slots)

    assert (changed, facts) == ({}, [])


def test_the_forecast_is_told_in_days_and_the_far_future_is_none():
    soon = told(level("install-a", runs_out_at=START + timedelta(days=3)))
    far = told(level("install-a", runs_out_at=START + timedelta(days=800)))

    assert facts_of(soon)[0][PLACE].days_left == 3
    assert facts_of(far)[0][PLACE].days_left is None


def as_a_hub_can_tell(drawn):
    """Drop what no hub says: news of a cartridge it has not fitted, one fitted a second time."""
    fitted_ones, news = [], []
    for make, number, minute in drawn:
        if (make is fitted) == (number in fitted_ones):
            continue
        if make is fitted:
            fitted_ones.append(number)
        news.append(make(f"install-{number}", number, minute=minute))
    return news


NEWS = (
    st.lists(
        st.tuples(st.sampled_from([fitted, level, low]), st.integers(1, 4), st.integers(0, 30)),
        min_size=1,
        max_size=16,
    )
    .map(as_a_hub_can_tell)
    .filter(bool)
)


@given(NEWS, st.integers(1, 11))
def test_it_does_not_matter_how_a_log_is_cut_into_batches(news, cut):
    events = told(*news)
    whole, facts = fold({}, events)
    first, one = fold({}, events[:cut])
    second, two = fold(first, events[cut:])

    assert {**first, **second} == whole
    assert _without_moves([*one, *two]) == _without_moves(facts)


@given(NEWS)
def test_a_log_told_again_orders_nothing_again(news):
    events = told(*news)
    slots, facts = fold({}, events)

    _, again = fold(slots, events)

    lows = [fact.install_id for fact in facts if isinstance(fact, Low)]
    present = slots[PLACE].cartridge_install_id
    assert len(lows) == len(set(lows))
    assert present in lows or present not in [f.install_id for f in again if isinstance(f, Low)]


def _without_moves(facts):
    return [(type(fact), fact.install_id) for fact in facts if not isinstance(fact, Moved)]
