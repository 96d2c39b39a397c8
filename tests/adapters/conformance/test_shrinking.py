"""A message is made as small as it can be and still shows the fault."""

import json

from adapters.conformance.shrinking import smallest
from adapters.corpus.recording import Message

BODY = {"nodes": {"a": {"on": {"type": "boolean"}}, "b": [1, 2, {"bad": "xxxxxxxx"}]}, "name": "n"}


def test_an_object_loses_every_part_that_is_not_needed() -> None:
    message = Message("a/b", json.dumps(BODY).encode())

    least = smallest(message, lambda one: b'"bad"' in one.payload and b"x" in one.payload)

    assert json.loads(least.payload) == {"nodes": {"b": [{"bad": "x"}]}}


def test_what_is_no_object_loses_bytes() -> None:
    message = Message("a/b", b"abc\xffdef" * 20)

    assert smallest(message, lambda one: b"\xff" in one.payload).payload == b"\xff"


def test_a_fault_of_the_form_itself_keeps_the_form() -> None:
    message = Message("a/b", b'{"a":1,"a":2}')

    least = smallest(message, lambda one: one.payload.count(b'"a"') == 2)

    assert least.payload == b'"a""a"'


def test_a_megabyte_is_cut_in_reasonable_time() -> None:
    tried = 0

    def is_broken(one: Message) -> bool:
        nonlocal tried
        tried += 1
        return len(one.payload) > 100_000

    assert len(smallest(Message("a/b", b"x" * 1_048_576), is_broken).payload) < 120_000
    assert tried <= 1_500
