"""Every form of the staff either says which version it was written on, or only adds or acts.

A form that replaces what is stored carries the version that was read, so that a second tab is told
of the first. `ACTS` are the others, by where they send to, each with the reason why two of them
cannot lose anything of each other.
"""

import re

from tests.shape.tree import ROOT

TEMPLATES = ROOT / "cloud" / "admin" / "templates"
# The pages that are walked, by their templates; a new one joins them.
WALKED = (
    "audit",
    "categories",
    "customer",
    "disputes",
    "draft",
    "form",
    "frame",
    "gift_card",
    "hub",
    "import",
    "imports",
    "jobs",
    "matrix",
    "order",
    "order_draft",
    "orders",
    "people",
    "person",
    "product",
    "promotion",
    "purchase",
    "return",
    "role",
    "search",
    "settings",
    "shelf",
    "shipping",
    "staff",
    "stock_one",
    "subscription",
    "tokens",
    "tracking",
    "webhook",
    "webhook_delivery",
    "webhook_log",
)
_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
_ACTION = re.compile(r'action="([^"]*)"')
# A paper's form begins with the version by `form_start`, wherever it has one.
_VERSIONED = ('name="version"', "form_start(")

ADDS = "it adds a row and changes none"
MOVES = "the thing's state decides under its lock whether the step is still possible"
OWN = "nobody but its owner changes it"
AGAIN = "doing it twice comes to the same"
ACTS = {
    "notes": ADDS,
    "refund": ADDS,
    "block": AGAIN,
    "unblock": AGAIN,
    "points": ADDS,
    "export": AGAIN,
    "export.json": AGAIN,
    "erase": AGAIN,
    "revoke": AGAIN,
    "ship": ADDS,
    "delivered": MOVES,
    "status": MOVES,
    "cancel": MOVES,
    "resend": ADDS,
    "ask-payment": ADDS,
    "transfer": MOVES,
    "fulfil": MOVES,
    "tracking": AGAIN,
    "record": MOVES,
    "place": ADDS,
    "new": ADDS,
    "approve": MOVES,
    "refuse": MOVES,
    "close": MOVES,
    "evidence": MOVES,
    "retry": MOVES,
    "order-views": OWN,
    "rename": OWN,
    "forget": OWN,
    "views": OWN,
    "send": ADDS,
    "invite": ADDS,
    "remove": AGAIN,
    "copy": ADDS,
    "duplicate": ADDS,
    "take-out": AGAIN,
    "restore": AGAIN,
    "now": AGAIN,
    "never": AGAIN,
    "related": AGAIN,
    "images": ADDS,
    "models": AGAIN,
    "ping": ADDS,
    "secret": ADDS,
    "mail": ADDS,
    "imports": ADDS,
    "apply": MOVES,
    "tokens": ADDS,
    "receive": MOVES,
    "draft": AGAIN,
    "suspend": MOVES,
    "resume": MOVES,
    "{{ way }}": AGAIN,
    "{{ act }}": ADDS,
    "{{ view.id }}": OWN,
    "{{ remove[0] }}": AGAIN,
    "{{": AGAIN,  # a gift card is blocked, or not any more
    "{{ pictured }}": AGAIN,
    "texts": "the words under one picture of a shelf: two lines, both shown on the page",
    # Each row of the matrix is found by its options; what differs is told (test_matrix_pages).
    "matrix.html": MOVES,
    "forecast_drafts.html": ADDS,
    # Reviews carry the edition that was read; a reply is one text that its page shows.
    "reject": MOVES,
    "reply": AGAIN,
    "reviews": MOVES,
}


def _forms() -> list[tuple[str, str, str]]:
    return [
        (path.name, action[1].strip() if (action := _ACTION.search(form)) else "", form)
        for path in (TEMPLATES / f"{name}.html" for name in WALKED)
        for form in _FORM.findall(path.read_text("utf-8"))
    ]


def test_every_form_of_the_staff_carries_a_version_or_only_adds_or_acts() -> None:
    forms = _forms()
    loose = [
        f"{name}: {action or 'its own address'}"
        for name, action, form in forms
        if not any(mark in form for mark in _VERSIONED)
        and (action.rstrip("/").rpartition("/")[2] or name) not in ACTS
    ]

    assert len(forms) > 60
    assert loose == []
