"""Read what a switch of a Shelly device says, in whole or only what changed."""

from adapters.diffusers.payloads import Fields, extra_of, name_of
from scentd.model.readings import (
    AnswerRead,
    ButtonRead,
    EnergyRead,
    FaultRead,
    PowerRead,
    Reading,
    SensorRead,
    SignalRead,
    TimerRead,
)

_KNOWN = frozenset({"id", "output", "apower", "voltage", "current", "errors"})
_KNOWN |= {"timer_started_at", "timer_duration"}
_FAULTS = {"overtemp": "overheat"}
"""The firmware's errors that have a name of ours; overpower, overvoltage ... keep their own."""
_LONGEST_TIMER_S = 365 * 86_400


def switch(fields: Fields, now_s: float | None, *, is_whole: bool) -> tuple[Reading, ...]:
    """Read a switch's status; `now_s` is the device's own time of it, Unix, None where not told.

    What a whole status leaves out is not the case: no timer runs, nothing is wrong. A change that
    leaves it out says nothing of it.
    """
    readings: list[Reading] = []
    is_on = fields.boolean("output")
    if is_on is not None:
        readings.append(PowerRead(is_on))
    readings += _energy(fields)
    readings += _temperature(fields.part("temperature"))
    if "errors" in fields or is_whole:
        codes = [name_of(code) for code in fields.texts("errors") if code]
        readings.append(FaultRead(_FAULTS.get(codes[0], codes[0]) if codes else ""))
    readings += _timer(fields, now_s, is_on=is_on, is_whole=is_whole)
    readings += fields.extras(_KNOWN)
    return tuple(readings)


def signal(fields: Fields | None) -> tuple[Reading, ...]:
    """Read the status of the Wi-Fi."""
    dbm = None if fields is None else fields.number("rssi")
    # 0 stands for no connection.
    return () if dbm is None or not -150 <= dbm < 0 else (SignalRead(round(dbm)),)


def notification(frame: Fields, number: str, *, is_alone: bool) -> tuple[Reading, ...]:
    """Read a frame of `events/rpc` for the switch of that number."""
    method, params = frame.text("method"), frame.part("params")
    if params is None:
        return ()
    if method == "NotifyEvent":
        return _presses(params, number, is_alone=is_alone)
    if method not in {"NotifyStatus", "NotifyFullStatus"}:
        return ()
    is_whole = method == "NotifyFullStatus"
    return _components(params, number, params.number("ts"), is_whole=is_whole)


def status(frame: Fields, number: str) -> tuple[Reading, ...]:
    """Read the answer to `Shelly.GetStatus`; () when it was refused."""
    result = frame.part("result")
    if result is None:
        return ()
    system = result.part("sys")
    now_s = None if system is None else system.number("unixtime")
    return _components(result, number, now_s, is_whole=True)


def switch_status(frame: Fields) -> tuple[Reading, ...]:
    """Read the answer to `Switch.GetStatus`; () when it was refused."""
    result = frame.part("result")
    return () if result is None else switch(result, None, is_whole=True)


def answer(frame: Fields) -> tuple[Reading, ...]:
    """Read the answer to a command; its result says how it was before, which is no news."""
    command_id, error = frame.single("id"), frame.part("error")
    if command_id is None or command_id == "":
        return ()
    name = extra_of("id", command_id).value
    if error is None:
        return (AnswerRead(name, None),)
    said = error.single("message") or error.single("code")
    return (AnswerRead(name, extra_of("error", said or "refused").value),)


def _components(
    fields: Fields, number: str, now_s: float | None, *, is_whole: bool
) -> tuple[Reading, ...]:
    own = fields.part(f"switch:{number}")
    read = () if own is None else switch(own, now_s, is_whole=is_whole)
    return (*read, *signal(fields.part("wifi")))


def _energy(fields: Fields) -> tuple[Reading, ...]:
    counter = fields.part("aenergy")
    total_wh = None if counter is None else counter.number("total")
    watts, volts, amps = (fields.number(name) for name in ("apower", "voltage", "current"))
    if watts is total_wh is volts is amps is None:
        return ()
    return (EnergyRead(watts, total_wh, volts, amps),)


def _temperature(fields: Fields | None) -> tuple[Reading, ...]:
    degrees = None if fields is None else fields.number("tC")
    return () if degrees is None else (SensorRead("temperature", degrees, "°C"),)


def _timer(
    fields: Fields, now_s: float | None, *, is_on: bool | None, is_whole: bool
) -> tuple[Reading, ...]:
    """Read after how long it stops by itself.

    The timer of a switch that is off would switch it on: that is none that stops it. How much of
    a timer is left can be told only where the message says the time.
    """
    begun_s, lasts_s = fields.number("timer_started_at"), fields.number("timer_duration")
    has_timer = begun_s is not None and lasts_s is not None
    if is_on is False or (is_whole and not has_timer):
        return (TimerRead(0),)
    if begun_s is None or lasts_s is None or now_s is None or not is_on:
        return ()
    left_s = round(begun_s + lasts_s - now_s)
    return (TimerRead(min(max(left_s, 0), _LONGEST_TIMER_S)),)


def _presses(params: Fields, number: str, *, is_alone: bool) -> tuple[Reading, ...]:
    """Read presses of the inputs that belong to a switch; by the maker's wiring the same number."""
    readings: list[Reading] = []
    for event in params.objects("events"):
        component, name = event.text("component") or "", event.text("event") or ""
        is_own = component == f"input:{number}" or (is_alone and component.startswith("input:"))
        if is_own and name.endswith("_push"):
            readings.append(ButtonRead(f"{component} {name}"))
    return tuple(readings)
