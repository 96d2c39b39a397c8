"""What every page and mail says about the shop, and the port that tells it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What every page says about the shop.

    `colours_url` is the address of the style sheet with the shop's colours; `languages` are those
    on offer, the default first; `time_zone` is an IANA name.
    """

    name: str
    colours_url: str
    currency: str
    languages: tuple[str, ...]
    time_zone: str = "UTC"


class SiteFactsSource(Protocol):
    """Tell what the shop is called. Filled by the site feature."""

    async def facts(self) -> SiteFacts:
        """Return the present facts; cheap, because every page asks."""
