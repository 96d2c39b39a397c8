"""What can be done with reorders: take reports in, decide, ask, order, follow, explain."""

from cloud.reorders.service.answering import (
    Confirmed,
    cancel_reorder,
    confirm_proposal,
    decline_proposal,
    refresh_proposal,
)
from cloud.reorders.service.casing import spenders, spenders_of
from cloud.reorders.service.consenting import (
    Terms,
    change_wish,
    give_consent,
    pause_household,
    preview_consent,
    revoke_consent,
    set_mode,
)
from cloud.reorders.service.deciding import end_window, evaluate
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.following import (
    follow_order,
    follow_refusal,
    freeze_hub,
    note_fitted,
)
from cloud.reorders.service.intake import note_level, note_low
from cloud.reorders.service.products import defer_telling, tell_changed, tell_products
from cloud.reorders.service.views import (
    count_open,
    explain_reorder,
    get_reorder_view,
    list_proposals,
    list_reorders,
    list_slots,
)
from cloud.reorders.service.watching import check, expire_proposal, find_due

__all__ = [
    "Confirmed",
    "Desk",
    "Terms",
    "cancel_reorder",
    "change_wish",
    "check",
    "confirm_proposal",
    "count_open",
    "decline_proposal",
    "defer_telling",
    "end_window",
    "evaluate",
    "expire_proposal",
    "explain_reorder",
    "find_due",
    "follow_order",
    "follow_refusal",
    "freeze_hub",
    "get_reorder_view",
    "give_consent",
    "list_proposals",
    "list_reorders",
    "list_slots",
    "note_fitted",
    "note_level",
    "note_low",
    "pause_household",
    "preview_consent",
    "refresh_proposal",
    "revoke_consent",
    "set_mode",
    "spenders",
    "spenders_of",
    "tell_changed",
    "tell_products",
]
