"""What roles, staff and API tokens take and give over HTTP."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.accounts.schemas import Email
from cloud.foundation.identity import Role

_STRICT = ConfigDict(extra="forbid")
Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
PermitName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+:[a-z_]+$", max_length=60)]
RowId = Annotated[int, Field(ge=1, lt=2**63)]


class RoleFields(BaseModel):
    """A role as staff write it."""

    model_config = _STRICT

    name: Name
    description: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=400, pattern=r"^[^\x00]*$")
    ] = ""
    permits: list[PermitName] = Field(default_factory=list, max_length=200)


class RoleEdit(RoleFields):
    """A role as it is to be from now on, by somebody who saw `version`."""

    version: RowId


class RoleView(BaseModel):
    """A role. `stands_for` is set for the system's own two, which nobody changes."""

    id: int
    name: str
    description: str
    stands_for: Role | None
    version: int
    permits: list[str]
    people: int = Field(description="How many accounts have it.")


class PermitView(BaseModel):
    """Something that staff may be allowed to do."""

    name: str
    subject: str
    action: str
    category: str


class Post(BaseModel):
    """What somebody is to be here: a role, and for a MANAGER perhaps a definition of it."""

    model_config = _STRICT

    role: Role
    role_definition_id: RowId | None = None


class Colleague(BaseModel):
    """Somebody who works here."""

    id: int
    email: str
    name: str
    role: Role
    role_definition_id: int | None
    title: str = Field(description="The role's name.")
    since: datetime = Field(description="When the account was made.")
    version: int = Field(default=1, description="Counts what staff changed of it.")


class Invite(Post):
    """Somebody to ask by e-mail."""

    email: Email


class InvitationView(BaseModel):
    """An open invitation."""

    id: int
    email: str
    title: str
    expires_at: datetime


class TokenWish(BaseModel):
    """An API token to make."""

    model_config = _STRICT

    name: Name
    scopes: list[PermitName] = Field(min_length=1, max_length=200)
    days: int = Field(default=90, ge=1, le=366, description="How long it works.")


class TokenView(BaseModel):
    """An API token; the secret itself is shown once, when it is made."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="True to five minutes.")
    revoked_at: datetime | None


class NewToken(TokenView):
    """An API token just made, with its secret."""

    token: str
