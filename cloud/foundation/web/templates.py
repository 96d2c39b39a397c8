"""Pages from Jinja2 templates of several features, with what every page needs.

A feature keeps its templates in its own `templates/` folder, named `<feature>/<page>.html` here;
foundation's have no prefix: `base.html`, `error.html`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)
from starlette.responses import HTMLResponse

from cloud.foundation.clock import Clock
from cloud.foundation.compiled import CompiledOnce
from cloud.foundation.identity import SignedIn
from cloud.foundation.locale import (
    format_date,
    format_moment,
    format_money,
    format_number,
    format_share,
    known_locale,
)
from cloud.foundation.money import Money
from cloud.foundation.site_facts import SiteFactsSource
from cloud.foundation.web.csrf import FORM_FIELD, Csrf
from cloud.foundation.web.currency import currency_of
from cloud.foundation.web.language import language_of
from cloud.foundation.web.services import services_of
from cloud.foundation.web.signed_in import who_is_asking
from cloud.foundation.web.static import StaticFiles
from cloud.foundation.wording import EXTENSION, teach_words
from cloud.foundation.words import say

_FOLDER = Path(__file__).parent.parent / "templates"
_THEMES = ("auto", "light", "dark")
_compiled = CompiledOnce()


@dataclass(frozen=True, slots=True)
class PageFormat:
    """Writes amounts and moments as this visitor reads them; `fmt` in every template."""

    language: str
    zone: str

    def say(self, text: str, **facts: object) -> str:
        """Return a text marked with `N_` in the visitor's language, its facts filled in."""
        return say(self.language, text, **facts)

    def money(self, amount: Money) -> str:
        """Return a price."""
        return format_money(amount, self.language)

    def minor(self, minor: int, currency: str) -> str:
        """Return a price given in minor units."""
        return format_money(Money(minor, currency), self.language)

    def number(self, number: float, digits: int = 0) -> str:
        """Return a number with its thousands apart, and with so many decimals."""
        return format_number(number, self.language, digits)

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share, 0..1, in percent."""
        return format_share(share, self.language, digits)

    def date(self, day: date, style: str = "medium") -> str:
        """Return a calendar date."""
        return format_date(day, self.language, style)

    def country(self, code: str) -> str:
        """Return a country's name; the code itself for one that Babel does not know."""
        return str(known_locale(self.language).territories.get(code, code))

    def own_name(self, language: str) -> str:
        """Return what a language calls itself, with a capital: "Deutsch"."""
        name = known_locale(language).get_display_name(language) or language
        return name[:1].upper() + name[1:]

    def moment(self, moment: datetime, style: str = "medium") -> str:
        """Return a moment in the shop's time zone."""
        return format_moment(moment, self.language, self.zone, style)


class Templates:
    """Renders pages. `folders` are the features' template folders by feature name."""

    def __init__(
        self,
        folders: Mapping[str, Path],
        *,
        static: StaticFiles,
        csrf: Csrf,
        site: SiteFactsSource,
        clock: Clock,
        is_demo: bool,
    ) -> None:
        loaders: dict[str, BaseLoader] = {
            name: FileSystemLoader(folder) for name, folder in folders.items()
        }
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(_FOLDER), PrefixLoader(loaders)]),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_compiled,
            extensions=[EXTENSION],
        )
        teach_words(self._environment)
        self._environment.globals["static_url"] = static.url
        self._csrf = csrf
        self._site = site
        self._clock = clock
        self._is_demo = is_demo

    async def render(
        self,
        request: Request,
        name: str,
        context: Mapping[str, Any] | None = None,
        *,
        status_code: int = 200,
    ) -> HTMLResponse:
        """Return a page.

        Every template finds: `user` (SignedIn or None), `unread` (how much of their news is),
        `site` (SiteFacts), `csrf_token`, `csrf_field` (the name of the hidden input), `fmt`
        (PageFormat), `language`, `theme` ("auto", "light" or "dark"), `is_demo`, `now`, `path`,
        and the function `static_url(name)`; `_`, `ngettext` and `{% trans %}` say English texts in
        `language`.
        Asking for a name that is not there is an error, not an empty string.
        """
        shared = await self._shared(request)
        text = self._environment.get_template(name).render({**shared, **(context or {})})
        response = HTMLResponse(text, status_code)
        self._csrf.remember(request, response)
        return response

    def render_bare(
        self, name: str, context: Mapping[str, Any], *, status_code: int
    ) -> HTMLResponse:
        """Return a page that needs nothing but its context, for when nothing else is left."""
        text = self._environment.get_template(name).render(context)
        return HTMLResponse(text, status_code)

    async def language_of(self, request: Request) -> tuple[str, tuple[str, ...]]:
        """Return the language that a page will speak, and those on offer, the shop's own first."""
        languages = (await self._site.facts()).languages
        return await language_of(request, languages), languages

    async def _shared(self, request: Request) -> dict[str, Any]:
        site = await self._site.facts()
        user = await who_is_asking(request)
        language, _ = await self.language_of(request)
        theme = request.cookies.get("scent_theme", "auto")
        return {
            "user": user,
            "unread": await _count_unread(request, user),
            "site": site,
            "csrf_token": self._csrf.token_for(request),
            "csrf_field": FORM_FIELD,
            "fmt": PageFormat(language, site.time_zone),
            "language": language,
            "currency": currency_of(request, site) or site.currency,
            "theme": theme if theme in _THEMES else "auto",
            "is_demo": self._is_demo,
            "now": self._clock.now(),
            "path": request.url.path,
        }


async def _count_unread(request: Request, user: SignedIn | None) -> int:
    services = services_of(request)
    if user is None or services.count_unread is None:
        return 0
    async with services.database.reading() as connection:
        return await services.count_unread(connection, user.user_id)
