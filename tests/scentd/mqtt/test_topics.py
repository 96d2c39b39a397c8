"""Which topics a filter matches, judged by the standard and by paho."""

from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from scentd.model.topics import is_filter
from scentd.mqtt.topics import TopicTree

names = st.sampled_from(["a", "b", "", "$SYS", "long name"])
topics = st.lists(names, min_size=1, max_size=5).map("/".join).filter(bool)
filters = (
    st.tuples(st.lists(st.one_of(names, st.just("+")), max_size=4), st.booleans())
    .map(lambda parts: "/".join([*parts[0], "#"] if parts[1] else parts[0]))
    .filter(is_filter)
)


@given(st.lists(filters, max_size=12), topics)
def test_the_tree_finds_exactly_the_filters_that_match(wanted: list[str], topic: str) -> None:
    tree: TopicTree[int] = TopicTree()
    for number, topic_filter in enumerate(wanted):
        tree.add(topic_filter, number)

    found = sorted(tree.match(topic))

    assert found == [n for n, name in enumerate(wanted) if topic_matches_sub(name, topic)]


@given(st.lists(filters, min_size=1, max_size=12, unique=True), topics, st.data())
def test_a_removed_filter_matches_no_more_and_the_others_still_do(
    wanted: list[str], topic: str, data: st.DataObject
) -> None:
    tree: TopicTree[str] = TopicTree()
    for topic_filter in wanted:
        tree.add(topic_filter, topic_filter)
    gone = data.draw(st.sampled_from(wanted))

    tree.remove(gone, gone)

    left = [name for name in wanted if name != gone and topic_matches_sub(name, topic)]
    assert sorted(tree.match(topic)) == sorted(left)


def test_the_same_watcher_twice_is_removed_once_at_a_time() -> None:
    tree: TopicTree[str] = TopicTree()
    tree.add("a/b", "twice")
    tree.add("a/b", "twice")

    tree.remove("a/b", "twice")

    assert tree.match("a/b") == ("twice",)
