"""`scentd detect`: what the broker carries, and what the hub makes of it."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from adapters.registry import Adapters, load_adapters
from scentd.cli.settings_file import ConfigFile, settings_of
from scentd.clock import SystemClock
from scentd.devices.discovering import announced_on
from scentd.devices.survey import Picture, Survey
from scentd.model.diffuser import Advice, Capabilities, Diffuser
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.visit import Visit

_ADVICE = {
    Advice.CONTROL_OFF: "it takes no commands over MQTT: switch that on in its settings",
    Advice.STATUS_OFF: "it does not tell its state over MQTT: switch that on in its settings",
    Advice.AVAILABILITY_OFF: "nobody tells when it falls away: switch availability on",
    Advice.UNSUPPORTED: "its bridge does not know the model: update the bridge",
    Advice.NOT_JSON: "its bridge sends values one by one: set its output to JSON",
}
_MOST_LINES = 20
_MOST_SHOWN = 100


def detect(
    seconds: Annotated[float, typer.Option(min=0.5, max=3600, help="How long to listen.")] = 5.0,
    as_json: Annotated[  # noqa: FBT002 - how typer takes a flag
        bool, typer.Option("--json", help="Print it for programs.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Show what the broker carries: devices found, and topics that nobody understands.

    It changes nothing and may be used beside a running hub.
    """
    settings = settings_of(config).mqtt
    adapters = load_adapters()
    visit, picture = asyncio.run(_listen(settings, adapters, seconds))
    problems = [*visit.warnings, *(trouble.message for trouble in adapters.troubles())]
    if as_json:
        body = _as_body(picture, adapters, problems)
        body |= {"broker": _where(settings), "seconds": seconds, "messages": visit.received}
        typer.echo(json.dumps(body, indent=2, ensure_ascii=False))
        return
    typer.echo(
        f"Listened to {_where(settings)} for {seconds:g} s: {visit.received:,} messages "
        f"on {picture.topics:,} topics.\n"
    )
    typer.echo("\n".join(_lines(picture, problems)))


async def _listen(
    settings: MqttSettings, adapters: Adapters, seconds: float
) -> tuple[Visit, Picture]:
    clock = SystemClock()
    async with Visit(settings, clock, announcements=announced_on(adapters.dialects)) as visit:
        survey = Survey(adapters.dialects, visit, clock)
        survey.start()
        async with asyncio.TaskGroup() as group:
            finding = group.create_task(survey.run(), name="devices are found")
            await clock.sleep(seconds)
            finding.cancel()
        if visit.lost is not None:
            raise visit.lost
        return visit, survey.picture()


def _lines(picture: Picture, problems: Sequence[str]) -> Iterator[str]:
    if picture.devices:
        yield from _table(picture.devices)
    else:
        yield "No diffuser, humidifier or plug announced itself."
        yield "Switch one on and connect it to this broker; some announce themselves only then."
    if picture.explained:
        yield "\nUnderstood:"
        yield from (f"  {name:<16}{_topics(count)}" for name, count in picture.explained.items())
    if picture.unexplained:
        yield "\nUnderstood by no dialect (sensors, lights and other programs are among them):"
        for one in picture.unexplained[:_MOST_LINES]:
            family = f" ({one.family})" if one.family else ""
            counted = f"{_topics(one.topics)}{family}"
            yield f"  {_shown(one.level):<16}{counted}, such as {_shown(one.example)}"
        if len(picture.unexplained) > _MOST_LINES:
            yield f"  and {len(picture.unexplained) - _MOST_LINES:,} more"
    if picture.malformed:
        yield "\nAnnouncements that cannot be read:"
        for topic, reason in list(picture.malformed.items())[:_MOST_LINES]:
            yield f"  {_shown(topic)}: {reason}"
    if problems:
        yield "\nProblems:"
        yield from (f"  {problem}" for problem in problems)


def _table(devices: Sequence[Diffuser]) -> Iterator[str]:
    rows = [("ID", "DIALECT", "NAME", "MODEL", "CAN")]
    rows += [(d.id, d.dialect, d.name, _model(d), _abilities(d.capabilities)) for d in devices]
    widths = [min(40, max(len(row[column]) for row in rows)) for column in range(4)]
    for number, row in enumerate(rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
        yield "  ".join([*cells, row[-1]]).rstrip()
        if number:
            yield from (f"    ! {remark}" for remark in _remarks(devices[number - 1]))


def _remarks(diffuser: Diffuser) -> Iterator[str]:
    if diffuser.needs_profile:
        yield "the hub cannot tell what it is or feeds: choose that on its page"
    yield from (_ADVICE.get(Advice(code), code) for code in diffuser.advice)


def _model(diffuser: Diffuser) -> str:
    return " ".join(part for part in (diffuser.maker, diffuser.model, diffuser.firmware) if part)


def _abilities(can: Capabilities) -> str:
    slots = f"{can.slots} slots" if can.slots > 1 else ""
    words = {
        "on/off": can.power,
        f"{len(can.steps)} steps": bool(can.steps),
        "modes": bool(can.modes),
        "timer": can.timer,
        "light": can.light,
        "energy": can.energy,
        slots: bool(slots),
        f"level ({can.level})": can.level is not None,
        "low alarm": can.low_flag,
    }
    return ", ".join(word for word, has in words.items() if has) or "nothing that can be set"


def _as_body(picture: Picture, adapters: Adapters, problems: Sequence[str]) -> dict[str, Any]:
    return {
        "devices": [_as_device(one, adapters) for one in picture.devices],
        "topics": picture.topics,
        "understood": dict(picture.explained),
        "not_understood": [
            {"level": o.level, "family": o.family, "topics": o.topics, "example": o.example}
            for o in picture.unexplained
        ],
        "malformed": dict(picture.malformed),
        "problems": list(problems),
    }


def _as_device(diffuser: Diffuser, adapters: Adapters) -> dict[str, Any]:
    can = diffuser.capabilities
    plain = ("id", "dialect", "name", "room", "maker", "model", "firmware", "address", "bridge")
    profiles = adapters.dialects[diffuser.dialect].profiles(diffuser)
    return {name: getattr(diffuser, name) for name in plain} | {
        "device_type": diffuser.device_type,
        "can": {
            "power": can.power,
            "steps": list(can.steps),
            "modes": list(can.modes),
            "timer": can.timer,
            "light": can.light,
            "energy": can.energy,
            "level": can.level,
            "low_flag": can.low_flag,
            "slots": can.slots,
        },
        "needs_profile": diffuser.needs_profile,
        "profiles": [profile.key for profile in profiles] if diffuser.needs_profile else [],
        "advice": list(diffuser.advice),
    }


def _topics(count: int) -> str:
    return f"{count:>6,} topic" + "s" * (count != 1)


def _shown(topic: str) -> str:
    # Anybody may publish anything: a terminal must not be steered by it.
    text = topic if len(topic) <= _MOST_SHOWN else f"{topic[:_MOST_SHOWN]}…"
    return "".join(sign if sign.isprintable() else "�" for sign in text)


def _where(settings: MqttSettings) -> str:
    return f"{settings.host}:{settings.port}"
