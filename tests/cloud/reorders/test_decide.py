"""The rules of reordering, one by one, and what holds for all of them together."""

from datetime import timedelta
from typing import Any

import pytest

from cloud.reorders.cases import (
    Mode,
)
from cloud.reorders.decide import decide
from cloud.reorders.findings import Reason, Verdict
from cloud.reorders.repository.history import whole_days
from cloud.reorders.service.casing import slow_days
from tests.fakes.reorder_cases import AUTOMATIC, DAY, HOUR, NOW, case, look, outcome, reasons


def test_an_agreed_slot_in_automatic_mode_orders() -> None:
    assert outcome(decide(AUTOMATIC)) == (Verdict.ORDER, Reason.AGREED)


def test_rule_1_without_consent_even_an_automatic_slot_only_asks() -> None:
    assert outcome(decide(case(consent=None))) == (Verdict.PROPOSE, Reason.NO_CONSENT)


def test_rule_1_the_default_is_to_ask() -> None:
    assert outcome(decide(case(standing__mode=Mode.ASK))) == (Verdict.PROPOSE, Reason.ASK_MODE)
    # A panel at home says automatic; the member agreed to be asked.
    asked = case(consent__mode=Mode.ASK)
    assert outcome(decide(asked)) == (Verdict.PROPOSE, Reason.NO_CONSENT)


def test_rule_1_off_does_nothing_until_it_is_switched_on() -> None:
    assert outcome(decide(case(standing__mode=Mode.OFF))) == (Verdict.WAIT, Reason.OFF)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"supply__variant_id": 8}, Reason.OTHER_VARIANT),
        ({"supply__quantity": 2}, Reason.OTHER_VARIANT),
        ({"supply__available": 0}, Reason.OUT_OF_STOCK),
        ({"supply__is_sellable": False}, Reason.NOT_SELLABLE),
    ],
)
def test_rule_2_consent_binds_the_exact_variant_and_nothing_is_substituted(
    change: dict[str, Any], reason: Reason
) -> None:
    assert outcome(decide(case(**change))) == (Verdict.PROPOSE, reason)


def test_rule_2_a_scent_that_the_shop_does_not_know_is_refused() -> None:
    assert outcome(decide(case(supply=None))) == (Verdict.REFUSE, Reason.NOT_SOLD)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"supply__total_minor": 4001}, Reason.PRICE_ABOVE_CEILING),
        ({"supply__currency": "USD"}, Reason.NEW_CURRENCY),
        ({"supply__shipping_minor": 491}, Reason.SHIPPING_CHANGED),
        ({"supply__tax_basis_points": 2000}, Reason.TAX_CHANGED),
    ],
)
def test_rule_3_another_price_than_agreed_asks(change: dict[str, Any], reason: Reason) -> None:
    assert outcome(decide(case(**change))) == (Verdict.PROPOSE, reason)


def test_rule_3_a_lower_price_is_no_reason_to_ask() -> None:
    cheaper = case(supply__total_minor=2000, supply__shipping_minor=0, supply__tax_basis_points=700)

    assert decide(cheaper).verdict is Verdict.ORDER


def test_rule_4_an_open_reorder_of_the_slot_is_waited_for() -> None:
    decision = decide(case(history__has_open_reorder=True))

    assert outcome(decision) == (Verdict.WAIT, Reason.OPEN_REORDER)
    assert decision.until is None


def test_rule_4_a_parcel_of_the_last_72_hours_is_waited_for() -> None:
    shipped = NOW - 71 * HOUR

    decision = decide(case(history__last_shipped_at=shipped))

    assert outcome(decision) == (Verdict.WAIT, Reason.JUST_SHIPPED)
    assert decision.until == shipped + 72 * HOUR
    assert decide(case(history__last_shipped_at=NOW - 72 * HOUR)).verdict is Verdict.ORDER


def test_rule_5_a_cartridge_that_was_taken_out_is_not_reordered() -> None:
    gone = case(evidence__present_install_id="cartridge-2")

    assert outcome(decide(gone)) == (Verdict.REFUSE, Reason.CARTRIDGE_CHANGED)


def test_rule_6_one_uncertain_look_is_not_enough() -> None:
    once = look(14.5, error=5)

    decision = decide(
        case(evidence__observations=(once,), evidence__present=once, evidence__runs_out_at=None)
    )

    assert outcome(decision) == (Verdict.WAIT, Reason.NEEDS_SECOND_LOOK)
    assert decision.until == NOW + 6 * HOUR


