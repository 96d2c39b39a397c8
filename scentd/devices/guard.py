"""The last word before the wire: no wish of anybody passes what the household allows at most."""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from scentd.clock import Clock
from scentd.devices.dose import MARGIN_S, Limit, Verdict, judge
from scentd.devices.hubtime import HubTime
from scentd.devices.ledger import Ledger, room_subject
from scentd.devices.settings import DeviceSettings
from scentd.model.diffuser import Availability, Diffuser, DiffuserState
from scentd.model.reasons import Reason
from scentd.model.safety import Limits, SafetyRules, Ward

UNTOLD_PERCENT = 100
"""What a device is taken to be set to while it has not said: the most it can."""
_RESTING = frozenset({Limit.RUN, Limit.SESSION, Limit.SESSION_OIL})
_NO_LIMITS = Limits()

RateOf = Callable[[Diffuser, int], float]
IsEmpty = Callable[[Diffuser], bool]
"""Tell whether surely nothing is left in a device: never of what is only reckoned."""

Unsafe = Callable[[Diffuser], Mapping[Ward, str]]
"""Give the wards for whom the scent in a device is unsafe, with the scent's name."""


def rate_by_data(diffuser: Diffuser, percent: int) -> float:
    """Give microlitres an hour by the model's data alone."""
    return float(diffuser.capabilities.rate_at(percent))


def _unsafe_for_nobody(_: Diffuser) -> Mapping[Ward, str]:
    return {}


def _never_empty(_: Diffuser) -> bool:
    return False


