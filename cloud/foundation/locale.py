"""Amounts and moments as people write them, by Babel. Numbers in, text out."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_decimal,
    get_territory_currencies,
    parse_pattern,
)

from cloud.foundation.money import Money, exponent_of

FALLBACK = "en"
_REGION = re.compile(r"^\s*[A-Za-z]{2,3}-([A-Za-z]{2})\b")


@lru_cache(maxsize=64)
def known_locale(tag: str | None) -> Locale:
    """Return the locale of a language tag ("en", "de-DE"); English for one Babel cannot know."""
    try:
        return Locale.parse((tag or FALLBACK).replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FALLBACK)


@lru_cache(maxsize=256)
def _currency_pattern(tag: str, exponent: int) -> NumberPattern:
    pattern = parse_pattern(known_locale(tag).currency_formats["standard"].pattern)
    # The Unicode tables drop decimals that ISO 4217 has (IQD); a price shows what is charged.
    pattern.frac_prec = (exponent, exponent)
    return pattern


def format_money(money: Money, locale: str = FALLBACK) -> str:
    """Return a price as written in a locale, always with all decimals of its currency.

    French puts a narrow no-break space between thousands, so compare with care.
    """
    pattern = _currency_pattern(locale, exponent_of(money.currency))
    return str(
        pattern.apply(
            money.major,
            known_locale(locale),
            currency=money.currency,
            currency_digits=False,
        )
    )


def format_number(number: float, locale: str = FALLBACK, digits: int = 0) -> str:
    """Return a number with its thousands apart, with exactly so many decimals."""
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return str(format_decimal(number, format=pattern, locale=known_locale(locale)))


def format_share(share: float, locale: str = FALLBACK, digits: int = 0) -> str:
    """Return a share, 0..1, in percent with exactly so many decimals."""
    pattern = parse_pattern(known_locale(locale).percent_formats[None].pattern)
    pattern.frac_prec = (digits, digits)
    return str(pattern.apply(share, known_locale(locale)))


def format_scale(money: Money, locale: str = FALLBACK) -> str:
    """Return an amount as short as a scale needs it: without decimals that are none, "€10K"."""
    major = money.major
    if abs(major) >= 1000:
        return str(
            format_compact_currency(
                major, money.currency, locale=known_locale(locale), fraction_digits=1
            )
        )
    text = format_money(money, locale)
    return re.sub(r"[.,]0+(?!\d)", "", text) if major == int(major) else text


def format_date(day: date, locale: str = FALLBACK, style: str = "medium") -> str:
    """Return a calendar date; style is short, medium, long, full or a CLDR pattern."""
    return babel_date(day, format=style, locale=known_locale(locale))


def format_moment(
    moment: datetime, locale: str = FALLBACK, zone: str = "UTC", style: str = "medium"
) -> str:
    """Return an aware moment in a time zone (IANA name); style as for `format_date`."""
    return babel_datetime(moment, format=style, tzinfo=ZoneInfo(zone), locale=known_locale(locale))


def currency_of_region(accepted: str | None, offered: Sequence[str]) -> str | None:
    """Return the offered currency that the first region of an Accept-Language header pays in.

    None when it names no region, or one whose money (by the Unicode tables) is not offered.
    """
    found = _REGION.search(accepted or "")
    if found is None:
        return None
    paid = get_territory_currencies(found[1].upper())
    return next((one for one in paid if one in offered), None)


def best_language(accepted: str | None, offered: tuple[str, ...]) -> str:
    """Return the offered language that an Accept-Language header likes best; the first if none.

    Weights are obeyed, regions are ignored when only the language is offered.
    """
    wishes: list[tuple[float, str]] = []
    for part in (accepted or "").split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((float(weight or 1), tag.strip().lower()))
        except ValueError:
            continue
    for _, tag in sorted(wishes, key=lambda wish: -wish[0]):
        for language in offered:
            if tag == language.lower() or tag.split("-")[0] == language.lower():
                return language
    return offered[0]
