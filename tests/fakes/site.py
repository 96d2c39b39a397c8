"""Settings of a shop that delivers to two countries."""

from typing import Any

from cloud.site.schemas import ShippingMethod, Site, StoreAddress, TaxRate, WeightStep

STANDARD = ShippingMethod(
    code="standard",
    name="Parcel",
    countries=("DE", "FR"),
    steps=(WeightStep(up_to_g=1000, price_minor=490), WeightStep(up_to_g=5000, price_minor=690)),
    free_from_minor=6000,
    p50_days=2,
    p90_days=4,
)
EXPRESS = ShippingMethod(
    code="express",
    name="Express",
    countries=("DE",),
    steps=(WeightStep(up_to_g=2000, price_minor=1290),),
    p50_days=1,
    p90_days=1,
)
RATES = (
    TaxRate(country="DE", basis_points=1900),
    TaxRate(country="FR", name="TVA", basis_points=2000),
)


def a_site(
    currency: str = "EUR",
    *,
    prices_include_tax: bool = True,
    methods: tuple[ShippingMethod, ...] = (EXPRESS, STANDARD),
    rates: tuple[TaxRate, ...] = RATES,
) -> Site:
    """A shop in EUR whose prices include tax: parcels to DE and FR, express to DE."""
    return Site(
        version=1,
        name="The Scent",
        primary_colour="#2a7c8a",
        secondary_colour="#e0a86f",
        accent_colour="#ff7b4f",
        currency=currency,
        languages=("en",),
        time_zone="Europe/Berlin",
        support_email="",
        prices_include_tax=prices_include_tax,
        store_address=StoreAddress(),
        shipping_methods=methods,
        tax_rates=rates,
    )


def stored(site: Site) -> dict[str, Any]:
    """The columns of the settings' row that pricing reads."""
    whole = site.model_dump(mode="json")
    return {
        name: whole[name]
        for name in ("currency", "prices_include_tax", "shipping_methods", "tax_rates")
    }
