"""Events: what happened lately, and the live streams that tell of every change.

A stream begins with everything as it is now and then sends what changed. It is a stream of
states: a reader that is slow misses steps in between, never the last state.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from aiohttp import ClientConnectionResetError, WSCloseCode, web
from pydantic import Field

from scentd.api import live
from scentd.api.access import CallerKind, Scope
from scentd.api.callers import identify
from scentd.api.errors import ApiError, EventNameRefused, SignInNeeded
from scentd.api.live import StreamEnded, Watcher
from scentd.api.routes import Call, Media, Route, View, route
from scentd.api.sentences import tell
from scentd.api.views import CartridgeView, DiffuserView, slots_of, view_cartridge, view_diffuser
from scentd.automation.named import HUBS_OWN, MAX_DATA, is_name
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import AppEventHeard
from scentd.store.activity import ActivityLine

CHECK_S = 5.0
"""How often a silent stream looks whether its caller is still welcome, and shows it is alive."""

CLOSE_S = 0.2
"""How long a WebSocket's other end may take to say goodbye: the hub stops within half a second."""


class ActivityQuery(View):
    """Which lines to give."""

    limit: int = Field(default=50, ge=1, le=1000)
    """At most this many."""
    after: int | None = Field(default=None, ge=0)
    """Only lines newer than the one of this id."""


class ActivityView(View):
    """One thing that happened."""

    id: int
    """Counts up in the order of happening."""
    at: datetime
    """When the hub learnt of it, UTC."""
    kind: str
    """What happened, a stable word."""
    facts: Mapping[str, str | int]
    """The names and numbers of it."""
    text: str
    """The same as a sentence in the household's language."""


class LinksView(View):
    """How the hub is connected."""

    broker_connected: bool
    """Whether messages of devices flow."""
    cloud_connected: bool
    """Whether the cloud was reached at the last try."""
    cloud_paired: bool
    """Whether the hub belongs to an account."""
    queued: int
    """How many events wait to be sent."""


Kind = Literal[
    "diffuser", "activity", "links", "devices", "schedules", "rules", "reorders", "household"
]


class Message(View):
    """One message of a stream; kinds without a value here say “look again”."""

    kind: Kind
    """What it is about."""
    diffuser: DiffuserView | None = None
    """Kind `diffuser`: the device as it is now."""
    cartridges: list[CartridgeView] | None = None
    """Kind `diffuser`: what is fitted in it."""
    activity: list[ActivityView] | None = None
    """Kind `activity`: new lines, the oldest first."""
    links: LinksView | None = None
    """Kind `links`: the connections as they are now."""


class AppEventBody(View):
    """Something an app says happened."""

    name: str = Field(min_length=1, max_length=80)
    """Its name: lower case words joined by dots, dashes or underscores (`doorbell.pressed`)."""
    data: Mapping[str, bool | int | float | str] = Field(default_factory=dict, max_length=MAX_DATA)
    """Its values."""


async def say_app_event(call: Call[AppEventBody]) -> None:
    """Tell the house that something happened: rules that wait for it are set off.

    Names that begin with `cartridge.` or `hub.` are the hub's own and are refused.
    """
    said = call.asked
    if not is_name(said.name) or said.name.startswith(HUBS_OWN):
        raise EventNameRefused(said.name)
    call.house.bus.publish(AppEventHeard(call.house.clock.now(), said.name, dict(said.data)))


async def list_activity(call: Call[ActivityQuery]) -> list[ActivityView]:
    """Give what happened lately: the newest first, or with `after` the oldest first."""
    log, asked = call.house.activity, call.asked
    if asked.after is not None:
        return [_view_line(call, line) for line in log.after(asked.after)[: asked.limit]]
    return [_view_line(call, line) for line in log.newest(asked.limit)]


async def stream_events(call: Call[None]) -> web.StreamResponse:
    """Stream messages as server-sent events, everything as it is now first."""
    response = web.StreamResponse(
        headers={"Content-Type": Media.EVENTS.value, "Cache-Control": "no-store"}
    )
    await response.prepare(call.request)

    async def send(message: Message) -> None:
        await response.write(f"data: {message.model_dump_json(exclude_none=True)}\n\n".encode())

    async def beat() -> None:
        await response.write(b":\n\n")

    with call.live.watch() as watcher:
        await _stream(call, watcher, send, beat)
    return response


