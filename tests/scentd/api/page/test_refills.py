from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scentd.api.formats import Formats
from scentd.api.page.refills import refill_note
from scentd.api.words import Languages
from scentd.contracts.documents import ReorderState, ReorderStatusV1
from tests.fakes.furniture import a_cartridge
from tests.fakes.parts import Cloud

FRIDAY = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
FORMATS = Formats(Languages.load().of("en"), ZoneInfo("Europe/Berlin"))
BOTTLE = a_cartridge("a", "Eucalyptus Mint", 30, 10, FRIDAY)
REFILL = ReorderStatusV1(
    state=ReorderState.PROPOSED,
    product_name="Eucalyptus Mint",
    variant_name="30 ml",
    quantity=1,
    total_minor=1490,
    currency="EUR",
    install_id=BOTTLE.install_id,
    order_number="1042",
    arrives_on=date(2026, 3, 11),
    proposal_url="http://shop.home/proposals/1",
    order_url="http://shop.home/orders/1042",
    cancel_until=FRIDAY,
    reason="the card was declined",
    changed_at=FRIDAY,
)


def note(refill, *, cloud=Cloud(), is_low=True):
    return refill_note(BOTTLE, refill, cloud, FORMATS, FRIDAY, is_low=is_low)


def said(state, **changes):
    found = note(REFILL.model_copy(update={"state": state, **changes}))
    return found.lead, found.text, found.link_text, found.link


@pytest.mark.parametrize(
    ("state", "lead", "text", "link_text"),
    [
        (
            ReorderState.PROPOSED,
            "Running low.",
            "Refill proposed: Eucalyptus Mint 30 ml, €14.90",
            "Review and order",
        ),
        (
            ReorderState.PENDING_CANCEL_WINDOW,
            "",
            "Refill ordered for you: Eucalyptus Mint 30 ml, €14.90. You can cancel until 21:10.",
            "See or cancel",
        ),
        (ReorderState.ORDERED, "", "Refill ordered: Eucalyptus Mint 30 ml.", "See the order"),
        (
            ReorderState.PAID,
            "",
            "Eucalyptus Mint 30 ml: paid, being packed; arrives Wednesday.",
            "See the order",
        ),
        (
            ReorderState.SHIPPED,
            "",
            "Eucalyptus Mint 30 ml is on its way: arrives Wednesday.",
            "See the order",
        ),
        (ReorderState.DELIVERED, "", "Eucalyptus Mint 30 ml was delivered.", "Say it is fitted"),
        (ReorderState.CANCELLED, "", "The refill order was cancelled.", ""),
        (ReorderState.DECLINED, "", "The proposed refill was declined.", ""),
        (
            ReorderState.FAILED,
            "Running low.",
            "The refill could not be ordered: the card was declined.",
            "",
        ),
    ],
)
def test_each_state_is_said_in_words(state, lead, text, link_text):
    assert said(state)[:3] == (lead, text, link_text)


def test_every_state_has_its_words():
    assert all(said(state)[1] for state in ReorderState)


def test_an_order_without_a_day_says_so_without_one():
    assert said(ReorderState.SHIPPED, arrives_on=None)[1] == "Eucalyptus Mint 30 ml is on its way."
    assert said(ReorderState.PAID, arrives_on=None)[1].endswith("paid, being packed.")


def test_several_bottles_and_a_test_order_are_named():
    text = said(ReorderState.ORDERED, quantity=2, is_test=True)[1]

    assert text == "Refill ordered: 2 × Eucalyptus Mint 30 ml. Test order, nothing is charged."  # noqa: RUF001 - how people write “times”


def test_a_delivered_refill_leads_to_its_slot():
    assert said(ReorderState.DELIVERED)[3] == "/cartridges/a/1"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", None, ""])
def test_only_web_addresses_are_linked(url):
    assert said(ReorderState.PROPOSED, proposal_url=url)[3] == ""


@pytest.mark.parametrize(
    ("cloud", "text"),
    [
        (Cloud(paired=False, connected=False), "Pair this hub with your account"),
        (Cloud(), "A refill is being asked for."),
        (Cloud(connected=False), "as soon as the cloud is back"),
    ],
)
def test_a_low_bottle_the_cloud_has_not_spoken_of_says_what_comes(cloud, text):
    found = note(None, cloud=cloud)

    assert found.lead == "Running low."
    assert text in found.text


def test_a_full_bottle_needs_no_word():
    assert note(None, is_low=False) is None


def test_what_is_over_is_forgotten_with_the_next_bottle():
    old = REFILL.model_copy(update={"install_id": "before", "state": ReorderState.DELIVERED})

    assert note(old, is_low=False) is None
    assert note(old).text == "A refill is being asked for."


def test_an_order_on_its_way_outlives_its_bottle():
    old = REFILL.model_copy(update={"install_id": "before", "state": ReorderState.SHIPPED})

    assert "on its way" in note(old, is_low=False).text
