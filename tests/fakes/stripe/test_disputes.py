"""Disputes, refunds that end later, and the clock that runs ahead."""

import pytest
import stripe

from tests.fakes.stripe.conftest import Control
from tests.fakes.stripe.server import FakeStripe

_DAY_S = 24 * 3600


async def paid(sdk: stripe.StripeClient, token: str = "pm_card_visa") -> stripe.PaymentIntent:
    return await sdk.v1.payment_intents.create_async(
        {
            "amount": 2000,
            "currency": "eur",
            "payment_method": token,
            "payment_method_types": ["card"],
            "confirm": True,
        }
    )


def told(fake: FakeStripe, begin: str) -> list[str]:
    kinds = [event["type"] for event in reversed(fake.account.all("event"))]
    return [kind for kind in kinds if kind.startswith(begin)]


async def test_a_disputed_charge_loses_its_money_and_cannot_be_refunded(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    intent = await paid(sdk, "pm_card_createDispute")
    (dispute,) = (await sdk.v1.disputes.list_async({"payment_intent": intent.id})).data

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        await sdk.v1.refunds.create_async({"payment_intent": intent.id})

    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    assert refusal.value.code == "charge_disputed"
    assert told(fake, "charge.dispute") == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]


async def test_an_inquiry_takes_no_money_and_may_be_refunded(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    intent = await paid(sdk, "pm_card_createDisputeInquiry")

    refund = await sdk.v1.refunds.create_async({"payment_intent": intent.id})

    assert refund.status == "succeeded"
    assert told(fake, "charge.dispute") == ["charge.dispute.created"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("winning_evidence", "won"),
        ("losing_evidence", "lost"),
        ("It arrived on Monday.", "under_review"),
    ],
)
async def test_evidence_decides_as_in_test_mode(
    sdk: stripe.StripeClient, fake: FakeStripe, text: str, status: str
) -> None:
    intent = await paid(sdk)
    dispute_id = fake.dispute(intent.id)["id"]

    sent = await sdk.v1.disputes.update_async(
        dispute_id, {"evidence": {"uncategorized_text": text}, "submit": True}
    )

    assert sent.status == status
    with pytest.raises(stripe.InvalidRequestError):
        await sdk.v1.disputes.update_async(dispute_id, {"submit": True})


async def test_a_dispute_that_nobody_answers_is_lost_when_its_time_is_over(
    sdk: stripe.StripeClient, fake: FakeStripe
) -> None:
    intent = await paid(sdk)
    dispute_id = fake.dispute(intent.id)["id"]
    due_by = fake.account.objects[dispute_id]["evidence_details"]["due_by"]

    fake.account.advance(30 * _DAY_S)

    dispute = await sdk.v1.disputes.retrieve_async(dispute_id)
    assert (dispute.status, dispute.evidence_details.past_due) == ("lost", True)
    (closed,) = [event for event in fake.account.all("event") if "closed" in event["type"]]
    assert closed["created"] == due_by


@pytest.mark.parametrize(
    ("token", "first", "last"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("pm_card_refundFail", "succeeded", "failed"),
    ],
)
async def test_some_refunds_end_a_minute_later(
    sdk: stripe.StripeClient, fake: FakeStripe, token: str, first: str, last: str
) -> None:
    intent = await paid(sdk, token)
    refund = await sdk.v1.refunds.create_async({"payment_intent": intent.id, "amount": 500})

    fake.account.advance(60)

    assert refund.status == first
    assert (await sdk.v1.refunds.retrieve_async(refund.id)).status == last
    charge = await sdk.v1.charges.retrieve_async(str(refund.charge))
    assert charge.amount_refunded == (500 if last == "succeeded" else 0)


async def test_the_control_page_disputes_and_decides(
    sdk: stripe.StripeClient, fake: FakeStripe, control: Control
) -> None:
    intent = await paid(sdk)

    opened = await control("disputes", charge=intent.latest_charge, reason="product_not_received")
    decided = await control(f"disputes/{opened['id']}", outcome="won")

    assert (opened["status"], decided["status"]) == ("needs_response", "won")
    assert told(fake, "charge.dispute")[-1] == "charge.dispute.closed"
