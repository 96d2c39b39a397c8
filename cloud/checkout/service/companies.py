"""Firms that buy: whether the VAT number they give is in force."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cloud.accounts.vat_numbers import read_vat_number
from cloud.checkout import repository
from cloud.checkout.errors import VatNumberUnknown
from cloud.checkout.models import VatCheck
from cloud.checkout.vies import VatRegister, Verdict
from cloud.foundation.database import Database

# A number may lose its force any day; within one it is not asked for again.
_FRESH = timedelta(days=1)
_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Company:
    """The firm that buys; all of it is empty for people.

    `vat_country` (ISO 3166 alpha-2) is where its VAT number comes from, None unless the register
    said at `confirmed_at` that it is in force.
    """

    name: str = ""
    vat_number: str = ""
    vat_country: str | None = None
    confirmed_at: datetime | None = None

    @property
    def is_unconfirmed(self) -> bool:
        """Tell whether the register kept silent about its number, so that tax is charged."""
        return bool(self.vat_number) and self.confirmed_at is None


NO_COMPANY = Company()


async def recognise_company(
    database: Database, register: VatRegister, name: str, typed: str, now: datetime
) -> Company:
    """Return the firm of that name and VAT number as typed; what the register says is kept a day.

    Call it outside a unit of work: the register may take seconds. Without a number nothing is
    asked, and no statement is issued. Raises VatNumberWrong, VatNumberUnknown.
    """
    number = read_vat_number(typed)
    if number is None:
        return Company(name.strip()) if name else NO_COMPANY
    company = Company(name.strip(), str(number))
    async with database.unit_of_work() as session:
        known = await repository.find_check(session, str(number), now - _FRESH)
    if known is None:
        verdict = await register.look_up(number)
        if verdict is Verdict.SILENT:
            return company
        known = VatCheck(number=str(number), is_valid=verdict is Verdict.VALID, checked_at=now)
        async with database.unit_of_work() as session:
            await repository.keep_check(session, known, now - _KEPT)
    if not known.is_valid:
        raise VatNumberUnknown(str(number))
    return Company(company.name, company.vat_number, number.country, known.checked_at)
