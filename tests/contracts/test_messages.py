"""What was once written stays readable: recorded messages against today's code."""

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from scentd.contracts import pairing, sync
from scentd.contracts.bodies import EVENT_BODIES

GOLDEN = Path(__file__).parent / "golden"

SOCKET = TypeAdapter(sync.SocketMessage)
MESSAGES = {
    "hello": sync.HelloV1,
    "nonce": sync.NonceV1,
    "session": sync.SessionV1,
    "batch_header": sync.BatchHeaderV1,
    "ack": sync.AckV1,
    "position_conflict": sync.PositionConflictV1,
    "changes": sync.ChangesV1,
    "snapshot": sync.SnapshotV1,
    "poke": sync.PokeV1,
    "command": sync.CommandV1,
    "bye": sync.ByeV1,
    "refusal": sync.Refusal,
    "pairing_request": pairing.PairingRequestV1,
    "pairing_offer": pairing.PairingOfferV1,
    "pairing_question": pairing.PairingQuestionV1,
    "pairing_answer": pairing.PairingAnswerV1,
    **{f"event.{kind}": body for (kind, version), body in EVENT_BODIES.items() if version == 1},
}


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def test_every_message_has_a_recording():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(MESSAGES)


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_recorded_message_is_read_and_written_back_unchanged(name):
    recorded = golden(name)

    message = MESSAGES[name].model_validate(recorded)

    assert message.model_dump(mode="json", exclude_unset=True) == recorded


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_field_of_the_next_release_is_no_reason_to_refuse(name):
    MESSAGES[name].model_validate({**golden(name), "field_of_tomorrow": {"a": [1]}})


@pytest.mark.parametrize("name", [name for name in sorted(MESSAGES) if name.startswith("event.")])
def test_an_event_keeps_the_fields_it_does_not_know(name):
    body = MESSAGES[name].model_validate({**golden(name), "field_of_tomorrow": 7})

    assert json.loads(body.model_dump_json())["field_of_tomorrow"] == 7


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("hello", "signature", "zz"),
        ("hello", "lineage", "ABC"),
        ("batch_header", "first", 0),
        ("ack", "chain", ""),
        ("ack", "acked", -1),
        ("pairing_request", "public_key", "00"),
        ("event.document.edit", "stamp", -1),
        ("event.cartridge.running_low", "observations", []),
        ("event.cartridge.level", "install_id", "short"),
    ],
)
def test_what_cannot_be_true_is_refused(name, field, value):
    with pytest.raises(ValidationError):
        MESSAGES[name].model_validate({**golden(name), field: value})


@pytest.mark.parametrize("name", ["poke", "command", "bye"])
def test_socket_messages_are_told_apart_by_their_tag(name):
    assert type(SOCKET.validate_python(golden(name))) is MESSAGES[name]


def test_the_signed_claim_is_what_it_always_was():
    claim = sync.session_claim("ab", 7, "https://shop.example", sync.ProtocolRange())

    assert claim == b"scent-sync session\nab\n7\nhttps://shop.example\n1-1"