class DoseGuard:
    """Count what devices give off by their own reports, and judge wishes and runs by it.

    Real minutes are counted, by the clock that never jumps; count and rests survive restarts.
    """

    def __init__(
        self,
        clock: Clock,
        settings: DeviceSettings,
        zone: Callable[[], ZoneInfo],
        *,
        boot: str = "",
        rate_of: RateOf = rate_by_data,
        unsafe: Unsafe = _unsafe_for_nobody,
        is_empty: IsEmpty = _never_empty,
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._zone = zone
        self._rate_of = rate_of
        self._unsafe = unsafe
        self._is_empty = is_empty
        self.time = HubTime(clock, boot)
        self.ledger = Ledger(clock, self.time, zone, self._rest_s)
        self._rules = SafetyRules()
        self._limits: dict[str, Limits] = {}
        self._free: dict[str, tuple[int, int | None]] = {}
        self._quiet_minute = -1
        self._quiet_rooms: Mapping[str, str] = {}

    @property
    def rules(self) -> SafetyRules:
        """What the household decided."""
        return self._rules

    def obey(self, rules: SafetyRules) -> None:
        """Judge by these rules from now on, also what runs already."""
        self._rules = rules
        self._limits.clear()
        self._free.clear()
        self._quiet_minute = -1
        self.ledger.check_all()

    def limits(self, diffuser_id: str) -> Limits:
        """Give everything that holds for one device."""
        found = self._limits.get(diffuser_id)
        if found is None:
            settings = self._settings
            most = settings.max_run_minutes_of.get(diffuser_id, settings.max_run_minutes)
            own = Limits(run_minutes=most, session_minutes=most, rest_minutes=settings.rest_minutes)
            found = self._limits[diffuser_id] = own.and_also(self._rules.of_diffuser(diffuser_id))
        return found

    def room_limits(self, room: str) -> Limits:
        """Give everything that holds for a room; nothing for devices that are in none."""
        return self._rules.rooms.get(room, _NO_LIMITS) if room else _NO_LIMITS

    def note(self, diffuser: Diffuser, state: DiffuserState, *, is_retained: bool = False) -> bool:
        """Note how a device is now; whether a run began or ended by it."""
        name, runs = diffuser.id, state.reported.power is True
        known = self.ledger.running.get(name)
        if known is not None and state.availability is Availability.OFFLINE:
            if not known.is_blind:
                self.ledger.lose(name)
            return False
        if known is not None and known.is_blind:
            if is_retained or state.availability is not Availability.ONLINE:
                return False
            self.ledger.find(name, is_running=runs)
        if runs == (known is not None):
            if known is not None:
                self._follow(diffuser, state)
            return False
        if runs:
            self.ledger.begin(name, diffuser.room, self._rate(diffuser, state))
        else:
            self.ledger.end(name)
        return True

    def _follow(self, diffuser: Diffuser, state: DiffuserState) -> None:
        run, ul_per_h = self.ledger.running[diffuser.id], self._rate(diffuser, state)
        if run.room != diffuser.room or run.ul_per_h != ul_per_h:
            self.ledger.change(diffuser.id, diffuser.room, ul_per_h)

    def forget(self, diffuser_id: str) -> None:
        """Forget a device that was taken away."""
        self.ledger.forget(diffuser_id)
        self._limits.pop(diffuser_id, None)

    def refusal(self, diffuser: Diffuser, percent: int | None) -> Reason | None:
        """Say why a device may not run at that intensity now; None when it may."""
        barred = self._barred(diffuser)
        if barred is not None:
            return barred
        name, ledger = diffuser.id, self.ledger
        if self._free.get(name) == (ledger.turns, percent):
            return None
        run = ledger.running.get(name)
        if run is not None:
            ledger.count(name)
        limits, room_limits = self.limits(name), self.room_limits(diffuser.room)
        ul_per_h = 0.0
        if limits.counts_oil or room_limits.counts_oil:
            ul_per_h = self._wished_rate(diffuser, percent)
        now_s, is_start = self.time.now_s(), run is None
        meter = ledger.meter(name)
        verdict = judge(meter, limits, now_s, 1, ul_per_h, is_start=is_start)
        if not verdict.is_allowed and ledger.look_at_day():
            verdict = judge(meter, limits, now_s, 1, ul_per_h, is_start=is_start)
        if not verdict.is_allowed:
            return _reason(verdict, limits)
        if run is None and (room_limits is _NO_LIMITS or not ledger.running):
            # While nothing runs that counts, waiting only widens what is left.
            self._free[name] = (ledger.turns, percent)
        if room_limits is _NO_LIMITS:
            return None
        return self._refusal_of_room(diffuser, room_limits, ul_per_h)

    def _refusal_of_room(
        self, diffuser: Diffuser, limits: Limits, ul_per_h: float
    ) -> Reason | None:
        ledger, now_s = self.ledger, self.time.now_s()
        run = ledger.running.get(diffuser.id)
        is_start = run is None
        runs, together_ul = ledger.in_room(diffuser.room)
        if is_start:
            runs, together_ul = runs + 1, together_ul + ul_per_h
        elif run is not None:
            together_ul += ul_per_h - run.ul_per_h
        self._count_room(diffuser.room)
        meter = ledger.meter(room_subject(diffuser.room))
        verdict = judge(meter, limits, now_s, runs, together_ul, is_start=is_start)
        if not verdict.is_allowed and ledger.look_at_day():
            verdict = judge(meter, limits, now_s, runs, together_ul, is_start=is_start)
        if verdict.is_allowed:
            return None
        self._free.pop(diffuser.id, None)
        return _reason(verdict, limits, of_room=True)

    def due(self, get: Callable[[str], Diffuser]) -> list[tuple[str, Reason]]:
        """Give the devices that must be stopped now, and why; counts what ran until now."""
        self.ledger.look_at_day()
        self._look_at_quiet()
        now_s = self.time.now_s()
        found: list[tuple[str, Reason]] = []
        for name, run in tuple(self.ledger.running.items()):
            if now_s < run.check_at_s:
                continue
            diffuser = get(name)
            reason = self._barred(diffuser) or self._end_of_run(diffuser, now_s)
            if reason is not None:
                found.append((name, reason))
        return found

    def send_to_rest(self, diffuser_id: str, reason: Reason) -> None:
        """Let a device, or its whole room, rest after it reached a limit without a pause."""
        run = self.ledger.running[diffuser_id]
        subject = diffuser_id
        if reason.code.startswith("room_"):
            subject = room_subject(run.room)
        if reason.code.removeprefix("room_") in _RESTING:
            rest_until_s = self.time.now_s() + self._rest_s(subject)
            self.ledger.meter(subject).rest_until_s = rest_until_s

    def facts(self) -> dict[str, str]:
        """Give the count as JSON, to be kept; what runs is counted first."""
        for name in self.ledger.running:
            self.ledger.count(name)
        return self.ledger.facts()

    def _wished_rate(self, diffuser: Diffuser, percent: int | None) -> float:
        run = self.ledger.running.get(diffuser.id)
        if percent is None and run is not None:
            return run.ul_per_h
        return self._rate_of(diffuser, UNTOLD_PERCENT if percent is None else percent)

    def _rate(self, diffuser: Diffuser, state: DiffuserState) -> float:
        percent = state.reported.intensity_percent
        return self._rate_of(diffuser, UNTOLD_PERCENT if percent is None else percent)

    def _rest_s(self, subject: str) -> float:
        if subject.startswith("room:"):
            limits = self.room_limits(subject.removeprefix("room:"))
            minutes = limits.rest_minutes
            return 60.0 * (self._settings.rest_minutes if minutes is None else minutes)
        return 60.0 * (self.limits(subject).rest_minutes or 0)

    def _barred(self, diffuser: Diffuser) -> Reason | None:
        rules = self._rules
        if rules.hold is not None:
            return Reason("held")
        if rules.quiet:
            self._look_at_quiet()
            until = self._quiet_rooms.get("") or self._quiet_rooms.get(diffuser.room)
            if until is not None:
                return Reason("quiet", {"until": until})
        if rules.wards:
            unsafe = self._unsafe(diffuser)
            for ward in sorted(rules.wards & unsafe.keys()):
                return Reason(f"unsafe_{ward.value}", {"scent": unsafe[ward]})
        # Dry, a wick burns and a pump wears out.
        return Reason("empty") if self._is_empty(diffuser) else None

    def _look_at_quiet(self) -> None:
        if not self._rules.quiet:
            return
        now = self._clock.now()
        minute = int(now.timestamp() // 60)
        if minute == self._quiet_minute:
            return
        self._quiet_minute = minute
        rooms = self._quiet_at(now) if self._clock.is_trusted() else {}
        if rooms != self._quiet_rooms:
            self._quiet_rooms = rooms
            self.ledger.check_all()

    def _quiet_at(self, now: datetime) -> dict[str, str]:
        wall = now.astimezone(self._zone()).time()
        return {
            hours.room: f"{hours.ends:%H:%M}" for hours in self._rules.quiet if hours.hold_at(wall)
        }

    def _end_of_run(self, diffuser: Diffuser, now_s: float) -> Reason | None:
        name, ledger = diffuser.id, self.ledger
        run = ledger.running[name]
        blind_s = now_s - run.at_s if run.is_blind else 0.0
        ledger.count(name)
        limits, rest_s = self.limits(name), ledger.meter(name).rest_until_s - now_s
        if rest_s > 0:  # nobody here started it: a button, or its maker's app
            return _reason(Verdict(Limit.REST, wait_s=rest_s), limits)
        verdict = judge(ledger.meter(name), limits, now_s, 1, run.ul_per_h, is_start=False)
        if verdict.is_allowed and verdict.spare_s - blind_s > MARGIN_S:
            room = self._room_verdict(run.room, now_s)
            if not room.is_allowed:
                return _reason(room, self.room_limits(run.room), of_room=True)
            spare_s = min(verdict.spare_s - blind_s, room.spare_s)
            run.check_at_s = now_s + spare_s - MARGIN_S
            return None
        return _reason(verdict, limits)

    def _room_verdict(self, room: str, now_s: float) -> Verdict:
        limits = self.room_limits(room)
        if limits is _NO_LIMITS:
            return Verdict(None)
        self._count_room(room)
        runs, ul_per_h = self.ledger.in_room(room)
        meter = self.ledger.meter(room_subject(room))
        return judge(meter, limits, now_s, runs, ul_per_h, is_start=False)

    def _count_room(self, room: str) -> None:
        for name, run in self.ledger.running.items():
            if run.room == room:
                self.ledger.count(name)


def _reason(verdict: Verdict, limits: Limits, *, of_room: bool = False) -> Reason:
    """Give the reason of a verdict that forbids, or of the limit that ends a run."""
    limit = verdict.forbidden_by or verdict.ends_by or Limit.RUN
    code = f"room_{limit}" if of_room else str(limit)
    if limit is Limit.LEAST_RUN:
        return Reason(code, {"limit": limits.least_run_s or 0})
    if limit in {Limit.PAUSE, Limit.REST}:
        minutes = max(1, round(verdict.wait_s / 60))
        most = limits.run_minutes or limits.session_minutes or 0
        return Reason(code, {"minutes": minutes, "limit": most})
    most = getattr(limits, f"{limit.removesuffix('_oil')}_{'ul' if 'oil' in limit else 'minutes'}")
    return Reason(code, {"limit": most or 0})
