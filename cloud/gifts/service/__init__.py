"""What becomes of bought gift cards: put down, issued, sent, taken back."""

from cloud.gifts.service.issuing import SKU, bought_from, due_at, issue, put_down
from cloud.gifts.service.sending import change_recipient, find_due, send_again, send_due
from cloud.gifts.service.taking_back import forfeit, freeze, left_of, restore, take_back, thaw
from cloud.gifts.service.views import view_card, view_gifts

__all__ = [
    "SKU",
    "bought_from",
    "change_recipient",
    "due_at",
    "find_due",
    "forfeit",
    "freeze",
    "issue",
    "left_of",
    "put_down",
    "restore",
    "send_again",
    "send_due",
    "take_back",
    "thaw",
    "view_card",
    "view_gifts",
]