def test_rule_6_two_looks_six_hours_apart_are_enough() -> None:
    earlier, later = look(14.8, NOW - 6 * HOUR, error=5), look(14.5, error=5)

    decision = decide(
        case(
            evidence__observations=(earlier, later),
            evidence__present=later,
            evidence__runs_out_at=None,
        )
    )

    assert decision.verdict is Verdict.ORDER


def test_rule_6_one_look_that_is_sure_is_enough() -> None:
    sure = look(10, error=2)

    decision = decide(
        case(evidence__observations=(sure,), evidence__present=sure, evidence__runs_out_at=None)
    )

    assert decision.verdict is Verdict.ORDER


def test_rule_6_a_level_that_rose_without_a_refill_is_suspicious() -> None:
    risen = case(evidence__present=look(50))

    assert outcome(decide(risen)) == (Verdict.WAIT, Reason.LEVEL_ROSE)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"evidence__fitted_at": NOW - timedelta(minutes=59)}, Reason.JUST_FITTED),
        ({"evidence__joined_at": NOW - timedelta(minutes=59)}, Reason.JUST_FITTED),
        (
            {
                "evidence__joined_at": NOW - 2 * HOUR,
                "evidence__present": look(10, NOW - timedelta(minutes=61)),
            },
            Reason.JUST_FITTED,
        ),
        ({"evidence__present": look(10, quality="inferred")}, Reason.LEVEL_UNKNOWN),
        ({"evidence__present": look(10, NOW - 49 * HOUR)}, Reason.STALE),
        ({"evidence__occurred_at": NOW + timedelta(minutes=6)}, Reason.CLOCK_JUMP),
        ({"evidence__present": look(10, NOW + timedelta(minutes=6))}, Reason.CLOCK_JUMP),
    ],
)
def test_rule_7_doubtful_readings_never_trigger(change: dict[str, Any], reason: Reason) -> None:
    decision = decide(case(**change))

    assert outcome(decision) == (Verdict.WAIT, reason)
    assert decision.until is not None
    assert decision.until > NOW


def test_rule_8_orders_when_the_oil_lasts_only_as_long_as_the_parcel_needs() -> None:
    # Four days of delivery, one of cancel window, two of safety.
    assert decide(case(evidence__runs_out_at=NOW + 7 * DAY)).verdict is Verdict.ORDER


def test_rule_8_waits_while_the_oil_outlasts_the_parcel() -> None:
    runs_out = NOW + 10 * DAY

    decision = decide(case(evidence__runs_out_at=runs_out))

    assert outcome(decision) == (Verdict.WAIT, Reason.ENOUGH_OIL)
    assert decision.until == runs_out - 7 * DAY


def test_rule_8_a_fast_user_orders_above_the_fixed_percent() -> None:
    fast = look(30)

    decision = decide(case(evidence__present=fast, evidence__observations=(fast,)))

    assert decision.verdict is Verdict.ORDER


def test_rule_8_asking_begins_earlier_than_ordering() -> None:
    runs_out = NOW + 9 * DAY

    asked = decide(case(standing__mode=Mode.ASK, evidence__runs_out_at=runs_out))

    assert asked.verdict is Verdict.PROPOSE
    assert decide(case(evidence__runs_out_at=runs_out)).verdict is Verdict.WAIT


@pytest.mark.parametrize(
    ("days", "slow"),
    [((), 0), ((9, 9), 0), ((2, 3, 8), 8), ((2,) * 9 + (30,), 2), ((2,) * 8 + (6, 30), 6)],
)
def test_rule_8_an_address_is_as_slow_as_nine_of_ten_of_its_parcels(
    days: tuple[int, ...], slow: int
) -> None:
    assert slow_days(days) == slow


def test_rule_8_a_parcel_that_took_two_days_and_an_hour_is_there_within_three() -> None:
    assert [whole_days(way) for way in (2 * DAY, 2 * DAY + HOUR, HOUR)] == [2, 3, 1]


def test_rule_8_a_subscriptions_parcel_is_looked_for_earlier() -> None:
    runs_out = NOW + 9 * DAY

    assert decide(case(evidence__runs_out_at=runs_out)).verdict is Verdict.WAIT
    subscribed = case(evidence__runs_out_at=runs_out, supply__is_subscribed=True)
    assert decide(subscribed).verdict is Verdict.ORDER


