"""The quiz is answered one question at a time, back and forth, and has a result with reasons."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.recommendations.service.taking import forget_old
from tests.cloud.recommendations.answering import ANSWERS, API, answer, speak, take

pytestmark = pytest.mark.needs_postgres


async def change(parts, statement, **values):
    async with parts.database.unit_of_work() as session:
        await session.execute(text(statement), values)


async def test_every_kind_of_question_is_asked_and_answered(client):
    quiz = (await client.get(API)).json()

    assert {one["kind"] for one in quiz["questions"]} == {
        "SINGLE_TEXT",
        "SINGLE_IMAGE",
        "MULTIPLE_TEXT",
        "MULTIPLE_IMAGE",
        "SCALE",
        "TEXT",
    }

    result = await take(client)

    picks = result.json()["picks"]
    assert result.status_code == 200, result.text
    assert len(picks) == 6
    assert all(one["reasons"] for one in picks)
    assert "You like woods, and this scent is built on them." in picks[0]["reasons"]
    kept = (await client.get(API)).json()
    assert [one["answer"] for one in kept["questions"]] == [
        {"options": [], "value": None, "text": ""} | given for given in ANSWERS
    ]


async def test_forms_lead_from_question_to_question_and_back_with_what_was_answered(client):
    onward = await client.post_form("/quiz/1", {"option": "herbs", "act": "on"})
    skipped = await client.post_form("/quiz/3", {"act": "skip"})
    back = await client.post_form("/quiz/2", {"act": "back"})
    page = (await client.get("/quiz/1")).text
    start = (await client.get("/quiz")).text

    assert onward.headers["location"] == "/quiz/2"
    assert skipped.headers["location"] == "/quiz/4"
    assert back.headers["location"] == "/quiz/1"
    assert re.search(r'value="herbs" checked', page)
    assert page.count(" checked") == 1
    assert 'href="/quiz/2"' in start  # the second has to be answered


UNFIT = (
    (1, {"options": ["metal"]}),
    (1, {"options": ["woods", "woods"]}),
    (1, {"value": 3}),
    (2, {"options": ["calm", "cosy"]}),
    (4, {"value": 6}),
    (4, {"text": "strong"}),
    (8, {"text": "x" * 81}),
    (8, {"options": ["woods"]}),
)


async def test_what_is_no_answer_is_refused(client):
    refused = [await answer(client, place, given) for place, given in UNFIT]

    assert {(one.status_code, one.json()["code"]) for one in refused} == {(422, "answer_unfit")}
    assert not (await client.get(API)).json()["has_begun"]


async def test_a_result_waits_for_what_has_to_be_answered(client):
    await answer(client, 1, {"options": ["woods"]})

    refused = await client.post_json(f"{API}/result")
    emptied = await answer(client, 1, {})

    assert (refused.json()["code"], emptied.json()["code"]) == ("answer_missing", "answer_missing")
    assert (await client.get(f"{API}/result")).status_code == 404


async def test_what_is_unwanted_sold_out_or_taken_off_is_not_recommended(client, parts):
    first = (await take(client)).json()["picks"]
    gone, sold_out = first[0]["product_id"], first[1]["product_id"]
    await change(parts, "UPDATE products SET published_at = NULL WHERE id = :id", id=gone)
    await change(
        parts,
        "UPDATE stock_levels l SET on_hand = 0 FROM variants v"
        " WHERE v.id = l.variant_id AND v.product_id = :id",
        id=sold_out,
    )

    shown = (await client.get(f"{API}/result")).json()["picks"]
    anew = (await client.post_json(f"{API}/result")).json()["picks"]

    sweet = await parts.database.row("SELECT array_agg(id) FROM products WHERE family = 'gourmand'")
    for picks in (shown, anew):
        ids = {one["product_id"] for one in picks}
        assert not ids & {gone, sold_out, *sweet[0]}
        assert len(picks) == 6


async def test_a_result_is_shown_to_others_while_it_is_shared(client, customer):
    mine = (await take(client)).json()
    await client.post_form("/quiz/share", {"shared": "1"}, form_at="/quiz/result")
    (address,) = set(re.findall(r"/quiz/results/[\w-]+", (await client.get("/quiz/result")).text))

    theirs = await customer.get(f"/api/v1{address}")
    page = await customer.get(address)
    await client.post_form("/quiz/share", {"shared": "0"}, form_at="/quiz/result")
    closed = await customer.get(f"/api/v1{address}")

    assert theirs.json() == mine
    assert "Take the quiz yourself" in page.text
    assert closed.status_code == 404


async def test_redoing_keeps_the_old_result_until_there_is_a_new_one(client):
    before = (await take(client)).json()

    await client.post_json(f"{API}/again")
    await answer(client, 1, {"options": ["citrus"]})
    meanwhile = await client.get("/quiz/result")
    kept = (await client.get(f"{API}/result")).json()
    after = (await client.post_json(f"{API}/result")).json()

    assert kept == before
    assert "You have begun anew" in meanwhile.text
    assert after != before


async def test_reasons_are_whole_sentences_in_the_visitors_language(client, parts):
    await speak(parts, "en", "de", "es")
    await take(client)

    for language, reason in (
        ("de", "Sie mögen Hölzer, und dieser Duft ist auf ihnen gebaut."),
        ("es", "Le gustan las maderas, y este aroma se apoya en ellas."),
    ):
        found = await client.get(f"{API}/result", headers={"accept-language": language})
        assert reason in found.json()["picks"][0]["reasons"]


async def test_a_guests_quiz_is_forgotten_after_ninety_days_and_a_members_is_not(
    client, customer, parts, clock
):
    await take(client)
    await take(customer)

    async with parts.database.unit_of_work() as session:
        await forget_old(session, clock.now() + timedelta(days=91))

    assert not (await client.get(API)).json()["has_begun"]
    assert (await customer.get(API)).json()["has_result"]


async def test_a_shop_without_a_quiz_says_so(client, parts):
    await change(parts, "DELETE FROM quiz_questions")
    await change(parts, "DELETE FROM quiz_editions")

    page = await client.get("/quiz")

    assert "There is no quiz at the moment" in page.text
    assert (await client.get(API)).json()["code"] == "no_quiz"
    assert (await client.get("/quiz/1")).headers["location"] == "/quiz"


async def test_nobody_answers_without_end(client):
    results = [(await client.post_json(f"{API}/result")).status_code for _ in range(21)]
    pages = [await client.post_form("/quiz/3", {"act": "skip"}) for _ in range(121)]

    assert 429 not in results[:20]
    assert results[20] == 429
    assert (pages[119].status_code, pages[120].status_code) == (303, 429)
