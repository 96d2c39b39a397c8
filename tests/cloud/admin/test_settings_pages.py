"""The settings in the staff's pages: each section is stored, nothing is overwritten unseen."""

import re
from html import unescape

import pytest

from cloud.admin.setting_forms import SECTIONS
from cloud.foundation.identity import Role
from cloud.site.seed import seed_site

pytestmark = pytest.mark.needs_postgres
HOME = "/admin/settings"


@pytest.fixture
async def seeded(parts):
    """A shop with ways of delivery and rates."""
    async with parts.database.unit_of_work() as session:
        await seed_site(session)


def typed(page: str) -> dict[str, str]:
    """What a page's form would send unchanged."""
    form = page[page.index('<form class="card paper"') :]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form[: form.index("</form>")]):
        name = re.search(r'name="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag):
            value = re.search(r'value="([^"]*)"', tag)
            fields[name[1]] = unescape(value[1] if value else "")
    for name, text in re.findall(
        r'<textarea id="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL
    ):
        fields[name] = unescape(text)
    return fields


async def save(admin, section, **changes):
    page = await admin.get(f"{HOME}/{section}")
    return await admin.post_form(f"{HOME}/{section}", {**typed(page.text), **changes})


@pytest.mark.usefixtures("seeded")
async def test_every_section_is_stored_as_it_stands(admin):
    before = (await admin.get("/api/v1/staff/site")).json()

    for section in SECTIONS:
        answer = await save(admin, section)
        assert answer.status_code == 303, (section, answer.text)

    after = (await admin.get("/api/v1/staff/site")).json()
    assert after["version"] == before["version"] + len(SECTIONS)
    assert {**after, "version": 0} == {**before, "version": 0}


@pytest.mark.usefixtures("seeded")
async def test_what_is_typed_is_what_the_shop_says(admin):
    await save(admin, "shop", name="Duftladen", social_links="Mastodon https://social.test/@duft")
    await save(admin, "taxes", tax_rates="DE standard 19\nDE reduced 5,5 USt\n* standard 0 Export")

    site = (await admin.get("/api/v1/staff/site")).json()

    assert site["name"] == "Duftladen"
    assert site["social_links"] == [{"name": "Mastodon", "url": "https://social.test/@duft"}]
    assert [(r["country"], r["kind"], r["basis_points"], r["name"]) for r in site["tax_rates"]] == [
        ("DE", "standard", 1900, "VAT"),
        ("DE", "reduced", 550, "USt"),
        ("*", "standard", 0, "Export"),
    ]


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("taxes", "tax_rates", "DE standard many"),
        ("taxes", "tax_rates", "DE standard 19\nDE standard 7"),
        ("shop", "social_links", "Mastodon http://plain.test"),
        ("shop", "time_zone", "Europe/Atlantis"),
        ("look", "primary_colour", "red"),
        ("look", "logo_url", "https://elsewhere.test/logo.png"),
        ("languages", "languages", "english"),
    ],
)
async def test_what_cannot_be_is_shown_again(admin, section, field, value):
    before = (await admin.get("/api/v1/staff/site")).json()

    answer = await save(admin, section, **{field: value})

    assert answer.status_code == 422
    assert typed(answer.text)[field] == value
    assert (await admin.get("/api/v1/staff/site")).json() == before


async def test_r42_a_second_form_shows_what_the_first_one_stored(admin):
    stale = typed((await admin.get(f"{HOME}/shop")).text)
    await save(admin, "shop", name="First")

    answer = await admin.post_form(f"{HOME}/shop", {**stale, "name": "Second"})

    assert answer.status_code == 412
    assert "<q>First</q>" in answer.text
    assert typed(answer.text)["name"] == "Second"


async def test_who_may_not_change_settings_cannot(sign_in_as):
    customer = await sign_in_as(Role.CUSTOMER, "no@example.org")

    assert (await customer.get(f"{HOME}/shop")).status_code == 403
    assert (await customer.post_form(f"{HOME}/closing", {"is_closed": "yes"})).status_code == 403


async def test_colours_that_cannot_be_read_are_named(admin):
    await save(admin, "look", primary_colour="#ffee00")

    page = (await admin.get(f"{HOME}/look")).text

    assert "1.2 too little" in page  # yellow words upon white


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("country=AT&weight_g=500&worth_minor=6000", "8.90"),
        ("country=AT&weight_g=500&worth_minor=9900", "0.00"),
        ("country=US&weight_g=500&worth_minor=6000", "We do not deliver to this country yet."),
        ("country=AT&weight_g=90000&worth_minor=6000", "more than we can send there"),
    ],
)
async def test_a_parcel_can_be_tried(admin, asked, said):
    page = (await admin.get(f"{HOME}/shipping?{asked}")).text

    assert said in page[: page.index('id="ways"')]


async def test_a_mail_to_oneself_shows_that_mails_arrive(admin, mailbox):
    sent = await admin.post_form(f"{HOME}/shop/mail", {}, form_at=f"{HOME}/shop")

    assert sent.headers["location"] == f"{HOME}/shop?done=mailed"
    [mail] = mailbox.mails
    assert mail.recipient == "admin@example.org"
    assert "A test of the mails of" in mail.subject


async def test_a_mail_server_that_is_away_is_said_in_words(admin, mailbox):
    await mailbox.stop()

    refused = await admin.post_form(f"{HOME}/shop/mail", {}, form_at=f"{HOME}/shop")

    assert refused.status_code == 503
    assert "The mail could not be sent" in refused.text
    assert "SCENT_SMTP_HOST" in refused.text
