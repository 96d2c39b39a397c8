"""What the standard calls a topic and a filter, and which belong together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from scentd.model.topics import is_filter, is_topic, matches

names = st.sampled_from(["a", "b", "", "$SYS", "long name"])
topics = st.lists(names, min_size=1, max_size=5).map("/".join).filter(bool)
filters = (
    st.tuples(st.lists(st.one_of(names, st.just("+")), max_size=4), st.booleans())
    .map(lambda parts: "/".join([*parts[0], "#"] if parts[1] else parts[0]))
    .filter(is_filter)
)


@pytest.mark.parametrize("bad", ["", "a#", "a/#/b", "a+/b", "#a", "a\0b", "x" * 65_536, "\ud800"])
def test_what_the_standard_forbids_is_no_filter(bad: str) -> None:
    assert not is_filter(bad)


@pytest.mark.parametrize("bad", ["", "a/+", "#", "a\0b", "x" * 65_536, "\ud800"])
def test_nobody_may_publish_to_a_wildcard_or_nothing(bad: str) -> None:
    assert not is_topic(bad)


def test_a_plain_topic_is_both() -> None:
    assert is_topic("zigbee/Küche/set")
    assert is_filter("zigbee/Küche/set")


@given(filters, topics)
def test_a_filter_matches_what_paho_says_it_matches(topic_filter: str, topic: str) -> None:
    assert matches(topic_filter, topic) == topic_matches_sub(topic_filter, topic)
