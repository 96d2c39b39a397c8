"""Why a device ran or did not at some moment: what won, what lost, until when, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scentd.api.house import House
from scentd.model.commands import Origin
from scentd.model.safety import Decision, Happened
from scentd.model.schedule import PlannedRun
from scentd.store.schedules import LogRow

NEAR = timedelta(hours=1)
"""How far from the moment the plan's own log and what lost still explain it."""
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this nothing can be known, and not every moment has an hour before it."""
NEXT_DAYS = 7
_TURNED = frozenset({Happened.RAN, Happened.RESTED})
_WON = frozenset({Happened.OBEYED, Happened.STOPPED})
_LOST = frozenset({Happened.YIELDED, Happened.REFUSED, Happened.OFFLINE, Happened.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Why:
    """What explains one moment; None and () where nothing is known of it."""

    turned: Decision | None
    won: Decision | None
    lost: tuple[Decision, ...]
    plan: tuple[LogRow, ...]
    comes: PlannedRun | None


async def explain(house: House, diffuser_id: str, at: datetime) -> Why:
    """Find what explains a moment of the last thirty days."""
    lines = await house.safety.decisions(diffuser_id, at)
    turned = next((one for one in lines if one.happened in _TURNED), None)
    log = await house.schedules.log(max(at, FIRST) - NEAR)
    return Why(
        turned,
        _winner(lines, turned),
        tuple(one for one in lines if one.happened in _LOST and at - one.at <= NEAR),
        tuple(row for row in log if row.diffuser_id == diffuser_id and row.at - NEAR <= at),
        _next(house.schedules.planned(NEXT_DAYS), diffuser_id, house.clock.now()),
    )


def _winner(lines: Sequence[Decision], turned: Decision | None) -> Decision | None:
    """The last wish that was taken and asked for what the device then did."""
    for line in lines:
        if line.happened in _TURNED and line.origin is not Origin.SAFETY:
            is_own = line.origin is None or line.reference == "button"
            if is_own:
                return line
        if line.happened in _WON and (turned is None or line.power in {None, turned.power}):
            return line
    return turned


def _next(runs: Sequence[PlannedRun], diffuser_id: str, now: datetime) -> PlannedRun | None:
    coming = (run for run in runs if run.diffuser_id == diffuser_id and run.end > now)
    return next(coming, None)
