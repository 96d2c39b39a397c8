"""How money and parcels stand, derived: the records have one word, and the right one."""

from hypothesis import given
from hypothesis import strategies as st

from cloud.orders.standing import (
    FulfilmentStanding,
    Objection,
    Packed,
    PaymentStanding,
    fulfilment_standing,
    payment_standing,
)
from cloud.orders.status import CANCELLABLE, EDGES, REFUNDABLE, OrderStatus, can_move

F = FulfilmentStanding
S = OrderStatus
PARCELS = st.lists(st.builds(Packed, st.integers(1, 5), st.booleans()), max_size=5)


@given(st.sampled_from(S), st.integers(0, 100), st.integers(0, 100), st.booleans())
def test_money_is_said_by_what_came_and_what_went_back(
    status: S, total: int, refunded: int, is_paid: bool
) -> None:
    refunded = min(refunded, total)

    standing = payment_standing(status, total, refunded, is_paid=is_paid)

    assert is_paid == (standing not in (PaymentStanding.UNPAID, PaymentStanding.NEVER_PAID))
    if is_paid and total:
        assert (standing is PaymentStanding.PAID) == (refunded == 0)
        assert (standing is PaymentStanding.REFUNDED) == (refunded == total)


@given(st.sampled_from(S), st.integers(0, 100), st.booleans(), st.sampled_from(Objection))
def test_what_a_bank_objects_to_outweighs_what_went_back_of_a_payment_that_came(
    status: S, refunded: int, is_paid: bool, objection: Objection
) -> None:
    standing = payment_standing(status, 100, refunded, is_paid=is_paid, objection=objection)

    said = {"open": PaymentStanding.DISPUTED, "lost": PaymentStanding.CHARGED_BACK}
    assert (standing is said[objection]) == is_paid


@given(st.sampled_from(S), PARCELS, st.integers(0, 10))
def test_parcels_are_said_by_how_many_bottles_left_and_arrived(
    status: S, parcels: list[Packed], unsent: int
) -> None:
    sent = sum(parcel.quantity for parcel in parcels)
    arrived = sum(parcel.quantity for parcel in parcels if parcel.is_delivered)
    ordered = sent + unsent

    standing = fulfilment_standing(status, ordered, parcels)

    assert (standing in (F.UNSENT, F.NOT_SENT)) == (sent == 0)
    assert (standing is F.DELIVERED) == (0 < arrived == ordered)
    assert (standing in (F.PARTLY_DELIVERED, F.DELIVERED)) == (arrived > 0)
    assert (standing is F.SENT) == (0 < sent == ordered and arrived == 0)


@given(st.lists(st.sampled_from(S), max_size=14))
def test_the_machine_and_the_records_agree_along_any_walk(wishes: list[S]) -> None:
    """Walk the machine as the services do: what each step demands of the records holds."""
    status, is_paid, sent, arrived = S.PENDING, False, 0, 0
    for wish in wishes:
        if not can_move(status, wish) or (wish is S.CANCELLED and sent):
            continue
        status = wish
        is_paid = is_paid or status is S.PAID
        sent = 1 if status is S.SHIPPED else sent
        arrived = 1 if status is S.DELIVERED else arrived
        parcels = [Packed(1, bool(arrived))] * sent
        money = payment_standing(status, 100, 0, is_paid=is_paid)
        goods = fulfilment_standing(status, 1, parcels)
        if status in REFUNDABLE:
            assert money is PaymentStanding.PAID
        if status in (S.PENDING, S.AWAITING_PAYMENT):
            assert money is PaymentStanding.UNPAID
        if status is S.FAILED:
            assert money is PaymentStanding.NEVER_PAID
        if status is S.SHIPPED:
            assert goods is F.SENT
        if status is S.CANCELLED:
            assert goods is F.NOT_SENT
        if status is S.DELIVERED:
            assert goods is F.DELIVERED
    assert EDGES[S.CANCELLED] == frozenset()
    assert S.SHIPPED not in CANCELLABLE
