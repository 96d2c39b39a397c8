"""The parts of refunds: whatever the steps, they add up to what was paid."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cloud.refunds.shares import Paid, PaidLine, RefundPlan, everything, plan, worth_of

AMOUNTS = st.integers(0, 50_000)


@st.composite
def paid_orders(draw: st.DrawFn) -> Paid:
    """An order of up to four lines with a delivery and a gift card, nothing given back yet."""
    lines = []
    for item_id in range(draw(st.integers(1, 4))):
        worth = draw(AMOUNTS)
        tax = draw(st.integers(0, worth // 5))
        lines.append(PaidLine(item_id, draw(st.integers(1, 9)), worth, tax))
    shipping = draw(st.integers(0, 2_000))
    shipping_tax = draw(st.integers(0, shipping // 5))
    total = sum(line.worth_minor for line in lines) + shipping
    return Paid(
        total_minor=total,
        tax_minor=sum(line.tax_minor for line in lines) + shipping_tax,
        lines=tuple(lines),
        shipping_minor=shipping,
        shipping_tax_minor=shipping_tax,
        gift_card_minor=draw(st.integers(0, total)),
    )


def after(paid: Paid, done: RefundPlan) -> Paid:
    """Return the order once a refund was made."""
    counted = {share.item_id: share.quantity for share in done.lines}
    return replace(
        paid,
        lines=tuple(
            replace(line, returned=line.returned + counted.get(line.item_id, 0))
            for line in paid.lines
        ),
        returned_minor=paid.returned_minor + done.amount_minor,
        returned_tax_minor=paid.returned_tax_minor + done.tax_minor,
        returned_shipping_minor=paid.returned_shipping_minor + done.shipping_minor,
        returned_gift_card_minor=paid.returned_gift_card_minor + done.gift_card_minor,
    )


@given(paid_orders(), st.data())
def test_bottle_by_bottle_gives_back_exactly_what_was_paid(paid: Paid, data: st.DataObject) -> None:
    whole = paid
    refunds = []
    while left := everything(paid):
        item_id = data.draw(st.sampled_from(sorted(left)))
        chosen = {item_id: data.draw(st.integers(1, left[item_id]))}
        refunds.append(plan(paid, chosen, 0, worth_of(paid, chosen, 0)))
        paid = after(paid, refunds[-1])
    refunds.append(plan(paid, {}, paid.shipping_left_minor, paid.left_minor))
    paid = after(paid, refunds[-1])

    assert paid.left_minor == 0
    for line in whole.lines:
        shares = [share for one in refunds for share in one.lines if share.item_id == line.item_id]
        assert sum(share.amount_minor for share in shares) == line.worth_minor
        assert sum(share.tax_minor for share in shares) == line.tax_minor
    assert sum(one.shipping_minor for one in refunds) == whole.shipping_minor
    assert sum(one.gift_card_minor for one in refunds) == whole.gift_card_minor
    assert sum(one.tax_minor for one in refunds) == whole.tax_minor


@given(paid_orders(), st.lists(st.integers(1, 30_000), max_size=6))
def test_any_amounts_stay_within_each_means_of_payment(paid: Paid, amounts: list[int]) -> None:
    card_back = gift_back = 0
    for amount in amounts:
        quantities = dict(list(everything(paid).items())[:1])
        done = plan(paid, quantities, 0, min(amount, paid.left_minor))
        gift_back += done.gift_card_minor
        card_back += done.card_minor
        assert done.gift_card_minor >= 0 <= done.card_minor
        assert 0 <= done.tax_minor <= done.amount_minor
        assert sum(share.amount_minor for share in done.lines) <= done.amount_minor
        paid = after(paid, done)
        assert gift_back <= paid.gift_card_minor
        assert card_back <= paid.total_minor - paid.gift_card_minor


def test_a_lowered_amount_lowers_every_part() -> None:
    paid = Paid(
        total_minor=6_000,
        tax_minor=600,
        lines=(PaidLine(1, 2, 4_000, 400), PaidLine(2, 1, 1_000, 100)),
        shipping_minor=1_000,
        shipping_tax_minor=100,
    )

    done = plan(paid, {1: 1, 2: 1}, 0, 1_500)

    assert [(share.amount_minor, share.tax_minor) for share in done.lines] == [
        (1_000, 100),
        (500, 50),
    ]
    assert (done.tax_minor, done.shipping_minor, done.gift_card_minor) == (150, 0, 0)


def test_more_than_the_bottles_are_worth_is_goodwill() -> None:
    paid = Paid(5_000, 500, (PaidLine(1, 1, 5_000, 500),), 0, 0, gift_card_minor=2_500)

    done = plan(paid, {}, 0, 1_000)

    assert done.lines == ()
    assert (done.tax_minor, done.gift_card_minor, done.card_minor) == (100, 500, 500)