def test_rule_9_a_bottle_on_hand_is_used_first() -> None:
    assert outcome(decide(case(history__bottles_on_hand=1))) == (
        Verdict.WAIT,
        Reason.BOTTLE_ON_HAND,
    )


def test_rule_9_a_bottle_bought_by_hand_makes_it_ask() -> None:
    assert outcome(decide(case(history__bottles_on_the_way=1))) == (
        Verdict.PROPOSE,
        Reason.BOTTLE_ON_THE_WAY,
    )


def test_rule_11_the_cap_of_the_slot_asks() -> None:
    twice = (NOW - 29 * DAY, NOW - 20 * DAY)

    assert outcome(decide(case(history__ordered_at=twice)))[0] is Verdict.PROPOSE
    assert Reason.SLOT_CAP in reasons(decide(case(history__ordered_at=twice)))


def test_rule_11_the_cap_of_the_household_asks() -> None:
    assert outcome(decide(case(history__spent_this_month_minor=15_000))) == (
        Verdict.PROPOSE,
        Reason.MONTH_CAP,
    )


def test_rule_11_twice_as_fast_as_usual_asks() -> None:
    usual = (NOW - 190 * DAY, NOW - 115 * DAY, NOW - 40 * DAY)
    once_in_75_days = {"history__ordered_at": (*usual[:2], NOW - 36 * DAY)}

    assert outcome(decide(case(**once_in_75_days))) == (
        Verdict.PROPOSE,
        Reason.FASTER_THAN_USUAL,
    )
    assert decide(case(history__ordered_at=usual)).verdict is Verdict.ORDER


def test_rule_11_a_broken_sensor_costs_one_bottle_and_then_a_question() -> None:
    just_before = case(history__ordered_at=(NOW - 8 * DAY,))

    assert outcome(decide(just_before)) == (Verdict.PROPOSE, Reason.SLOT_CAP)


@pytest.mark.parametrize(("most_orders", "verdict"), [(0, "propose"), (1, "propose"), (2, "order")])
def test_rule_11_a_household_sets_its_own_bound_of_a_slot(most_orders: int, verdict: str) -> None:
    once = case(history__ordered_at=(NOW - 8 * DAY,), standing__most_orders=most_orders)

    assert decide(once).verdict == verdict


@pytest.mark.parametrize(("cap_minor", "verdict"), [(3390, "order"), (3389, "propose")])
def test_rule_11_a_household_sets_its_own_bound_of_a_month(cap_minor: int, verdict: str) -> None:
    assert decide(case(standing__month_cap_minor=cap_minor)).verdict == verdict


def test_rule_12_a_week_of_reports_is_judged_by_the_present_level() -> None:
    refilled_since = case(
        evidence__occurred_at=NOW - 7 * DAY,
        evidence__present_install_id="cartridge-2",
        evidence__present=look(95),
    )

    assert decide(refilled_since).verdict is Verdict.REFUSE


def test_rule_13_a_revoked_hub_freezes_its_slots() -> None:
    decision = decide(case(standing__is_frozen=True))

    assert outcome(decision) == (Verdict.WAIT, Reason.SLOT_FROZEN)
    assert decision.until is None


def test_rule_13_a_hub_seen_twice_only_asks() -> None:
    assert outcome(decide(case(standing__is_hub_duplicated=True))) == (
        Verdict.PROPOSE,
        Reason.HUB_DUPLICATED,
    )


def test_rule_17_a_slot_that_another_service_refills_is_left_to_it() -> None:
    assert outcome(decide(case(standing__is_refilled_elsewhere=True))) == (
        Verdict.WAIT,
        Reason.REFILLED_ELSEWHERE,
    )


@pytest.mark.parametrize(
    ("field", "reason"),
    [("paused_until", Reason.PAUSED), ("snoozed_until", Reason.SNOOZED)],
)
def test_rule_16_pause_and_snooze_wait_for_their_end(field: str, reason: Reason) -> None:
    until = NOW + 5 * DAY

    decision = decide(case(**{f"standing__{field}": until}))

    assert outcome(decision) == (Verdict.WAIT, reason)
    assert decision.until == until
    assert decide(case(**{f"standing__{field}": NOW})).verdict is Verdict.ORDER
