"""What can be done with reorders: take reports in, decide, ask, order, follow, explain."""

from cloud.reorders.service.answering import (
    Confirmed,
    call_off_by_link,
    cancel_reorder,
    confirm_proposal,
    decline_proposal,
    keep_reorder,
    refresh_proposal,
)
from cloud.reorders.service.casing import spenders, spenders_of
from cloud.reorders.service.consenting import (
    Terms,
    cap_household,
    change_wish,
    give_consent,
    pause_household,
    preview_consent,
    revoke_all_consents,
    revoke_consent,
    set_mode_at_home,
)
from cloud.reorders.service.cycles import answer_refill, ask_refill, note_fitted
from cloud.reorders.service.deciding import end_window, evaluate
from cloud.reorders.service.desk import Desk
from cloud.reorders.service.explaining import explain_order, explain_reorder, list_history
from cloud.reorders.service.exporting import as_csv
from cloud.reorders.service.following import (
    follow_order,
    follow_refusal,
)
from cloud.reorders.service.freezing import freeze_hub, freeze_slot
from cloud.reorders.service.intake import look_at_slot, note_level, note_low
from cloud.reorders.service.leaving import defer_letting_go, let_go
from cloud.reorders.service.parcels import (
    answer_push_back,
    answer_with_parcel,
    defer_claims,
    defer_claims_of_order,
    defer_push_backs,
    list_push_backs,
    look_after_claim,
    push_back,
)
from cloud.reorders.service.products import defer_telling, tell_changed, tell_products
from cloud.reorders.service.proposing import propose_by_hub, propose_by_member, take_report
from cloud.reorders.service.trials import begin_test, walk_test
from cloud.reorders.service.views import (
    count_open,
    get_reorder_view,
    list_households,
    list_proposals,
    list_reorders,
    list_slots,
    view_by_link,
)
from cloud.reorders.service.watching import check, expire_proposal, find_due

__all__ = [
    "Confirmed",
    "Desk",
    "Terms",
    "answer_push_back",
    "answer_refill",
    "answer_with_parcel",
    "as_csv",
    "ask_refill",
    "begin_test",
    "call_off_by_link",
    "cancel_reorder",
    "cap_household",
    "change_wish",
    "check",
    "confirm_proposal",
    "count_open",
    "decline_proposal",
    "defer_claims",
    "defer_claims_of_order",
    "defer_letting_go",
    "defer_push_backs",
    "defer_telling",
    "end_window",
    "evaluate",
    "expire_proposal",
    "explain_order",
    "explain_reorder",
    "find_due",
    "follow_order",
    "follow_refusal",
    "freeze_hub",
    "freeze_slot",
    "get_reorder_view",
    "give_consent",
    "keep_reorder",
    "let_go",
    "list_history",
    "list_households",
    "list_proposals",
    "list_push_backs",
    "list_reorders",
    "list_slots",
    "look_after_claim",
    "look_at_slot",
    "note_fitted",
    "note_level",
    "note_low",
    "pause_household",
    "preview_consent",
    "propose_by_hub",
    "propose_by_member",
    "push_back",
    "refresh_proposal",
    "revoke_all_consents",
    "revoke_consent",
    "set_mode_at_home",
    "spenders",
    "spenders_of",
    "take_report",
    "tell_changed",
    "tell_products",
    "view_by_link",
    "walk_test",
]
