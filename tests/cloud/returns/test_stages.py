"""The machine of returns: every edge, and what an order's returns come to."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from cloud.returns.stages import (
    CALLED_OFF,
    EDGES,
    ReturnStage,
    ReturnStanding,
    can_move,
    return_standing,
)

S = ReturnStage
# The edges a second time, on purpose.
EXPECTED = {
    (S.ASKED, S.APPROVED),
    (S.ASKED, S.REFUSED),
    (S.ASKED, S.WITHDRAWN),
    (S.APPROVED, S.RECEIVED),
    (S.APPROVED, S.WITHDRAWN),
    (S.RECEIVED, S.REFUNDED),
    (S.RECEIVED, S.CLOSED),
}


def test_exactly_the_expected_edges_exist() -> None:
    edges = {pair for pair in itertools.product(S, S) if can_move(*pair)}

    assert edges == EXPECTED
    assert set(EDGES) == set(S)


@given(st.lists(st.sampled_from(S)))
def test_what_returns_come_to_is_what_somebody_must_act_on(stages: list[S]) -> None:
    standing = return_standing(stages)

    open_ones = {S.ASKED, S.APPROVED, S.RECEIVED} & set(stages)
    assert (standing in (ReturnStanding.NONE, ReturnStanding.DONE)) == (not open_ones)
    assert (standing is ReturnStanding.NONE) == (set(stages) <= CALLED_OFF)
    assert (S.ASKED in stages) == (standing is ReturnStanding.ASKED)
