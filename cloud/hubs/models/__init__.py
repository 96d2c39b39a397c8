"""The tables of households and hubs.

`household_id` leads every primary and foreign key of what a hub writes, so that no statement can
reach another household by a wrong id, and the tables can be spread by household.
"""

from cloud.hubs.models.documents import CloudDocument, SharedDocument, SharedField
from cloud.hubs.models.history import EventReject, HubEvent, HubLineage
from cloud.hubs.models.households import Household, HouseholdMember, HouseholdRole
from cloud.hubs.models.hubs import Hub, HubNonce, HubSession
from cloud.hubs.models.pairings import HubPairing
from cloud.hubs.models.slots import HubDiffuser, Slot

__all__ = [
    "CloudDocument",
    "EventReject",
    "Household",
    "HouseholdMember",
    "HouseholdRole",
    "Hub",
    "HubDiffuser",
    "HubEvent",
    "HubLineage",
    "HubNonce",
    "HubPairing",
    "HubSession",
    "SharedDocument",
    "SharedField",
    "Slot",
]