async def stream_websocket(call: Call[None]) -> web.StreamResponse:
    """Stream messages over a WebSocket, everything as it is now first; what is sent is ignored."""
    socket = web.WebSocketResponse(timeout=CLOSE_S, heartbeat=30, max_msg_size=1024)
    await socket.prepare(call.request)

    async def send(message: Message) -> None:
        await socket.send_str(message.model_dump_json(exclude_none=True))

    async def beat() -> None:
        """Leave it to the protocol's own pings."""

    with call.live.watch() as watcher:
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(_until_closed(socket, watcher), name="websocket reader")
            await _stream(call, watcher, send, beat)
            reader.cancel()
        await socket.close(code=WSCloseCode.GOING_AWAY)
    return socket


async def _until_closed(socket: web.WebSocketResponse, watcher: Watcher) -> None:
    async for _ in socket:
        pass
    watcher.end()


async def _stream(
    call: Call[None],
    watcher: Watcher,
    send: Callable[[Message], Awaitable[None]],
    beat: Callable[[], Awaitable[None]],
) -> None:
    """Send until the reader goes, is no longer welcome, or the hub stops."""
    log = call.house.activity
    seen = max((line.id for line in log.newest(1)), default=0)
    with suppress(StreamEnded, ClientConnectionResetError, ApiError):
        for message in _everything(call):
            await send(message)
        while True:
            changed = await watcher.changes(CHECK_S)
            if not changed:
                await still_welcome(call)
                await beat()
            for topic in sorted(changed - {live.ACTIVITY}):
                for message in _messages(call, topic):
                    await send(message)
            if live.ACTIVITY in changed and (lines := log.after(seen)):
                seen = lines[-1].id
                told = [_view_line(call, line) for line in lines]
                await send(Message(kind="activity", activity=told))


async def still_welcome(call: Call[None]) -> None:
    """Raise an ApiError when the caller of an open stream has been shut out meanwhile."""
    caller = await identify(call.request, call.house.access)
    if caller.kind is CallerKind.NOBODY:
        raise SignInNeeded


def _everything(call: Call[None]) -> list[Message]:
    diffusers = [_of_diffuser(call, one.id) for one in call.house.diffusers.all()]
    return [*diffusers, _of_links(call)]


def _messages(call: Call[None], topic: str) -> list[Message]:
    if topic == live.LINKS:
        return [_of_links(call)]
    if topic.startswith(live.diffuser_topic("")):
        try:
            return [_of_diffuser(call, topic.removeprefix(live.diffuser_topic("")))]
        except DiffuserUnknown:
            return []  # it was removed since; `devices` tells of that
    return [Message.model_validate({"kind": topic})]


def _of_diffuser(call: Call[None], diffuser_id: str) -> Message:
    diffuser = call.house.diffusers.get(diffuser_id)
    fitted = [view_cartridge(call.house, one) for one in slots_of(call.house, diffuser)]
    return Message(kind="diffuser", diffuser=view_diffuser(call.house, diffuser), cartridges=fitted)


def _of_links(call: Call[None]) -> Message:
    cloud = call.house.cloud
    links = LinksView(
        broker_connected=call.house.broker.is_connected,
        cloud_connected=cloud.connected,
        cloud_paired=cloud.paired,
        queued=cloud.queued,
    )
    return Message(kind="links", links=links)


def _view_line(call: Call[Any], line: ActivityLine) -> ActivityView:
    text = tell(line, call.formats, call.now)
    return ActivityView(id=line.id, at=line.at, kind=line.kind, facts=dict(line.facts), text=text)


ROUTES: tuple[Route, ...] = (
    route(
        "GET",
        "/api/v1/activity",
        Scope.READ,
        list_activity,
        asks=ActivityQuery,
        answers=list[ActivityView],
    ),
    route(
        "POST",
        "/api/v1/events/app",
        Scope.CONTROL,
        say_app_event,
        asks=AppEventBody,
        status=HTTPStatus.NO_CONTENT,
    ),
    route(
        "GET",
        "/api/v1/events",
        Scope.READ,
        stream_events,
        schema=Message,
        media=Media.EVENTS,
    ),
    route(
        "GET",
        "/api/v1/ws",
        Scope.READ,
        stream_websocket,
        schema=Message,
        media=Media.WEBSOCKET,
    ),
)
