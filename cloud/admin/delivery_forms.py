"""A way of delivery as a form: what it asks, and what it means to the settings."""

import re
from collections.abc import Mapping
from typing import Any

from cloud.admin.desk import parsed
from cloud.admin.forms import Field, Form, FormWrong, Kind, grouped
from cloud.foundation.money import Money, exponent_of
from cloud.foundation.words import N_
from cloud.site.schemas import ShippingMethod

_COUNTRY = re.compile(r"[A-Z]{2}|\*")
_DAYS = {"min": "0", "max": "90"}
_PLACES = N_("Beginnings of postcodes, with commas; empty: everywhere.")
_FIELDS = (
    Field("name", N_("Name that buyers read"), attributes={"maxlength": "80"}),
    Field(
        "countries",
        N_("Delivers to"),
        Kind.WORDS,
        hint=N_("Countries as two letters, like DE, with commas; * is every country."),
    ),
    Field(
        "steps",
        N_("Price by weight"),
        Kind.AREA,
        hint=N_("One a line: up to so many grams, then the price, like: 1000 3.90"),
        attributes={"rows": "5", "spellcheck": "false"},
    ),
    Field("free_from_minor", N_("Free from a value of goods of"), Kind.MONEY, required=False),
    Field(
        "p50_days", N_("Days in which half of the parcels arrive"), Kind.NUMBER, attributes=_DAYS
    ),
    Field(
        "p90_days",
        N_("Days in which nine of ten arrive"),
        Kind.NUMBER,
        attributes=_DAYS,
    ),
    *grouped(
        N_("Only some postcodes, and later in the day"),
        Field("postcodes", N_("Only to"), Kind.WORDS, hint=_PLACES, required=False),
        Field(
            "not_postcodes",
            N_("Not to"),
            Kind.WORDS,
            hint=N_("Beginnings of postcodes, with commas: islands."),
            required=False,
        ),
        Field(
            "cut_off_hour",
            N_("Hour from which it leaves a day later"),
            Kind.NUMBER,
            required=False,
            attributes={"min": "0", "max": "23"},
        ),
    ),
)
FORM = Form(_FIELDS)
NEW_FORM = Form(
    (
        Field(
            "code",
            N_("Short name"),
            hint=N_("Small letters, digits and hyphens. It stays: orders keep it."),
            attributes={"maxlength": "40", "pattern": "[a-z0-9-]+"},
        ),
        *_FIELDS,
    )
)


def shown(method: ShippingMethod, currency: str) -> dict[str, Any]:
    """Return a form's values of a way of delivery, whose prices are in a currency."""
    places = exponent_of(currency)
    steps = (
        f"{step.up_to_g} {Money(step.price_minor, currency).major:.{places}f}"
        for step in method.steps
    )
    return {**method.model_dump(mode="json"), "steps": "\n".join(steps)}


def meant(values: Mapping[str, Any], code: str, currency: str) -> ShippingMethod:
    """Return the way of delivery that a form's values mean; raises FormWrong."""
    lines = [line for line in str(values["steps"]).splitlines() if line.strip()]
    countries = [country.upper() for country in values["countries"]]
    if not all(_COUNTRY.fullmatch(country) for country in countries) or not countries:
        raise FormWrong({"countries": N_("Write two letters for each country, or *.")})
    starts = {
        name: [one.upper() for one in values[name]] for name in ("postcodes", "not_postcodes")
    }
    fields = {
        **{name: values[name] for name in ShippingMethod.model_fields if name in values},
        **starts,
        "code": code,
        "countries": countries,
        "steps": [_step(line, currency) for line in lines],
    }
    return parsed(ShippingMethod, fields)


def _step(line: str, currency: str) -> dict[str, int]:
    try:
        grams, price = line.split()
        minor = Money.parse(price.replace(",", "."), currency).minor
        return {"up_to_g": int(grams), "price_minor": minor}
    except (ValueError, ArithmeticError) as error:
        raise FormWrong({"steps": N_("Write one a line, like: 1000 3.90")}) from error
