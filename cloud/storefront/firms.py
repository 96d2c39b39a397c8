"""The firm that buys, as it is typed into the form of checkout."""

from collections.abc import Mapping

from fastapi import Request

from cloud.checkout import service as checkout
from cloud.checkout.service import NO_COMPANY, Company
from cloud.checkout.vies import VAT_RATE
from cloud.foundation.errors import CloudError
from cloud.foundation.rate_limits import RateLimiter
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.postal_forms import read_company


async def read_firm(
    desk: FrontDesk, request: Request, limiter: RateLimiter, typed: Mapping[str, str]
) -> Company:
    """Return the firm that was typed, its VAT number looked up; people ask nobody.

    Raises FieldWrong, VatNumberWrong, VatNumberUnknown, and what the limiter raises.
    """
    name, number = read_company(typed), typed["vat_number"]
    if not (name or number.strip()):
        return NO_COMPANY
    if number.strip():
        address = request.client.host if request.client else "unknown"
        await limiter.count(f"vat:{address}", VAT_RATE)
    return await checkout.recognise_company(
        desk.database, desk.register, name, number, desk.clock.now()
    )


async def firm_or_problem(
    desk: FrontDesk, request: Request, limiter: RateLimiter, typed: Mapping[str, str]
) -> tuple[Company, CloudError | None]:
    """Return the firm that was typed, or nobody and what is wrong with it."""
    try:
        return await read_firm(desk, request, limiter, typed), None
    except CloudError as error:
        return NO_COMPANY, error
