"""Postal addresses of a person; one default of each kind, always."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import identity_rows, repository
from cloud.accounts.errors import AddressNotFound
from cloud.accounts.kinds import AddressKind
from cloud.accounts.models import Address
from cloud.accounts.postcodes import clean_postcode
from cloud.accounts.vat_numbers import read_vat_number


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where something goes. `country` is ISO 3166 alpha-2, upper case; blanks are empty text."""

    recipient: str
    line1: str
    city: str
    postcode: str
    country: str
    line2: str = ""
    region: str = ""
    phone: str = ""
    company: str = ""
    vat_number: str = ""


async def list_addresses(session: AsyncSession, user_id: int) -> Sequence[Address]:
    """Return a person's addresses, by kind, the default first."""
    return await repository.list_addresses(session, user_id)


async def get_address(session: AsyncSession, user_id: int, address_id: int) -> Address:
    """Return one of a person's own addresses; AddressNotFound."""
    address = await repository.find_address(session, user_id, address_id)
    if address is None:
        raise AddressNotFound(address_id)
    return address


async def default_address(
    session: AsyncSession, user_id: int, kind: AddressKind = AddressKind.SHIPPING
) -> Address | None:
    """Return a person's default address of a kind; None for somebody without any."""
    return await repository.find_default_address(session, user_id, kind)


async def add_address(
    session: AsyncSession,
    user_id: int,
    kind: AddressKind,
    written: PostalAddress,
    *,
    is_default: bool,
) -> Address:
    """Add an address. The first of its kind is the default whatever is asked.

    Two first addresses at once: the account's row makes the second wait. Raises PostcodeWrong,
    VatNumberWrong.
    """
    await identity_rows.lock_user(session, user_id)
    current = await repository.find_default_address(session, user_id, kind)
    becomes_default = is_default or current is None
    if becomes_default:
        await repository.clear_default_address(session, user_id, kind)
    address = Address(user_id=user_id, kind=kind, is_default=becomes_default, **_row(written))
    session.add(address)
    await session.flush()
    return address


async def change_address(
    session: AsyncSession, user_id: int, address_id: int, written: PostalAddress
) -> Address:
    """Rewrite an address; orders keep the one they were placed with.

    Raises AddressNotFound, PostcodeWrong, VatNumberWrong.
    """
    address = await get_address(session, user_id, address_id)
    for name, value in _row(written).items():
        setattr(address, name, value)
    await session.flush()
    return address


async def make_default(session: AsyncSession, user_id: int, address_id: int) -> Address:
    """Make an address the default of its kind; AddressNotFound."""
    await identity_rows.lock_user(session, user_id)
    address = await get_address(session, user_id, address_id)
    await repository.clear_default_address(session, user_id, address.kind)
    address.is_default = True
    await session.flush()
    return address


async def remove_address(session: AsyncSession, user_id: int, address_id: int) -> None:
    """Remove an address; the oldest left of its kind becomes the default. AddressNotFound."""
    address = await get_address(session, user_id, address_id)
    await session.delete(address)
    await session.flush()
    if not address.is_default:
        return
    left = [
        other
        for other in await repository.list_addresses(session, user_id)
        if other.kind is address.kind
    ]
    if left:
        left[0].is_default = True
        await session.flush()


def _row(written: PostalAddress) -> dict[str, str]:
    postcode = clean_postcode(written.country, written.postcode)
    number = read_vat_number(written.vat_number)
    return {**asdict(written), "postcode": postcode, "vat_number": str(number or "")}
