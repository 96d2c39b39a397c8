"""The household's members: who lives here, and which token speaks for whom."""

from dataclasses import replace
from http import HTTPStatus

from pydantic import Field

from scentd.api.access import Scope
from scentd.api.routes import Call, Route, View, route
from scentd.api.schedules import new_id
from scentd.model.presence import Member


class MemberBody(View):
    """A member to keep."""

    name: str = Field(min_length=1, max_length=80, pattern=r"\S")
    """What they are called."""
    token_id: str | None = Field(default=None, max_length=80)
    """The id of the access token whose reports are theirs; null for none."""


async def list_members(call: Call[None]) -> list[Member]:
    """Give every member."""
    return list(call.house.roster.members())


async def get_member(call: Call[None]) -> Member:
    """Give one member."""
    return call.house.roster.member(call.path["member_id"])


async def add_member(call: Call[MemberBody]) -> Member:
    """Keep a new member; where they are is unknown until a tracker or a person says so."""
    body = call.asked
    return await call.house.roster.save_member(Member(new_id(), body.name.strip(), body.token_id))


async def replace_member(call: Call[MemberBody]) -> Member:
    """Change a member."""
    known = call.house.roster.member(call.path["member_id"])
    changed = replace(known, name=call.asked.name.strip(), token_id=call.asked.token_id)
    return await call.house.roster.save_member(changed)


async def delete_member(call: Call[None]) -> None:
    """Forget a member; their trackers are nobody's again."""
    await call.house.roster.delete_member(call.path["member_id"])


_ALL = "/api/v1/members"
_ONE = f"{_ALL}/{{member_id}}"

ROUTES: tuple[Route, ...] = (
    route("GET", _ALL, Scope.READ, list_members, answers=list[Member]),
    route("GET", _ONE, Scope.READ, get_member, answers=Member),
    route(
        "POST",
        _ALL,
        Scope.CONFIGURE,
        add_member,
        asks=MemberBody,
        answers=Member,
        status=HTTPStatus.CREATED,
    ),
    route("PUT", _ONE, Scope.CONFIGURE, replace_member, asks=MemberBody, answers=Member),
    route("DELETE", _ONE, Scope.CONFIGURE, delete_member, status=HTTPStatus.NO_CONTENT),
)
