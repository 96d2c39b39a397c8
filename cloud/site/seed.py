"""What a new shop starts with: ways to deliver and the rates of value added tax in the EU."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.site import repository
from cloud.site.schemas import ANYWHERE, ShippingMethod, StoreAddress, TaxRate, WeightStep

# Standard rates in basis points on 1 January 2026, as the European Commission publishes them
# ("VAT rules and rates"; last changes: FI in September 2024, SK in January, EE in July, RO in
# August 2025).
_STANDARD_RATES = {
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500,
    "EE": 2400, "ES": 2100, "FI": 2550, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700,
    "IE": 2300, "IT": 2200, "LT": 2100, "LU": 1700, "LV": 2100, "MT": 1800, "NL": 2100,
    "PL": 2300, "PT": 2300, "RO": 2100, "SE": 2500, "SI": 2200, "SK": 2300,
}  # fmt: skip

# Other countries have several reduced rates, by lists of goods that staff must read; without one
# here, such goods bear the standard rate, which is never too little.
_REDUCED_RATES = {"DE": 700}

_HOME = "DE"
_ABROAD = tuple(country for country in _STANDARD_RATES if country != _HOME)


def _steps(*prices: tuple[int, int]) -> tuple[WeightStep, ...]:
    return tuple(WeightStep(up_to_g=grams, price_minor=price) for grams, price in prices)


_METHODS = (
    ShippingMethod(
        code="standard",
        name="Standard",
        countries=(_HOME,),
        steps=_steps((1_000, 390), (5_000, 590), (20_000, 990)),
        free_from_minor=4_900,
        p50_days=2,
        p90_days=4,
    ),
    ShippingMethod(
        code="express",
        name="Express",
        countries=(_HOME,),
        steps=_steps((5_000, 1_190), (20_000, 1_790)),
        p50_days=1,
        p90_days=2,
    ),
    ShippingMethod(
        code="europe",
        name="Europe",
        countries=_ABROAD,
        steps=_steps((1_000, 890), (5_000, 1_290), (20_000, 2_490)),
        free_from_minor=9_900,
        p50_days=4,
        p90_days=8,
    ),
)


def standard_rates() -> Mapping[str, int]:
    """Return the standard rate of each member state of the EU, in basis points."""
    return _STANDARD_RATES


async def seed_site(session: AsyncSession) -> str:
    """Fill in what the settings lack, leave what somebody set; return what was done, in words."""
    row = await repository.lock_row(session)
    filled = []
    if not row.shipping_methods:
        row.shipping_methods = [method.model_dump(mode="json") for method in _METHODS]
        filled.append("delivery")
    if not row.tax_rates:
        rates = [TaxRate(country=code, basis_points=bp) for code, bp in _STANDARD_RATES.items()]
        rates += [
            TaxRate(country=code, kind="reduced", basis_points=bp)
            for code, bp in _REDUCED_RATES.items()
        ]
        rates.append(TaxRate(country=ANYWHERE, name="No VAT", basis_points=0))
        row.tax_rates = [rate.model_dump(mode="json") for rate in rates]
        filled.append("tax")
    if not row.store_address:
        row.store_address = StoreAddress(country=_HOME).model_dump(mode="json")
        filled.append("address")
    if filled:
        row.version += 1
        await session.flush()
    return f"Settings: {', '.join(filled)} filled in." if filled else "Settings: nothing lacked."
