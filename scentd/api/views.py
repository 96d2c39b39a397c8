"""The shapes the API shows diffusers and cartridges in, made from the model's values."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.names import title_of
from scentd.api.presses import Press
from scentd.api.reasonwords import tell_now
from scentd.api.routes import View
from scentd.model.cartridge import Cartridge, RunOut, SlotKey
from scentd.model.commands import Answer, Outcome
from scentd.model.diffuser import (
    Availability,
    DesiredState,
    DeviceType,
    Diffuser,
    DiffuserState,
    LevelQuality,
    Mode,
    ReportedState,
)


class CapabilitiesView(View):
    """What a diffuser can do."""

    power: bool
    """Whether it can be switched."""
    steps: tuple[int, ...]
    """The percent of each native intensity step, ascending; empty when it cannot be set."""
    modes: tuple[Mode, ...]
    """The modes it knows."""
    pulsed: bool
    """Whether the steps are made by switching it in a rhythm, as with what is in a plug."""
    timer: bool
    """Whether it can be told to stop by itself after a number of seconds."""
    light: bool
    """Whether it has a light to switch."""
    light_dims: bool
    """Whether its light takes a brightness."""
    light_colours: bool
    """Whether its light takes a colour."""
    light_effects: tuple[str, ...]
    """Its light's effects by their own names."""
    energy: bool
    """Whether it measures what it draws."""
    level: LevelQuality | None
    """Where the level it tells comes from; null when it tells none."""
    low_flag: bool
    """Whether it can say that little is left."""
    identify: bool
    """Whether it can show itself."""
    slots: int
    """How many cartridges it holds."""
    slot_choice: bool
    """Whether it can be told which of them to spread from."""


class PressView(View):
    """A press of a button on the device."""

    button: str
    """The device's own word for it."""
    at: datetime
    """When the hub heard of it, UTC."""


class StateView(View):
    """Everything known of a diffuser now; wish and report are kept apart."""

    availability: Availability
    """Whether it can be reached."""
    availability_since: datetime | None
    """Since when, UTC."""
    availability_source: str
    """Who told: `last_will`, `bridge`, `timeout` or `message`; "" when nobody has."""
    last_message_at: datetime | None
    """When it last said anything, UTC."""
    unconfirmed: bool
    """Whether it did not show the desired state in spite of retries."""
    reported: ReportedState
    """What it last said of itself; null where it has not said anything."""
    desired: DesiredState
    """What it was last asked for; null where nothing was ever asked."""
    last_press: PressView | None
    """The button that was pressed last since the hub started; null when none was."""
    extras: Mapping[str, str]
    """What it says that means nothing to us, by its own names."""


class DiffuserView(View):
    """One device of the household."""

    id: str
    """Stable; survives a rename."""
    name: str
    """The household's or the device's own name."""
    title: str
    """What the page calls it: its room when it is alone there."""
    room: str
    """The room, empty when nobody said."""
    maker: str
    """Who made it, as the device says."""
    model: str
    """Which model it is, as the device says."""
    firmware: str
    """Its firmware, as the device says."""
    dialect: str
    """How the hub speaks to it."""
    device_type: DeviceType
    """What kind of device it is."""
    profile: str | None
    """The chosen profile, null where none is needed."""
    needs_profile: bool
    """Whether the household must still say which model it is, or what is plugged in."""
    bridge: str
    """The device or program through which it is reached, "" when it speaks for itself."""
    advice: tuple[str, ...]
    """Codes of what should be changed at the device so that it works well."""
    ghosts: tuple[str, ...]
    """Topics on which the broker keeps a command that switches it at each of its returns."""
    capabilities: CapabilitiesView
    """What it can do."""
    state: StateView
    """How it is."""


class RunOutView(View):
    """When a cartridge will be empty: the moment by which 10, 50 and 90 % of futures are."""

    p10: datetime | None
    """The early end; null when more than a year away or unused."""
    p50: datetime | None
    """The middle."""
    p90: datetime | None
    """The late end."""


class CartridgeView(View):
    """What sits in a slot and how much of it is left."""

    diffuser_id: str
    """The device."""
    slot_no: int
    """The slot, from 1."""
    install_id: str
    """Names this refill cycle."""
    cycle: int
    """Counts the slot's refill cycles from 1."""
    sku: str | None
    """The shop's number of it, null when unknown."""
    scent_name: str
    """What it smells of."""
    capacity_ul: int
    """Microlitres when full."""
    remaining_ul: int
    """Microlitres left: an estimate unless `quality` is measured."""
    error_ul: int
    """Half the width of the band the truth lies in with about 90 %, microlitres."""
    percent: float
    """What is left, 0..100."""
    quality: LevelQuality
    """Where the level comes from."""
    is_low: bool
    """Whether it runs low."""
    fitted_at: datetime
    """When it was put in, UTC."""
    level_at: datetime
    """When the level was last reckoned, UTC."""
    run_out: RunOutView
    """When it will be empty."""


