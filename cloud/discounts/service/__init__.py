"""What discounts do: quote, count uses, hold and spend gift cards."""

from cloud.discounts.service.gift_cards import (
    Issued,
    correct,
    credit_back,
    free_of,
    get_card,
    history,
    issue,
    list_page,
    list_unexplained,
    paid_by_cards,
    restore,
    set_blocked,
    take_back,
)
from cloud.discounts.service.looking import CardBalance, look_up
from cloud.discounts.service.personal import (
    Saving,
    close_coupon,
    give_coupon,
    keep_saving,
    rename_saving,
    start_saving,
)
from cloud.discounts.service.quoting import (
    NOTHING_ENTERED,
    Entered,
    Quoted,
    quote,
    quote_offers,
)
from cloud.discounts.service.recognising import Recognised, recognise
from cloud.discounts.service.redeeming import (
    can_settle,
    give_back_uses,
    keep_holding,
    redeem,
    release,
    settle,
)

__all__ = [
    "NOTHING_ENTERED",
    "CardBalance",
    "Entered",
    "Issued",
    "Quoted",
    "Recognised",
    "Saving",
    "can_settle",
    "close_coupon",
    "correct",
    "credit_back",
    "free_of",
    "get_card",
    "give_back_uses",
    "give_coupon",
    "history",
    "issue",
    "keep_holding",
    "keep_saving",
    "list_page",
    "list_unexplained",
    "look_up",
    "paid_by_cards",
    "quote",
    "quote_offers",
    "recognise",
    "redeem",
    "release",
    "rename_saving",
    "restore",
    "set_blocked",
    "settle",
    "start_saving",
    "take_back",
]
