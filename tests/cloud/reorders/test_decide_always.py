"""What holds for every decision about a reorder, whatever the case."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cloud.reorders.cases import (
    Case,
    Evidence,
    History,
    Look,
    Mode,
    ReorderRules,
    Standing,
    Supply,
)
from cloud.reorders.decide import RULES, decide
from cloud.reorders.findings import Verdict
from tests.fakes.reorder_cases import CONSENT, DAY, HOUR, NOW, case, look

MOMENTS = st.integers(-30 * 24, 30 * 24).map(lambda hours: NOW + hours * HOUR)
LOOKS = st.builds(
    Look,
    remaining_ul=st.integers(0, 60_000),
    capacity_ul=st.just(50_000),
    error_ul=st.integers(0, 10_000),
    quality=st.sampled_from(["measured", "hub_estimate", "inferred"]),
    at=MOMENTS,
)
CASES = st.builds(
    Case,
    evidence=st.builds(
        Evidence,
        install_id=st.sampled_from(["cartridge-1", "cartridge-2"]),
        occurred_at=MOMENTS,
        received_at=MOMENTS,
        observations=st.lists(LOOKS, max_size=4).map(tuple),
        present_install_id=st.just("cartridge-1"),
        fitted_at=MOMENTS,
        joined_at=MOMENTS,
        present=LOOKS,
        runs_out_at=st.none() | MOMENTS,
    ),
    standing=st.builds(
        Standing,
        mode=st.sampled_from(Mode),
        is_frozen=st.booleans(),
        is_refilled_elsewhere=st.booleans(),
        is_hub_duplicated=st.booleans(),
        snoozed_until=st.none() | MOMENTS,
        paused_until=st.none() | MOMENTS,
        most_orders=st.none() | st.integers(0, 3),
        month_cap_minor=st.none() | st.integers(0, 20_000),
    ),
    consent=st.none() | st.sampled_from(Mode).map(lambda mode: replace(CONSENT, mode=mode)),
    supply=st.none()
    | st.builds(
        Supply,
        variant_id=st.sampled_from([7, 8]),
        is_sellable=st.booleans(),
        available=st.integers(0, 3),
        quantity=st.integers(1, 2),
        currency=st.sampled_from(["EUR", "USD"]),
        shipping_minor=st.integers(0, 1000),
        tax_basis_points=st.integers(0, 2500),
        total_minor=st.integers(1, 9000),
        p90_days=st.integers(0, 10),
        is_subscribed=st.booleans(),
    ),
    history=st.builds(
        History,
        has_open_reorder=st.booleans(),
        last_shipped_at=st.none() | MOMENTS,
        ordered_at=st.lists(MOMENTS, max_size=4).map(sorted).map(tuple),
        spent_this_month_minor=st.integers(0, 20_000),
        bottles_on_hand=st.integers(0, 1),
        bottles_on_the_way=st.integers(0, 1),
    ),
    rules=st.just(ReorderRules()),
    now=MOMENTS,
)


@given(CASES)
def test_an_order_happens_only_without_any_objection_in_automatic_mode(any_case: Case) -> None:
    decision = decide(any_case)

    may_order = any_case.standing.mode is Mode.AUTOMATIC and not decision.findings
    assert (decision.verdict is Verdict.ORDER) == may_order


@given(CASES)
def test_a_waiting_case_is_looked_at_later_or_when_told(any_case: Case) -> None:
    decision = decide(any_case)

    if decision.verdict is Verdict.WAIT and decision.until is not None:
        assert decision.until >= any_case.now


@given(CASES)
def test_the_gravest_objection_decides(any_case: Case) -> None:
    decision = decide(any_case)

    order = list(Verdict)
    assert all(
        order.index(decision.verdict) <= order.index(finding.verdict)
        for finding in decision.findings
    )


def test_every_rule_has_a_case_that_it_objects_to() -> None:
    objecting = {
        rule.__name__
        for rule in RULES
        for objectionable in OBJECTIONABLE
        if rule(objectionable) is not None
    }

    assert objecting == {rule.__name__ for rule in RULES}


OBJECTIONABLE = [
    case(standing__mode=Mode.OFF, standing__is_frozen=True, standing__is_hub_duplicated=True),
    case(standing__is_refilled_elsewhere=True),
    case(consent__mode=Mode.ASK),
    case(evidence__present_install_id="cartridge-2", evidence__present=look(60)),
    case(supply=None, consent=None),
    case(standing__paused_until=NOW + DAY, standing__snoozed_until=NOW + DAY),
    case(
        history__has_open_reorder=True,
        history__last_shipped_at=NOW,
        history__bottles_on_hand=1,
        history__bottles_on_the_way=1,
        history__spent_this_month_minor=15_000,
        history__ordered_at=(NOW - 100 * DAY, NOW - 2 * DAY, NOW - DAY),
    ),
    case(evidence__fitted_at=NOW, evidence__present=look(10, NOW - 3 * DAY, quality="inferred")),
    case(evidence__occurred_at=NOW + DAY, evidence__runs_out_at=NOW + 90 * DAY),
    case(
        evidence__present=look(14.9, error=9),
        evidence__observations=(),
        evidence__runs_out_at=None,
    ),
    case(
        supply__variant_id=8,
        supply__is_sellable=False,
        supply__available=0,
        supply__currency="USD",
        supply__total_minor=9999,
        supply__shipping_minor=999,
        supply__tax_basis_points=2500,
    ),
]
