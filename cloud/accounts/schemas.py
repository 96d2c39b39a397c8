"""What accounts take and give over HTTP."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from cloud.accounts.kinds import AddressKind
from cloud.foundation.identity import Role

Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
NeededLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
_OUT = ConfigDict(from_attributes=True)


class SignUp(BaseModel):
    """A new customer."""

    email: Email
    name: Name = ""
    password: SecretStr = Field(description="10 to 200 characters.")
    invitation: str = Field(
        default="", max_length=40, description="The code of who invited them, if anybody."
    )


class SignIn(BaseModel):
    """Somebody who has an account."""

    email: Email
    password: SecretStr


class LinkWish(BaseModel):
    """Somebody who wants to set a new password."""

    email: Email


class PasswordReset(BaseModel):
    """A new password, by the link that was mailed."""

    token: str = Field(max_length=100)
    password: SecretStr


class EmailProof(BaseModel):
    """The token of a link that was mailed, and the account's password unless signed in to it."""

    token: str = Field(max_length=100)
    password: SecretStr | None = None


class PasswordChange(BaseModel):
    """A new password, by somebody who knows the old one."""

    old: SecretStr
    new: SecretStr


class EmailChange(BaseModel):
    """The address that is to be the account's."""

    email: Email


class ProfileChange(BaseModel):
    """What to change of a profile; what is left out stays."""

    name: Name | None = None
    language: Language | None = None


class RoleChange(BaseModel):
    """The role an account is to have."""

    role: Role


class UserOut(BaseModel):
    """An account, as its owner and staff see it."""

    model_config = _OUT

    id: int
    email: str
    email_verified_at: datetime | None
    name: str
    role: Role
    language: str | None
    created_at: datetime


class SessionOut(BaseModel):
    """A live sign-in."""

    id: int
    device: str
    address: str
    signed_in_at: datetime
    seen_at: datetime = Field(description="Last use, true to five minutes.")
    expires_at: datetime
    is_current: bool


class AddressIn(BaseModel):
    """A postal address as somebody writes it."""

    recipient: NeededLine
    line1: NeededLine
    line2: Line = ""
    city: NeededLine
    region: Line = ""
    postcode: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    country: Country = Field(description="ISO 3166 alpha-2.")
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""
    company: Line = Field(default="", description="The firm there, if any.")
    vat_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = Field(
        default="", description="Its VAT number in the EU, with the letters of its country."
    )


class NewAddress(AddressIn):
    """An address to add."""

    kind: AddressKind = AddressKind.SHIPPING
    is_default: bool = False


class AddressOut(AddressIn):
    """A stored address."""

    model_config = _OUT

    id: int
    kind: AddressKind
    is_default: bool
