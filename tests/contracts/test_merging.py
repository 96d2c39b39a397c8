import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scentd.contracts.merging import Edit, canonical, next_stamp, stamp_ms

EDITS = st.builds(
    Edit,
    value=st.sampled_from(['"a"', '"b"', "true"]),
    stamp=st.integers(0, 3),
    node=st.sampled_from(["n1", "n2"]),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def merged(edits):
    held = None
    for edit in edits:
        if edit.wins_over(held):
            held = edit
    return held


@given(st.lists(EDITS, min_size=1, max_size=4))
def test_the_same_edits_in_any_order_and_number_end_the_same(edits):
    outcomes = {merged([*order, *edits[:2]]) for order in itertools.permutations(edits)}

    assert len(outcomes) == 1


@given(EDITS)
def test_an_edit_does_not_replace_itself(edit):
    assert not edit.wins_over(edit)


@given(st.integers(0, 2**50), st.integers(0, 2**40))
def test_a_stamp_is_later_than_the_last_and_not_before_the_wall(last, wall_ms):
    stamp = next_stamp(last, wall_ms)

    assert stamp > last
    assert stamp_ms(stamp) >= wall_ms


@given(JSON)
def test_canonical_text_means_the_same_and_is_its_own_canon(value):
    text = canonical(value)

    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text(max_size=3), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(fields):
    assert canonical(dict(reversed(fields.items()))) == canonical(fields)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": float("-inf")}])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(ValueError, match=r"not JSON compliant|Out of range"):
        canonical(value)
