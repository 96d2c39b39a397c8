"""The cards of the home page: everything about one diffuser, worded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.names import titles
from scentd.api.page.asked import ask_note
from scentd.api.page.refills import News, Note, refill_note
from scentd.api.page.tones import tones
from scentd.api.sentences import fault
from scentd.api.views import slots_of
from scentd.model.cartridge import Cartridge, RunOut, SlotKey
from scentd.model.commands import UNTIL_I_SAY
from scentd.model.diffuser import Availability, Diffuser, DiffuserState

PERCENT = 100
LOOKS_LOW_PERCENT = 15
"""A ring at or below this is red, whether or not a refill was asked for yet."""


@dataclass(frozen=True, slots=True)
class Level:
    """A cartridge's level for the ring, whole percent; `spoken` tells it with its band."""

    slot_no: int
    scent: str
    percent: int
    error: int
    is_low: bool
    spoken: str
    bottle: str
    lasts: str
    lasts_title: str

    @property
    def band_from(self) -> int:
        """Where the band begins on the ring, percent."""
        return max(0, self.percent - self.error)

    @property
    def band_length(self) -> int:
        """How long the band is on the ring, percent."""
        return min(PERCENT, self.percent + self.error) - self.band_from


@dataclass(frozen=True, slots=True)
class Slider:
    """The intensity in the device's own steps, from 1."""

    steps: int
    current: int
    percent: int


@dataclass(frozen=True, slots=True)
class Card:
    """One diffuser on the home page; `level` is None when nothing is fitted."""

    diffuser: Diffuser
    title: str
    tone: str
    is_on: bool
    is_reachable: bool
    level: Level | None
    more_levels: tuple[Level, ...]
    slider: Slider | None
    signal: str
    notes: tuple[Note, ...]


def build_cards(
    house: House,
    news: News,
    formats: Formats,
    now: datetime,
    *,
    only: Sequence[Diffuser] | None = None,
) -> list[Card]:
    """Give the card of every diffuser, or of `only` those, in the house's order."""
    known = house.diffusers.all()
    names, colours = titles(known), tones_of(house, news)
    return [
        _card(house, news, formats, now, one, names[one.id], colours[one.id])
        for one in (known if only is None else only)
    ]


def tones_of(house: House, news: News) -> dict[str, str]:
    """Give every diffuser's colour, near its first scent's own."""
    known = house.diffusers.all()
    wanted = {}
    for diffuser in known:
        fitted = slots_of(house, diffuser)
        colour = news.colours.get(fitted[0].sku or "") if fitted else None
        if colour:
            wanted[diffuser.id] = colour
    return tones([diffuser.id for diffuser in known], wanted)


def build_level(
    cartridge: Cartridge, run_out: RunOut, formats: Formats, now: datetime, *, is_low: bool
) -> Level:
    """Word a cartridge's level and how long it lasts."""
    words = formats.words
    percent = round(cartridge.fraction_left * PERCENT)
    error = round(cartridge.error_ul / cartridge.capacity_ul * PERCENT)
    band = words("level.band", count=error) if error else ""
    quality = words(f"quality.{cartridge.quality.value}")
    lasts = words("span.over_a_year") if run_out.p50 is None else formats.span(run_out.p50 - now)
    title = ""
    if run_out.p10 is not None and run_out.p90 is not None:
        title = words(
            "level.lasts_band",
            early=formats.span(run_out.p10 - now),
            late=formats.span(run_out.p90 - now),
        )
    return Level(
        slot_no=cartridge.slot.slot_no,
        scent=cartridge.scent_name,
        percent=percent,
        error=error,
        is_low=is_low or percent <= LOOKS_LOW_PERCENT,
        spoken=words("level.spoken", percent=percent, band=band, quality=quality),
        bottle=formats.millilitres(cartridge.capacity_ul),
        lasts=words("level.empty") if cartridge.remaining_ul == 0 else lasts,
        lasts_title=title,
    )


