"""What every page and mail says about the shop, and the port that tells it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What every page says about the shop.

    `colours_url` is the address of the style sheet with the shop's colours; `languages` are those
    on offer, the default first; `time_zone` is an IANA name. `logo_url` and `favicon_url` are
    addresses of ours, "" for our own drawings. `is_closed` lets only staff in, and `closed_text`
    says why, "" for our own words. `seo_title` and `seo_description` are for pages that say
    nothing themselves. `currencies` are those that visitors may choose, the shop's own first.
    `primary` is the shop's first colour as #rrggbb, `on_primary` what can be read on it.
    """

    name: str
    colours_url: str
    currency: str
    languages: tuple[str, ...]
    time_zone: str = "UTC"
    logo_url: str = ""
    favicon_url: str = ""
    seo_title: str = ""
    seo_description: str = ""
    prices_include_tax: bool = True
    is_closed: bool = False
    closed_text: str = ""
    currencies: tuple[str, ...] = ()
    primary: str = "#2a7c8a"
    on_primary: str = "#ffffff"

    def in_order(self, languages: Collection[str]) -> list[str]:
        """Return languages as the shop orders its own; those it has no more stand behind them."""
        own = [one for one in self.languages if one in languages]
        return [*own, *sorted(set(languages).difference(own))]


class SiteFactsSource(Protocol):
    """Tell what the shop is called. Filled by the site feature."""

    async def facts(self) -> SiteFacts:
        """Return the present facts; cheap, because every page asks."""
