"""One typed row per address of the API: what it needs, what it reads, what it answers.

The rows are bound to aiohttp here and described by `openapi`; neither knows more than the row.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Generic, TypeAlias, TypeVar

from aiohttp import hdrs, web
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from scentd.api.access import NOBODY, Caller, CallerKind, Scope
from scentd.api.errors import (
    BodyInvalid,
    BodyNotJson,
    BodyTooLarge,
    CsrfRefused,
    MembersOnly,
    ScopeMissing,
    SignInNeeded,
)
from scentd.api.formats import Formats
from scentd.api.house import House
from scentd.api.live import Live
from scentd.api.refusals import Refusal, refusal
from scentd.api.words import Languages, Words
from scentd.model.commands import Origin, Source
from scentd.model.errors import ScentdError

MAX_BODY_BYTES = 64 * 1024
"""Nothing the API reads is larger: a rule of a hundred actions takes about 12 kB."""

CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)

B = TypeVar("B")
A = TypeVar("A")


class View(BaseModel):
    """What the API shows: frozen, and every field's docstring is its description."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, extra="forbid")


class Door(StrEnum):
    """Who may come in where no scope says it."""

    OPEN = "open"
    MEMBERS = "members"


class Media(StrEnum):
    """What an address answers with."""

    JSON = "application/json"
    EVENTS = "text/event-stream"
    WEBSOCKET = "websocket"


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """One request, read: `asked` is its body, or the query of a GET, in the row's type."""

    house: House
    live: Live
    words: Words
    caller: Caller
    path: Mapping[str, str]
    asked: B
    request: web.Request = field(repr=False)

    @property
    def source(self) -> Source:
        """Who wishes, for the commander."""
        return Source(Origin.MANUAL, self.caller.reference)

    @property
    def formats(self) -> Formats:
        """How the household reads moments and amounts."""
        return Formats(self.words, self.house.household.zone)

    @property
    def now(self) -> datetime:
        """The moment, UTC."""
        return self.house.clock.now()


Handler: TypeAlias = Callable[[Call[Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address. `asks` and `answers` are types pydantic can read and write, None for nothing.

    `schema` describes the body where the house itself reads it, or the messages of a stream.
    """

    method: str
    path: str
    needs: Scope | Door
    handler: Handler
    asks: Any = None
    answers: Any = None
    status: HTTPStatus = HTTPStatus.OK
    schema: Any = None
    media: Media = Media.JSON

    @property
    def noun(self) -> str:
        """The first word after the version: the module it lives in."""
        return self.path.removeprefix("/api/v1").split("/")[1]


def route(
    method: str,
    path: str,
    needs: Scope | Door,
    handler: Callable[[Call[B]], Awaitable[A]],
    *,
    asks: type[B] | None = None,
    answers: type[A] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    schema: object = None,
    media: Media = Media.JSON,
) -> Route:
    """Make a row whose handler fits its types; its docstring becomes the description."""
    return Route(method, path, needs, handler, asks, answers, status, schema, media)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every handler finds: the house, its live changes, its languages."""

    house: House
    live: Live
    languages: Languages

    @property
    def words(self) -> Words:
        """The texts of the household's language."""
        return self.languages.of(self.house.household.household.language)

    def words_for(self, request: web.Request) -> Words:
        """Give the household's language, but the browser's own until it is known who asks."""
        if request.get(CALLER, NOBODY).kind is not CallerKind.NOBODY:
            return self.words
        accepted = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        return self.languages.preferred(accepted) or self.words

    def refusal(self, request: web.Request, error: ScentdError) -> Refusal:
        """Put an error into the words of whoever asked."""
        formats = Formats(self.words_for(request), self.house.household.zone)
        return refusal(error, formats, self.house.clock.now())


def bind(row: Route, desk: Desk) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Give the aiohttp handler of a row."""
    reads = TypeAdapter(row.asks) if row.asks is not None else None
    writes = TypeAdapter(row.answers) if row.answers is not None else None

    async def answer(request: web.Request) -> web.StreamResponse:
        caller = request[CALLER]
        admit(row, caller, request)
        asked = await _read(request, reads) if reads else None
        call = Call(desk.house, desk.live, desk.words, caller, request.match_info, asked, request)
        result = await row.handler(call)
        if isinstance(result, web.StreamResponse):
            return result
        if writes is None:
            return web.Response(status=HTTPStatus.NO_CONTENT)
        return web.Response(
            body=writes.dump_json(result), status=row.status, content_type=Media.JSON.value
        )

    return answer


def admit(row: Route, caller: Caller, request: web.Request) -> None:
    """Raise unless this caller may use this row."""
    if row.needs is Door.OPEN:
        return
    if caller.kind is CallerKind.NOBODY:
        raise SignInNeeded
    if row.needs is Door.MEMBERS and caller.kind is not CallerKind.MEMBER:
        raise MembersOnly
    if isinstance(row.needs, Scope) and row.needs not in caller.scopes:
        raise ScopeMissing(row.needs)
    if caller.kind is CallerKind.MEMBER and not _is_safe(request):
        check_csrf(caller, request.headers.get("X-CSRF-Token", ""))


def check_csrf(caller: Caller, given: str) -> None:
    """Raise CsrfRefused unless the browser sent the token of its own session."""
    if not given or given != caller.csrf:
        raise CsrfRefused


def _is_safe(request: web.Request) -> bool:
    return request.method in {"GET", "HEAD", "OPTIONS"}


async def _read(request: web.Request, reads: TypeAdapter[Any]) -> object:
    try:
        if request.method == "GET":
            return reads.validate_python(dict(request.query))
        if request.content_type != Media.JSON:
            raise BodyNotJson
        return reads.validate_json(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        raise BodyTooLarge(MAX_BODY_BYTES) from error
    except ValidationError as error:
        raise _as_invalid(error) from error


def _as_invalid(error: ValidationError) -> BodyInvalid | BodyNotJson:
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return BodyNotJson()
    place = ".".join(map(str, first["loc"])) or "the body"
    said = f"{first['msg'][0].lower()}{first['msg'][1:]}"
    return BodyInvalid(
        f"“{place}” cannot be used: {said}.",
        "Compare it with the description at /api/v1/openapi.json.",
        field=place if first["loc"] else None,
    )