def _card(
    house: House,
    news: News,
    formats: Formats,
    now: datetime,
    diffuser: Diffuser,
    title: str,
    tone: str,
) -> Card:
    state = house.states.state(diffuser.id)
    # The ring shows what is in the air.
    in_use = state.reported.slot_no
    fitted = sorted(slots_of(house, diffuser), key=lambda one: one.slot.slot_no != in_use)
    levels = [
        build_level(
            one,
            house.cartridges.run_out(one.slot),
            formats,
            now,
            is_low=house.cartridges.is_low(one.slot),
        )
        for one in fitted
    ]
    notes = _state_notes(diffuser, state, formats, now)
    until = house.commands.override_ends_at(diffuser.id)
    if until is not None and not notes:
        if until == UNTIL_I_SAY:
            held = formats.words("card.by_hand_for_good")
        else:
            held = formats.words("card.by_hand", when=formats.soon(until, now))
        notes.append(Note("info", held))
    for one in fitted:
        if house.cartridges.is_rise_doubted(one.slot):
            link = f"/cartridges/{one.slot.diffuser_id}/{one.slot.slot_no}"
            said = formats.words("card.rise"), "", link, formats.words("card.rise_link")
            notes.append(Note("warn", *said))
        known = house.cartridges.knowledge(one.slot)
        if known is not None and known.is_suspected and not known.is_empty:
            link = f"/cartridges/{one.slot.diffuser_id}/{one.slot.slot_no}"
            said = formats.words("suspected.card"), "", link, formats.words("suspected.link")
            notes.append(Note("warn", *said))
        note = refill_note(
            one,
            news.refills.get(one.slot),
            house.cloud,
            formats,
            now,
            is_low=house.cartridges.is_low(one.slot),
        )
        notes += [note] if note else []
    for slot_no in range(1, diffuser.capabilities.slots + 1):
        asked = ask_note(house, SlotKey(diffuser.id, slot_no), formats)
        notes += [asked] if asked else []
    signal = state.reported.signal_dbm
    return Card(
        diffuser=diffuser,
        title=title,
        tone=tone,
        is_on=_is_on(state),
        is_reachable=state.availability is not Availability.OFFLINE and not diffuser.needs_profile,
        level=levels[0] if levels else None,
        more_levels=tuple(levels[1:]),
        slider=_slider(diffuser, state),
        signal=formats.words("signal", dbm=signal) if signal is not None else "",
        notes=tuple(notes),
    )


def _is_on(state: DiffuserState) -> bool:
    reported = state.reported.power
    return bool(state.desired.power if reported is None else reported)


def _slider(diffuser: Diffuser, state: DiffuserState) -> Slider | None:
    can = diffuser.capabilities
    if not can.steps:
        return None
    percent = state.reported.intensity_percent or state.desired.intensity_percent or can.steps[0]
    nearest = can.nearest_step(percent)
    return Slider(len(can.steps), can.steps.index(nearest) + 1, nearest)


def _state_notes(
    diffuser: Diffuser, state: DiffuserState, formats: Formats, now: datetime
) -> list[Note]:
    words = formats.words
    if diffuser.needs_profile:
        link = f"/devices/{diffuser.id}"
        return [Note("warn", words("card.needs_profile"), "", link, words("card.choose_profile"))]
    notes = []
    if state.availability is Availability.OFFLINE:
        since = state.availability_since
        text = words("card.offline_since", when=formats.when(since, now)) if since else ""
        notes.append(Note("bad", text or words("card.offline")))
    elif state.availability is Availability.UNKNOWN:
        notes.append(Note("info", words("card.unknown")))
    elif state.unconfirmed:
        notes.append(Note("warn", words("card.unconfirmed")))
    if state.reported.fault:
        notes.append(Note("bad", words("card.fault", fault=fault(state.reported.fault, words))))
    return notes
