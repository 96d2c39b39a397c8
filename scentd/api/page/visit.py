"""One request of the page: who asks, in which language, and how to answer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from scentd.api.access import Caller, CallerKind
from scentd.api.formats import Formats
from scentd.api.guard import wants_json
from scentd.api.house import House
from scentd.api.live import Live
from scentd.api.page.rendering import Renderer
from scentd.api.refusals import Refusal
from scentd.api.routes import Desk
from scentd.api.words import Words
from scentd.model.commands import Origin, Source
from scentd.model.errors import ScentdError

THEMES = ("auto", "dark", "light")
THEME_COOKIE = "scent_theme"
NAVIGATION = (
    ("home", "/"),
    ("rules", "/rules"),
    ("schedule", "/schedule"),
    ("presence", "/presence"),
    ("devices", "/devices"),
    ("safety", "/safety"),
    ("settings", "/settings"),
    ("health", "/status"),
)

Form: TypeAlias = MultiDictProxy[str]


def no_form() -> Form:
    """Give the form of a request that has none."""
    return MultiDictProxy(MultiDict())


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything a page needs to answer one request; `form` holds the text fields of a POST."""

    desk: Desk
    renderer: Renderer
    request: web.Request
    caller: Caller
    form: Form = field(default_factory=no_form)

    @property
    def house(self) -> House:
        """The house."""
        return self.desk.house

    @property
    def live(self) -> Live:
        """What tells open pages of changes."""
        return self.desk.live

    @property
    def words(self) -> Words:
        """The texts of the household's language; of the browser's before somebody signs in."""
        return self.desk.words_for(self.request)

    @property
    def formats(self) -> Formats:
        """How the household reads moments and amounts."""
        return Formats(self.words, self.house.household.zone)

    @property
    def now(self) -> datetime:
        """The moment, UTC."""
        return self.house.clock.now()

    @property
    def source(self) -> Source:
        """Who wishes, for the commander."""
        return Source(Origin.MANUAL, self.caller.reference)

    @property
    def theme(self) -> str:
        """The colours this browser asked for."""
        asked = self.request.cookies.get(THEME_COOKIE, "")
        return asked if asked in THEMES else THEMES[0]

    def refusal(self, error: ScentdError) -> Refusal:
        """Put an error into the visitor's words."""
        return self.desk.refusal(self.request, error)

    def broken(self, errors: Mapping[str, ScentdError]) -> Mapping[str, Refusal]:
        """Put what cannot be used, by id, into the visitor's words."""
        return {key: self.refusal(error) for key, error in errors.items()}

    def part(self, template: str, context: Mapping[str, object]) -> str:
        """Render a piece of a page."""
        return self.renderer.render(template, {**self._frame(), **context})

    def page(
        self,
        template: str,
        context: Mapping[str, object],
        *,
        at: str,
        status: HTTPStatus = HTTPStatus.OK,
        live: str = "",
    ) -> web.Response:
        """Answer with a whole page; `at` names its place in the navigation, "" for none.

        `live` is the query by which the page's stream knows which pieces stand on it, where the
        place alone does not say that.
        """
        frame = {
            **self._frame(),
            "at": at,
            "stream": live or urlencode({"page": at}),
            "navigation": NAVIGATION,
            "revision": self.live.revision,
            "said": self._said(),
            "pills": pills(self.house, self.words),
        }
        text = self.renderer.render(template, {**frame, **context})
        return web.Response(text=text, content_type="text/html", status=status)

    def done(self, address: str, said: str) -> web.Response:
        """Answer a change: to a program in a sentence, to a browser by leading it on."""
        if wants_json(self.request):
            return web.json_response({"message": self.words(f"said.{said}")})
        return redirect(f"{address}{'&' if '?' in address else '?'}said={said}")

    def _said(self) -> str:
        key = f"said.{self.request.query.get('said', '')}"
        return self.words(key) if self.words.has(key) else ""

    def _frame(self) -> Mapping[str, object]:
        return {
            "t": self.words,
            "f": self.formats,
            "now": self.now,
            "csrf": self.caller.csrf,
            "is_member": self.caller.kind is CallerKind.MEMBER,
            "theme": self.theme,
            "next_theme": THEMES[(THEMES.index(self.theme) + 1) % len(THEMES)],
            "household": self.house.household.household,
            "is_demo": self.house.is_demo,
            "version": self.house.version,
            "here": self.request.path,
        }


@dataclass(frozen=True, slots=True)
class Page:
    """One address of the page; `is_public` needs nobody to be signed in."""

    method: str
    path: str
    handler: Callable[[Visit], Awaitable[web.StreamResponse]]
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Pill:
    """How one connection is, in two words: `level` is good, warn, bad or plain."""

    level: str
    text: str


def pills(house: House, words: Words) -> tuple[Pill, ...]:
    """Give the cloud's and the broker's pill."""
    cloud = house.cloud
    if house.pairing is None:
        shown = Pill("plain", words("pill.local"))
    elif not cloud.paired:
        shown = Pill("plain", words("pill.not_paired"))
    elif cloud.connected:
        shown = Pill("good", words("pill.cloud_online"))
    elif cloud.queued:
        shown = Pill("warn", words("pill.cloud_offline_queued", count=cloud.queued))
    else:
        shown = Pill("warn", words("pill.cloud_offline"))
    if house.broker.is_connected:
        return shown, Pill("good", words("pill.broker_ok"))
    return shown, Pill("bad", words("pill.broker_lost"))


def redirect(address: str) -> web.Response:
    """Lead a browser on after a change, so that a reload does not repeat it."""
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": address})
