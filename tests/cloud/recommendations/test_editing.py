"""Staff write the quiz in a draft; whoever has begun another edition goes on with that."""

import re

import pytest
from sqlalchemy import text

from tests.cloud.recommendations.answering import API, answer, speak, take

pytestmark = pytest.mark.needs_postgres


@pytest.fixture
async def draft(admin):
    """The address of a new draft's page."""
    begun = await admin.post_form("/admin/quiz/draft", {})
    assert begun.status_code == 303, begun.text
    return begun.headers["location"]


async def version_of(parts):
    async with parts.database.unit_of_work() as session:
        return await session.scalar(
            text("SELECT version FROM quiz_editions WHERE status = 'DRAFT'")
        )


def question_links(page):
    return list(dict.fromkeys(re.findall(r"/admin/quiz/\d+/questions/\d+(?=\")", page)))


def typed(page):
    """Return what a form holds, as a browser would send it."""
    fields = dict(re.findall(r'<input id="([^"]+)"[^>]* value="([^"]*)"', page))
    flags = re.findall(r'<input type="checkbox" id="([^"]+)"[^>]* checked', page)
    (kind,) = re.findall(r'<option value="([A-Z_]+)" selected', page)
    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    return {**fields, **dict.fromkeys(flags, "yes"), "kind": kind, "version": version}


async def test_a_draft_begins_with_what_is_published_and_there_is_one(admin, draft, parts):
    again = await admin.post_form("/admin/quiz/draft", {})
    page = (await admin.get(draft)).text

    assert again.headers["location"] == draft
    assert len(question_links(page)) == 8
    async with parts.database.unit_of_work() as session:
        assert await session.scalar(text("SELECT count(*) FROM quiz_editions")) == 2


async def test_a_question_of_each_kind_is_saved_as_it_is_shown(admin, draft, parts):
    before = (await admin.get(API)).json()["questions"]
    for link in question_links((await admin.get(draft)).text):
        saved = await admin.post_form(link, typed((await admin.get(link)).text))
        assert saved.status_code == 303, saved.text
    published = await admin.post_form(f"{draft}/publish", {"version": await version_of(parts)})

    assert published.status_code == 303, published.text
    assert (await admin.get(API)).json()["questions"] == before


async def test_the_second_of_two_who_edit_is_told(admin, draft):
    link = question_links((await admin.get(draft)).text)[0]
    seen = typed((await admin.get(link)).text)

    first = await admin.post_form(link, {**seen, "text": "Which ones?"})
    second = await admin.post_form(link, {**seen, "text": "Whose is it?"})

    assert (first.status_code, second.status_code) == (303, 412)
    assert "Whose is it?" in second.text
    assert "Which ones?" in second.text


async def test_weights_about_nothing_are_refused(admin, draft):
    link = question_links((await admin.get(draft)).text)[0]
    form = typed((await admin.get(link)).text)

    unknown = await admin.post_form(link, {**form, "choice_1_weights": "family:metal=4"})
    unreadable = await admin.post_form(link, {**form, "choice_1_weights": "woody!"})

    assert "family:metal" in unknown.text
    assert (unknown.status_code, unreadable.status_code) == (422, 422)


async def test_whoever_began_before_an_edition_was_published_ends_with_theirs(
    admin, client, draft, parts
):
    await answer(client, 1, {"options": ["woods"]})
    last = question_links((await admin.get(draft)).text)[-1]
    version = await version_of(parts)
    await admin.post_form(f"{last}/remove", {"version": version})
    await admin.post_form(f"{draft}/publish", {"version": await version_of(parts)})

    finished = await take(client)
    stranger = (await admin.get(API)).json()
    again = (await client.post_json(f"{API}/again")).json()

    assert finished.status_code == 200
    assert len(stranger["questions"]) == len(again["questions"]) == 7
    assert again["questions"][0]["answer"]["options"] == ["woods", "amber"]


async def test_a_published_edition_cannot_be_changed(admin, draft, parts):
    link = question_links((await admin.get(draft)).text)[0]
    form = typed((await admin.get(link)).text)
    await admin.post_form(f"{draft}/publish", {"version": await version_of(parts)})

    changed = await admin.post_form(link, form)
    removed = await admin.post_form(f"{link}/remove", {"version": form["version"]})

    assert (changed.status_code, removed.status_code) == (409, 409)


async def test_texts_in_another_language_are_what_people_read_there(admin, draft, parts):
    await speak(parts, "en", "de")
    link = question_links((await admin.get(draft)).text)[0]
    page = (await admin.get(f"{link}/texts/de")).text
    fields = dict(re.findall(r'<input id="([^"]+)"[^>]* value="([^"]*)"', page))

    saved = await admin.post_form(
        f"{link}/texts/de",
        {**fields, "text": "Was riechen Sie gern?", "version": await version_of(parts)},
    )
    await admin.post_form(f"{draft}/publish", {"version": await version_of(parts)})
    german = (await admin.get(API, headers={"accept-language": "de"})).json()

    assert saved.status_code == 303, saved.text
    assert german["questions"][0]["text"] == "Was riechen Sie gern?"
    assert german["questions"][0]["options"]["choices"][0]["text"] == "Hölzer"
