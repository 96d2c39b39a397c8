"""`scentd capture`: record a device's messages, without a household's secrets."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from adapters.corpus.recording import Message
from adapters.corpus.taking import Taken, take_all, take_device, words_of
from adapters.registry import load_dialects
from scentd.cli.settings_file import ConfigFile, settings_of
from scentd.clock import Clock, SystemClock
from scentd.daemon import VERSION
from scentd.devices.discovering import announced_on
from scentd.devices.errors import ProfileUnknown
from scentd.devices.survey import Survey
from scentd.model.diffuser import Diffuser
from scentd.model.errors import ScentdError
from scentd.model.topics import is_filter
from scentd.mqtt.settings import MqttSettings
from scentd.mqtt.visit import Visit
from scentd.ports import DiffuserDialect, Inbound

_MOST_MESSAGES = 5_000
_LOOK_EVERY_S = 0.2


class DeviceNotHeard(ScentdError):
    """No device of that id or name announced itself."""

    code = "device_not_heard"

    def __init__(self, wanted: str) -> None:
        super().__init__(
            f"No device “{wanted}” announced itself.",
            "See what there is with `scentd detect`, or record its topics with --topic.",
        )
        self.wanted = wanted


class NothingToRecord(ScentdError):
    """Neither a device nor a usable topic filter was named."""

    code = "nothing_to_record"


class NothingHeard(ScentdError):
    """Not one message came."""

    code = "nothing_heard"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"No message came in {seconds:g} s.", "Use the device meanwhile, or listen longer."
        )
        self.seconds = seconds


def capture(
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    device: Annotated[
        str | None, typer.Argument(help="Its id or name as `scentd detect` shows it.")
    ] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="A topic filter to record instead; several times.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The model chosen for it, where it needs one.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.5, max=86_400, help="How long to record.")] = 60.0,
    within: Annotated[
        float, typer.Option(min=0.5, max=600, help="Seconds in which it must announce itself.")
    ] = 10.0,
    config: ConfigFile = None,
) -> None:
    """Record what a device says into a file that tests can read; secrets are taken out.

    Use the device meanwhile: switch it, change its intensity, press its buttons.
    """
    filters = topic or []
    if (device is None) == (not filters) or not all(map(is_filter, filters)):
        raise NothingToRecord(
            "Name either one device, or topic filters with --topic.",
            "Such as: scentd capture tasmota-5ccf7f49a3bc -o plug.json",
        )
    settings = settings_of(config).mqtt
    taken = asyncio.run(
        _of_topics(settings, filters, seconds)
        if device is None
        else _of_device(settings, device, profile, within, seconds)
    )
    out.write_text(json.dumps(taken.body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    typer.echo("\n".join(_report(out, taken)))


@dataclass
class _Tape:
    """What was heard, in order, each retained message once."""

    messages: list[Message] = field(default_factory=list)
    _kept: set[Message] = field(default_factory=set)

    def record(self, inbound: Inbound) -> None:
        message = Message(inbound.topic, inbound.payload)
        if inbound.is_retained and message in self._kept:
            return
        self._kept.add(message)
        if len(self.messages) < _MOST_MESSAGES:
            self.messages.append(message)


async def _of_device(
    settings: MqttSettings, wanted: str, profile: str | None, within_s: float, seconds: float
) -> Taken:
    clock, dialects, tape = SystemClock(), load_dialects(), _Tape()
    announcements = announced_on(dialects)
    async with Visit(settings, clock, announcements=announcements) as visit:
        survey = Survey(dialects, visit, clock)
        for topic_filter in announcements:
            visit.watch(topic_filter, tape.record)
        survey.start(hears_all=False)
        async with asyncio.TaskGroup() as group:
            finding = group.create_task(survey.run(), name="devices are found")
            diffuser = await _found(survey, wanted, clock, within_s)
            finding.cancel()
        if diffuser is None:
            raise visit.lost or DeviceNotHeard(wanted)
        dialect = dialects[diffuser.dialect]
        for topic in _topics(dialect, diffuser, profile):
            visit.watch(topic, tape.record)
        await clock.sleep(seconds)
        if visit.lost is not None:
            raise visit.lost
    # What it announced meanwhile counts: it may have told more of itself.
    diffuser = survey.devices.get(diffuser.id, diffuser)
    return take_device(
        dialect, diffuser, tape.messages, profile=profile, date=_today(clock), by=_by()
    )


async def _of_topics(settings: MqttSettings, filters: Sequence[str], seconds: float) -> Taken:
    clock, tape = SystemClock(), _Tape()
    async with Visit(settings, clock) as visit:
        for topic_filter in filters:
            visit.watch(topic_filter, tape.record)
        await clock.sleep(seconds)
        if visit.lost is not None:
            raise visit.lost
    if not tape.messages:
        raise NothingHeard(seconds)
    words = words_of(load_dialects().values())
    return take_all(tape.messages, words, date=_today(clock), by=_by())


async def _found(survey: Survey, wanted: str, clock: Clock, within_s: float) -> Diffuser | None:
    deadline_s = clock.monotonic() + within_s
    while clock.monotonic() < deadline_s:
        for one in survey.devices.values():
            if wanted in (one.id, one.name, one.address):
                return one
        await clock.sleep(_LOOK_EVERY_S)
    return None


def _topics(dialect: DiffuserDialect, diffuser: Diffuser, profile: str | None) -> tuple[str, ...]:
    if profile is None:
        return dialect.topics(diffuser)
    try:
        return dialect.topics(dialect.with_profile(diffuser, profile))
    except KeyError:
        raise ProfileUnknown(diffuser.id, profile) from None


def _report(out: Path, taken: Taken) -> list[str]:
    devices = taken.body["devices"].values()
    said = sum(len(device["messages"]) for device in devices) + len(taken.body.get("unread", []))
    lines = [f"{out}: announcements {len(taken.body['announcements'])}, messages {said}."]
    removed = ", ".join(f"{count} of {kind}" for kind, count in taken.removed.items())
    lines.append(f"Replaced by made-up ones: {removed or 'nothing'}.")
    if taken.misread:
        lines.append(f"In {taken.misread} messages less is read without what was replaced.")
    lines.append("Look through the file before you give it away: names are kept as they are.")
    return lines


def _today(clock: Clock) -> str:
    return clock.now().date().isoformat()


def _by() -> str:
    return f"scentd capture {VERSION}"
