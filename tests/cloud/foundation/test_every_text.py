"""Everything the cloud says is in every phrase book, with the same facts, and nothing else is."""

from tools.phrases import problems


def test_every_text_is_said_in_every_language():
    assert problems() == []
