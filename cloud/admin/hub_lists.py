"""The hubs out there as a list for staff: when each was last heard, and what is wrong with it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Text, cast, func, select

from cloud.accounts.models import User
from cloud.admin.listing import Choice, Column, Listing
from cloud.foundation.words import N_
from cloud.hubs.models import Household, HouseholdMember, HouseholdRole, Hub

ONLINE_WITHIN = timedelta(minutes=30)
# A home on holiday is silent for long; this is when its owner would want to know.
_SILENT_AFTER = timedelta(days=3)

_OWNER = (
    select(func.min(cast(User.email, Text)))
    .join(HouseholdMember, HouseholdMember.user_id == User.id)
    .where(
        HouseholdMember.household_id == Hub.household_id,
        HouseholdMember.role == HouseholdRole.OWNER,
    )
    .correlate(Hub)
    .scalar_subquery()
)
_LIVE = Hub.revoked_at.is_(None)


def _is_online(now: datetime) -> ColumnElement[bool]:
    return _LIVE & (Hub.seen_at > now - ONLINE_WITHIN)


HUBS = Listing(
    "hubs",
    select(
        Hub.id,
        Hub.name,
        Household.name.label("household"),
        _OWNER.label("owner"),
        Hub.software,
        Hub.paired_at,
        Hub.seen_at,
        Hub.revoked_at,
        Hub.duplicated_at,
    ).join(Household, Household.id == Hub.household_id),
    Hub.id,
    (
        Column("name", N_("Hub"), Hub.name, link="/admin/hubs/{id}"),
        Column("household", N_("Household"), Household.name),
        Column("owner", N_("Owner")),
        Column("software", N_("Software"), Hub.software),
        Column("paired_at", N_("Connected since"), Hub.paired_at),
        Column("seen_at", N_("Last heard")),
        Column("revoked_at", N_("State")),
    ),
    order="-paired_at",
    searched=(Hub.name, Household.name),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "online": (N_("Online"), _is_online),
                "silent": (
                    N_("Silent for days"),
                    lambda now: (
                        _LIVE & (func.coalesce(Hub.seen_at, Hub.paired_at) < now - _SILENT_AFTER)
                    ),
                ),
                "copied": (
                    N_("Two machines speak as it"),
                    lambda _now: _LIVE & Hub.duplicated_at.is_not(None),
                ),
                "revoked": (N_("Revoked"), lambda _now: Hub.revoked_at.is_not(None)),
            },
        ),
    ),
)
