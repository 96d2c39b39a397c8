"""Signatures are those of the Standard Webhooks specification."""

from datetime import UTC, datetime

from cloud.webhooks.pauses import pause_after
from cloud.webhooks.signing import new_secret, signature_headers


def test_a_signature_is_the_one_of_the_specification():
    """The example of the specification's text: secret, id, stamp, body and signature."""
    headers = signature_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_two_secrets_sign_side_by_side():
    headers = signature_headers(
        "msg", b"{}", datetime(2026, 3, 2, tzinfo=UTC), [new_secret(), new_secret()]
    )

    first, second = headers["webhook-signature"].split(" ")
    assert first != second


def test_a_delivery_is_tried_for_three_days():
    pauses = []
    while (pause := pause_after(len(pauses) + 1)) is not None:
        pauses.append(pause)

    hours = sum(pause.total_seconds() for pause in pauses) / 3600
    assert 72 <= hours < 78
    assert pauses == sorted(pauses)
