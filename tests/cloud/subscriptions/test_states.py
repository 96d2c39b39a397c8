"""The status machine as a table: every pair of statuses, for every kind of actor."""

import pytest

from cloud.orders.actors import ActorKind
from cloud.subscriptions.states import EDGES, ENDED, SubscriptionStatus, can_move

_S = SubscriptionStatus
# Who may go from the left to the right: c a customer, s staff, y the system.
TABLE = """
                 ACTIVE PAUSED CANCELLED EXPIRED PENDING_PAYMENT ADMIN_SUSPENDED
ACTIVE           -      cs     csy       -       y               s
PAUSED           csy    -      csy       -       -               s
CANCELLED        -      -      -         -       -               -
EXPIRED          csy    -      -         -       -               -
PENDING_PAYMENT  y      -      csy       y       -               s
ADMIN_SUSPENDED  s      -      csy       -       -               -
"""
_LETTERS = {"c": ActorKind.CUSTOMER, "s": ActorKind.STAFF, "y": ActorKind.SYSTEM}


def _cells() -> list[tuple[SubscriptionStatus, SubscriptionStatus, str]]:
    head, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (_S(line[0]), _S(to), who) for line in lines for to, who in zip(head, line[1:], strict=True)
    ]


@pytest.mark.parametrize(("previous", "to", "who"), _cells())
def test_every_pair_of_statuses(
    previous: SubscriptionStatus, to: SubscriptionStatus, who: str
) -> None:
    allowed = {kind for letter, kind in _LETTERS.items() if letter in who}

    assert {kind for kind in ActorKind if can_move(previous, to, kind)} == allowed


def test_only_staff_suspend_and_lift_it() -> None:
    suspended = _S.ADMIN_SUSPENDED

    touching = {
        pair: who
        for pair, who in EDGES.items()
        if suspended in pair and pair[1] is not _S.CANCELLED
    }

    assert all(who == {ActorKind.STAFF} for who in touching.values())


def test_whatever_goes_on_its_owner_can_cancel() -> None:
    assert all(can_move(status, _S.CANCELLED, ActorKind.CUSTOMER) for status in set(_S) - ENDED)
