import pytest

from scentd.contracts.bodies import EventClass
from scentd.sync.settings import SyncSettings
from scentd.sync.uplink import Agenda

SETTINGS = SyncSettings(fact_delay_s=0.5, state_delay_s=600, telemetry_delay_s=40_000)


def agenda(chance=1.0):
    return Agenda(SETTINGS, lambda: chance)


def classes(*names):
    return frozenset(EventClass(name) for name in names)


@pytest.mark.parametrize(
    ("waiting", "delay_s"),
    [
        (("critical",), 0.5),
        (("history",), 600),
        (("state", "telemetry"), 600),
        (("telemetry",), 40_000),
        (("debug", "critical"), 0.5),
    ],
)
def test_the_dearest_event_says_when_all_go(waiting, delay_s):
    assert agenda().due_at(classes(*waiting), 100.0) == 100.0 + delay_s


def test_nothing_waiting_is_never_due():
    assert agenda().due_at(frozenset(), 100.0) is None


def test_what_waits_is_not_put_off_by_what_joins_it():
    plan = agenda()
    plan.due_at(classes("history"), 100.0)

    assert plan.due_at(classes("history", "telemetry"), 400.0) == 700.0


def test_after_everything_was_sent_the_wait_begins_anew():
    plan = agenda()
    plan.due_at(classes("history"), 100.0)
    plan.is_done()

    assert plan.due_at(classes("history"), 400.0) == 1_000.0


def test_hubs_that_started_together_send_levels_apart():
    moments = {agenda(chance).due_at(classes("telemetry"), 0.0) for chance in (0.0, 0.5, 1.0)}

    assert moments == {20_000.0, 30_000.0, 40_000.0}
