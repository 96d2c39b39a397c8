"""Plugs that only switch become diffusers with steps: the hub switches them in a rhythm.

Everybody else sees a device that runs at 25, 50 or 75 %. What the plug reports is translated on
its way in (`hear`), what is wished on its way out (`plain`), and in between the hub switches by
itself (`due`). A report that shows the other state than the one asked for is somebody's hand or a
timer: it ends the rhythm and is told as it is. While a plug cannot be reached its rhythm waits.

Deciding only; `Delivery` sends. Old and repeated news (retained messages) move nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from pydantic import TypeAdapter

from scentd.clock import Clock
from scentd.devices.rhythm import Rhythm, begin, resume
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import EnergyRead, IntensityRead, PowerRead, Reading, TimerRead

RHYTHM = Source(Origin.SAFETY, "rhythm")
"""On whose account a plug is switched within its rhythm."""

_FULL = 100


class _Told(NamedTuple):
    """What the rest of the hub was told last: whether it runs, and at how many percent."""

    power: bool
    percent: int


class _Say(NamedTuple):
    """Whether to switch the plug, and whether it shall report."""

    switches: bool
    asks: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """What must outlive the hub: the step set, and the phase of the rhythm when one goes on."""

    percent: int
    rhythm_percent: int = 0
    is_on: bool = False
    left_s: float = 0.0


class Pulsing:
    """The rhythms of all pulsed plugs, at most one each; nothing is done for other devices."""

    _KEPT: TypeAdapter[_Kept] = TypeAdapter(_Kept)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rhythms: dict[str, Rhythm] = {}
        self._set: dict[str, int] = {}
        self._told: dict[str, _Told] = {}
        self._stops_s: dict[str, float] = {}
        self._has_news = False

    def hear(
        self, diffuser: Diffuser, readings: tuple[Reading, ...], *, is_retained: bool
    ) -> tuple[Reading, ...]:
        """Give what a device says as of one that runs at a step."""
        if not diffuser.capabilities.pulsed:
            return readings
        rhythm = self._rhythms.get(diffuser.id)
        if rhythm is None or not is_retained:
            for reading in readings:
                if isinstance(reading, PowerRead):
                    self._take(diffuser.id, is_on=reading.on)
        return tuple(self._translated(diffuser.id, readings))

    def plain(self, diffuser: Diffuser, wish: Wish) -> Wish:
        """Give a wish as the plug itself can do it: switching, and its own timer where it has one.

        With a wish for less than full strength that timer ends each phase a little late, should
        the hub fall silent.
        """
        if not diffuser.capabilities.pulsed or not _speaks_of_running(wish):
            return wish
        bare = replace(wish, intensity_percent=None, timer_s=None)
        if wish.power is False:
            return bare
        percent, rhythm = self._wanted(diffuser.id, wish), self._rhythms.get(diffuser.id)
        if percent is None:
            # Only its step for later: let it say how it is, so that this is seen.
            is_off = self._told.get(diffuser.id, _Told(power=True, percent=_FULL)).power is False
            return replace(bare, power=False if is_off else None, refresh=True)
        now_s = self._clock.monotonic()
        if rhythm is None or rhythm.percent != percent:
            was_pulsing = rhythm is not None and rhythm.is_pulsing
            rhythm = begin(percent, now_s)
            if not rhythm.is_pulsing and was_pulsing and wish.timer_s is None:
                wish = replace(wish, timer_s=0)  # the last phase's timer must not end it
        plain = _phase(diffuser, rhythm, bare, now_s)
        if rhythm.is_pulsing or not diffuser.capabilities.timer:
            return plain
        return replace(plain, timer_s=wish.timer_s)

    def obey(self, diffuser: Diffuser, wish: Wish) -> None:
        """Note that a wish was sent, in its plain words: its rhythm begins, goes on or ends."""
        if not diffuser.capabilities.pulsed or not _speaks_of_running(wish):
            return
        name, now_s = diffuser.id, self._clock.monotonic()
        self._has_news = True
        before = self._rhythms.get(name)
        if wish.power is False:
            self._rhythms[name] = begin(0, now_s)
            self._stops_s.pop(name, None)
            return
        percent = self._wanted(name, wish)
        if wish.intensity_percent is not None:
            self._set[name] = wish.intensity_percent
        if percent is None:
            return
        if before is not None and before.percent == percent:
            self._rhythms[name] = before.asked(now_s)
        else:
            is_started = before is not None and before.percent > 0 and before.is_started
            self._rhythms[name] = begin(percent, now_s, is_started=is_started)
        if wish.timer_s is not None:
            self._stops_s.pop(name, None)
            if wish.timer_s > 0 and self._rhythms[name].is_pulsing:
                self._stops_s[name] = now_s + wish.timer_s

    def end(self, diffuser_id: str) -> None:
        """End a rhythm at once: the device was wished off, or is no more."""
        rhythm = self._rhythms.get(diffuser_id)
        if rhythm is not None and rhythm.percent > 0:
            del self._rhythms[diffuser_id]
            self._stops_s.pop(diffuser_id, None)
            self._has_news = True

    def give_up(self, diffuser_id: str) -> None:
        """End a rhythm that the plug never showed: a switching on is not delivered late.

        What was switched for good and not shown is from now on as the plug says.
        """
        rhythm = self._rhythms.get(diffuser_id)
        if rhythm is not None and not (rhythm.is_started and rhythm.is_pulsing):
            del self._rhythms[diffuser_id]
            self._stops_s.pop(diffuser_id, None)
            self._has_news = True

    def forget(self, diffuser_id: str) -> None:
        """Forget a device that was taken away."""
        for book in (self._rhythms, self._set, self._told, self._stops_s):
            book.pop(diffuser_id, None)
        self._has_news = True

    def wait(self, diffuser_id: str) -> None:
        """Let a rhythm wait for a plug that cannot be reached."""
        rhythm = self._rhythms.get(diffuser_id)
        if rhythm is not None and rhythm.is_pulsing:
            self._rhythms[diffuser_id] = rhythm.waiting(self._clock.monotonic())
        elif rhythm is not None:
            del self._rhythms[diffuser_id]  # what it says when it is back is how it is

    def wait_all(self) -> None:
        """Let every rhythm wait: nobody can be reached."""
        for name in tuple(self._rhythms):
            self.wait(name)

    def resume(self, diffuser_id: str) -> None:
        """Go on with a rhythm that waited."""
        rhythm = self._rhythms.get(diffuser_id)
        if rhythm is not None:
            self._rhythms[diffuser_id] = rhythm.resumed(self._clock.monotonic())

    def due(self, find: Callable[[str], Diffuser | None]) -> list[tuple[Diffuser, Wish]]:
        """Give what must be sent now, in plain words; call it every half second or so."""
        now_s = self._clock.monotonic()
        wishes: list[tuple[Diffuser, Wish]] = []
        for name, rhythm in tuple(self._rhythms.items()):
            if not rhythm.is_pulsing or rhythm.is_waiting:
                continue
            diffuser = find(name)
            if diffuser is None or not diffuser.capabilities.pulsed:
                self.end(name)
                continue
            self._rhythms[name], say = _stepped(rhythm, now_s)
            if say is not None:
                bare = Wish(name, RHYTHM, refresh=say.asks)
                phase = _phase(diffuser, self._rhythms[name], bare, now_s)
                wishes.append((diffuser, phase if say.switches else bare))
        return wishes

    def timed_out(self) -> list[str]:
        """Give the devices that were wished to run for so long and no longer."""
        now_s = self._clock.monotonic()
        return [name for name, stops_s in self._stops_s.items() if stops_s <= now_s]

    def take_news(self) -> bool:
        """Say, once, whether something changed that should be kept."""
        had, self._has_news = self._has_news, False
        return had

    def facts(self) -> dict[str, str]:
        """Give all as JSON, to be kept."""
        now_s = self._clock.monotonic()
        kept = {name: _Kept(percent) for name, percent in self._set.items()}
        for name, rhythm in self._rhythms.items():
            if rhythm.is_pulsing and rhythm.is_started:
                left_s = rhythm.waiting(now_s).left_s or 0.0
                percent = self._set.get(name, rhythm.percent)
                kept[name] = _Kept(percent, rhythm.percent, rhythm.is_on, left_s)
        return {name: self._KEPT.dump_json(fact).decode() for name, fact in kept.items()}

    def recall(self, facts: Mapping[str, str]) -> None:
        """Take up what was kept: rhythms go on where they were."""
        now_s = self._clock.monotonic()
        for name, fact in facts.items():
            kept = self._KEPT.validate_json(fact)
            self._set[name] = kept.percent
            if kept.rhythm_percent:
                percent = kept.rhythm_percent
                self._rhythms[name] = resume(percent, kept.left_s, now_s, is_on=kept.is_on)
                self._told[name] = _Told(power=True, percent=percent)

    def _take(self, name: str, *, is_on: bool) -> None:
        """Take a report of the plug for what it means."""
        rhythm = self._rhythms.get(name)
        truth = _Told(is_on, _FULL if is_on else self._set.get(name, _FULL))
        if rhythm is None:
            self._told[name] = truth
        elif is_on == rhythm.is_on:
            self._rhythms[name] = rhythm.shown()
            self._told[name] = (
                truth if rhythm.percent == 0 else _Told(power=True, percent=rhythm.percent)
            )
            self._has_news |= not rhythm.is_started
        elif (rhythm := rhythm.denied()).is_contradicted(self._clock.monotonic()):
            del self._rhythms[name]
            self._stops_s.pop(name, None)
            self._told[name] = truth
            self._has_news = True
        else:
            self._rhythms[name] = rhythm
            self._told.setdefault(name, truth)

    def _translated(self, name: str, readings: tuple[Reading, ...]) -> Iterator[Reading]:
        told, rhythm = self._told.get(name), self._rhythms.get(name)
        is_pulsing = rhythm is not None and rhythm.is_pulsing
        sprays = rhythm is not None and rhythm.is_on and rhythm.is_shown
        for reading in readings:
            match reading:
                case PowerRead() if told is not None:
                    yield PowerRead(told.power)
                    yield IntensityRead(told.percent)
                case TimerRead() if is_pulsing:
                    pass  # the phase's own
                case EnergyRead() if is_pulsing and not sprays:
                    # What it draws while it sprays is meant; a pause is no fall.
                    yield replace(reading, watts=None, amps=None)
                case _:
                    yield reading

    def _wanted(self, name: str, wish: Wish) -> int | None:
        """Give the percent at which it shall run; None when it shall not, now."""
        rhythm, told = self._rhythms.get(name), self._told.get(name)
        is_running = rhythm.percent > 0 if rhythm else told is not None and told.power
        if not wish.power and not is_running:
            return None
        if wish.intensity_percent is not None:
            return wish.intensity_percent
        if is_running and rhythm is not None:
            return rhythm.percent
        return _FULL if is_running else self._set.get(name, _FULL)


def _speaks_of_running(wish: Wish) -> bool:
    parts = (wish.power, wish.intensity_percent, wish.timer_s)
    return any(part is not None for part in parts)


def _stepped(rhythm: Rhythm, now_s: float) -> tuple[Rhythm, _Say | None]:
    """Give the rhythm at a moment, and what to say to the plug; None: nothing."""
    if now_s >= rhythm.ends_s:
        return rhythm.next_phase(now_s), _Say(switches=True, asks=False)
    if rhythm.is_to_repeat(now_s):
        return rhythm.asked(now_s), _Say(switches=True, asks=True)
    if rhythm.is_to_look_at(now_s):
        return replace(rhythm, is_looked_at=True), _Say(switches=False, asks=True)
    return rhythm, None


def _phase(diffuser: Diffuser, rhythm: Rhythm, bare: Wish, now_s: float) -> Wish:
    """Give the switching of a phase, with the timer that ends it without the hub."""
    has_timer = diffuser.capabilities.timer and rhythm.is_on and rhythm.is_pulsing
    return replace(bare, power=rhythm.is_on, timer_s=rhythm.timer_s(now_s) if has_timer else None)
