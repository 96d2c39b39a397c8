"""Topics and preferences: every kind in one topic, and what each answer changes."""

import pytest
from sqlalchemy import text

from cloud.notifications.kinds import Channel, NotificationKind
from cloud.notifications.service.wanting import channels_for
from cloud.notifications.topics import TOPICS, Topic, may_leave_mail, topic_of
from cloud.notifications.wording import CATEGORY_WORDS, TOPIC_WORDS
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

PATH = "/api/v1/me/notifications/preferences"
# What a contract, the law or somebody's safety needs.
NEEDED = {Topic.ORDERS, Topic.ACCOUNT, Topic.REFILLS, Topic.SUBSCRIPTIONS, Topic.SHOP}
# What advertises: nothing comes by mail before somebody says so.
ADVERTISING = {
    Topic.WISHES,
    Topic.NEW_SCENTS,
    Topic.LEFT_CARTS,
    Topic.OFFERS,
    Topic.SURVEYS,
    Topic.NEWSLETTER,
}


def test_every_kind_belongs_to_one_topic_with_words() -> None:
    kinds = [kind for rules in TOPICS.values() for kind in rules.kinds]

    assert sorted(kinds) == sorted(NotificationKind)
    assert set(TOPIC_WORDS) == set(TOPICS) == set(Topic)
    assert {rules.category for rules in TOPICS.values()} == set(CATEGORY_WORDS)


@pytest.mark.parametrize("kind", NotificationKind)
def test_mail_that_is_needed_cannot_be_left_and_mail_that_advertises_must_be_asked_for(
    kind: NotificationKind,
) -> None:
    topic = topic_of(kind)

    assert may_leave_mail(kind) == (topic not in NEEDED | {Topic.ASKED_FOR})
    assert not (topic in ADVERTISING and Channel.MAIL in TOPICS[topic].usual)


@pytest.mark.needs_postgres
async def test_a_member_chooses_every_topic_that_is_theirs_to_choose(customer: CloudClient) -> None:
    before = (await customer.get(PATH)).json()["preferences"]
    turned = [
        {"topic": one["topic"], "channel": channel, "is_wanted": not one[channel]}
        for one in before
        for channel in ("app", "mail")
    ]

    after = (await customer.patch_json(PATH, {"changes": turned})).json()["preferences"]

    assert [one["topic"] for one in after] == [one["topic"] for one in before]
    assert not {"stock", "alerts"} & {one["topic"] for one in after}
    for old, new in zip(before, after, strict=True):
        for channel in ("app", "mail"):
            assert new[channel] == (old[channel] is not old[f"may_choose_{channel}"])


@pytest.mark.needs_postgres
async def test_the_page_stores_what_is_ticked(customer: CloudClient, staff: CloudClient) -> None:
    page = "/account/notifications/preferences"
    before = (await customer.get(PATH)).json()["preferences"]
    ticked = {f"{one['topic']}.mail": "yes" for one in before if one["topic"] != "parcels"}

    await customer.post_form(page, ticked, form_at=page)

    after = {one["topic"]: one for one in (await customer.get(PATH)).json()["preferences"]}
    assert (after["offers"]["app"], after["offers"]["mail"]) == (False, True)
    assert (after["parcels"]["app"], after["parcels"]["mail"]) == (False, False)
    assert (after["orders"]["app"], after["orders"]["mail"]) == (True, True)
    assert 'name="alerts.mail"' in (await staff.get(page)).text


@pytest.mark.needs_postgres
async def test_an_address_that_nobody_proved_gets_no_mail_that_has_to_be_asked_for(
    market: Market, customer: CloudClient
) -> None:
    asked = [{"topic": "new_scents", "channel": one, "is_wanted": True} for one in ("app", "mail")]
    await customer.patch_json(PATH, {"changes": asked})
    user_id, email = await market.user_id(), "customer@example.org"
    found = []
    for proof in ("NULL", "now()"):
        async with market.database.unit_of_work() as session:
            await session.execute(text(f"UPDATE users SET email_verified_at = {proof}"))
            for kind in (NotificationKind.NEW_PRODUCT, NotificationKind.ORDER_CONFIRMATION):
                found.append(await channels_for(session, user_id, email, kind))

    both = frozenset(Channel)
    assert found == [frozenset({Channel.APP}), both, both, both]
