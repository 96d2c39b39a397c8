"""What the rest of the cloud asks of hubs and households."""

from cloud.hubs.service.documents import edit, publish
from cloud.hubs.service.fleet import (
    Home,
    get_slot,
    leave_homes,
    list_homes,
    list_hubs,
    remove_hub,
    rename_hub,
    revoke,
)
from cloud.hubs.service.households import (
    add_member,
    ensure_household,
    households_of,
    members_of,
    require_owner,
    role_in,
)
from cloud.hubs.service.pairings import Pairings, PairingView

__all__ = [
    "Home",
    "PairingView",
    "Pairings",
    "add_member",
    "edit",
    "ensure_household",
    "get_slot",
    "households_of",
    "leave_homes",
    "list_homes",
    "list_hubs",
    "members_of",
    "publish",
    "remove_hub",
    "rename_hub",
    "require_owner",
    "revoke",
    "role_in",
]