class OutcomeView(View):
    """What became of a wish."""

    answer: Answer
    """What the commander did."""
    why: str
    """Why, in the household's language."""
    code: str = ""
    """Why as a stable code; "" where nothing stood against the wish."""
    command_id: str | None = None
    """Names the command that went out."""
    intensity_percent: int | None = Field(default=None, ge=0, le=100)
    """The native step really asked for, percent."""


def view_diffuser(house: House, diffuser: Diffuser) -> DiffuserView:
    """Show one diffuser as it is now."""
    return DiffuserView(
        id=diffuser.id,
        name=diffuser.name,
        title=title_of(diffuser, house.diffusers.all()),
        room=diffuser.room,
        maker=diffuser.maker,
        model=diffuser.model,
        firmware=diffuser.firmware,
        dialect=diffuser.dialect,
        device_type=diffuser.device_type,
        profile=diffuser.profile,
        needs_profile=diffuser.needs_profile,
        bridge=diffuser.bridge,
        advice=diffuser.advice,
        ghosts=tuple(house.diffusers.ghosts(diffuser.id)),
        capabilities=_view_capabilities(diffuser),
        state=_view_state(house.states.state(diffuser.id), house.presses.last(diffuser.id)),
    )


def view_cartridge(house: House, cartridge: Cartridge) -> CartridgeView:
    """Show one cartridge as it is now."""
    run_out = house.cartridges.run_out(cartridge.slot)
    return CartridgeView(
        diffuser_id=cartridge.slot.diffuser_id,
        slot_no=cartridge.slot.slot_no,
        install_id=cartridge.install_id,
        cycle=cartridge.cycle,
        sku=cartridge.sku,
        scent_name=cartridge.scent_name,
        capacity_ul=cartridge.capacity_ul,
        remaining_ul=cartridge.remaining_ul,
        error_ul=cartridge.error_ul,
        percent=round(cartridge.fraction_left * 100, 1),
        quality=cartridge.quality,
        is_low=house.cartridges.is_low(cartridge.slot),
        fitted_at=cartridge.fitted_at,
        level_at=cartridge.level_at,
        run_out=view_run_out(run_out),
    )


def view_run_out(run_out: RunOut) -> RunOutView:
    """Show when a cartridge will be empty."""
    return RunOutView(p10=run_out.p10, p50=run_out.p50, p90=run_out.p90)


def view_outcome(outcome: Outcome, formats: Formats, now: datetime) -> OutcomeView:
    """Show the commander's answer."""
    return OutcomeView(
        answer=outcome.answer,
        why=tell_now(outcome.reason, formats, now),
        code="" if outcome.is_taken else outcome.reason.code,
        command_id=outcome.command_id,
        intensity_percent=outcome.intensity_percent,
    )


def slots_of(house: House, diffuser: Diffuser) -> list[Cartridge]:
    """Give the cartridges fitted in a diffuser, by slot."""
    keys = [SlotKey(diffuser.id, number + 1) for number in range(diffuser.capabilities.slots)]
    fitted = [house.cartridges.get(key) for key in keys]
    return [cartridge for cartridge in fitted if cartridge is not None]


def _view_capabilities(diffuser: Diffuser) -> CapabilitiesView:
    can = diffuser.capabilities
    return CapabilitiesView(
        power=can.power,
        steps=can.steps,
        modes=can.modes,
        pulsed=can.pulsed,
        timer=can.timer,
        light=can.light,
        light_dims=can.light_dims,
        light_colours=can.light_colours,
        light_effects=can.light_effects,
        energy=can.energy,
        level=can.level,
        low_flag=can.low_flag,
        identify=can.identify,
        slots=can.slots,
        slot_choice=can.slot_choice,
    )


def _view_state(state: DiffuserState, press: Press | None) -> StateView:
    return StateView(
        availability=state.availability,
        availability_since=state.availability_since,
        availability_source=state.availability_source,
        last_message_at=state.last_message_at,
        unconfirmed=state.unconfirmed,
        reported=state.reported,
        desired=state.desired,
        last_press=None if press is None else PressView(button=press.button, at=press.at),
        extras=state.extras,
    )
