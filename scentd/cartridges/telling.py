"""What the cloud is told of cartridges, in the words of the wire."""

from collections.abc import Sequence

from scentd.cartridges.low import Alarm, Look
from scentd.cartridges.slot import FittedSlot
from scentd.contracts.bodies import (
    CartridgeFittedV1,
    CartridgeLevelV1,
    LevelV1,
    RunningLowV1,
    RunOutV1,
    SlotV1,
)
from scentd.model.cartridge import RunOut
from scentd.model.diffuser import Diffuser

_MOST_LOOKS = 50


def fitted_body(slot: FittedSlot, diffuser: Diffuser | None) -> CartridgeFittedV1:
    """Say that a refill cycle began."""
    return CartridgeFittedV1(
        slot=_slot(slot, diffuser),
        install_id=slot.install_id,
        cycle=slot.cycle,
        sku=slot.sku,
        level=_level(slot),
    )


def level_body(slot: FittedSlot, diffuser: Diffuser | None, run_out: RunOut) -> CartridgeLevelV1:
    """Say where the level stands."""
    return CartridgeLevelV1(
        slot=_slot(slot, diffuser),
        install_id=slot.install_id,
        cycle=slot.cycle,
        sku=slot.sku,
        level=_level(slot),
        run_out=_run_out(run_out),
    )


def low_body(
    slot: FittedSlot,
    diffuser: Diffuser | None,
    run_out: RunOut,
    alarm: Alarm,
    threshold_percent: float,
) -> RunningLowV1:
    """Say that the cartridge runs low, with the looks it rests on."""
    return RunningLowV1(
        slot=_slot(slot, diffuser),
        install_id=slot.install_id,
        cycle=slot.cycle,
        sku=slot.sku,
        level=_level(slot),
        run_out=_run_out(run_out),
        observations=_observations(alarm.looks),
        threshold_percent=threshold_percent,
        reason=alarm.reason,
    )


def _slot(slot: FittedSlot, diffuser: Diffuser | None) -> SlotV1:
    return SlotV1(
        diffuser_id=slot.key.diffuser_id,
        slot_no=slot.key.slot_no,
        diffuser_name=diffuser.name[:120] if diffuser else "",
        room=diffuser.room[:120] if diffuser else "",
    )


def _level(slot: FittedSlot) -> LevelV1:
    level = slot.level
    return LevelV1(
        remaining_ul=round(level.remaining_ul),
        capacity_ul=level.capacity_ul,
        error_ul=round(level.band_ul),
        quality=level.quality.value,
        at=slot.level_at,
    )


def _run_out(run_out: RunOut) -> RunOutV1:
    return RunOutV1(p10=run_out.p10, p50=run_out.p50, p90=run_out.p90)


def _observations(looks: Sequence[Look]) -> tuple[LevelV1, ...]:
    return tuple(
        LevelV1(
            remaining_ul=look.remaining_ul,
            capacity_ul=look.capacity_ul,
            error_ul=look.error_ul,
            quality=look.quality.value,
            at=look.at,
        )
        for look in looks[-_MOST_LOOKS:]
    )
