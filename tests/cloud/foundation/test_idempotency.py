"""A request with an Idempotency-Key is done once, whatever happens to its first answer."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.foundation.database import at_commit
from cloud.foundation.repeats import AnswerLost, Repeats, Run, RunReplaced, StillWorking
from tests.fakes.cloud_client import CloudClient
from tests.fakes.shelf import put_on_shelf

pytestmark = pytest.mark.needs_postgres

PRINT = b"f" * 32
ANSWER = b"said before"


@pytest.fixture
async def variant_id(database):
    async with database.unit_of_work() as session:
        return (await put_on_shelf(session)).id


@pytest.fixture
async def token(client):
    return (await client.get("/api/v1/csrf")).json()["csrf_token"]


@pytest.fixture
def repeats(database, clock):
    return Repeats(database, clock, "s" * 32)


def _add(client, token, variant_id, key, quantity=1):
    return client.post(
        "/api/v1/cart/items",
        json={"variant_id": variant_id, "quantity": quantity},
        headers={"x-csrf-token": token, "idempotency-key": key},
    )


async def _in_cart(database):
    async with database.reading() as connection:
        return await connection.scalar(text("SELECT coalesce(sum(quantity), 0) FROM cart_items"))


async def test_a_repeat_gets_the_first_answer_and_changes_nothing(
    client, token, variant_id, database
):
    first = await _add(client, token, variant_id, "one")
    again = await _add(client, token, variant_id, "one")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["set-cookie"] == first.headers["set-cookie"]
    assert await _in_cart(database) == 1


async def test_two_keys_are_two_requests(client, token, variant_id, database):
    await _add(client, token, variant_id, "one")
    await _add(client, token, variant_id, "two")

    assert await _in_cart(database) == 2


async def test_r16_the_same_key_with_another_body_is_refused(client, token, variant_id, database):
    await _add(client, token, variant_id, "one")

    other = await _add(client, token, variant_id, "one", quantity=2)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await _in_cart(database) == 1


async def test_r16_ten_at_once_with_one_key_do_it_once(client, token, variant_id, database):
    answers = await asyncio.gather(*(_add(client, token, variant_id, "one") for _ in range(10)))

    codes = {answer.status_code for answer in answers}
    assert 200 in codes
    assert codes <= {200, 409}
    assert await _in_cart(database) == 1


async def test_a_refusal_is_an_answer_too(client, token, variant_id):
    first = await _add(client, token, variant_id + 1, "one")
    again = await _add(client, token, variant_id + 1, "one")

    assert first.status_code >= 400
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()


async def test_a_key_belongs_to_whoever_used_it(app, client, token, variant_id, database):
    await _add(client, token, variant_id, "one")
    async with CloudClient(app) as stranger:
        own = (await stranger.get("/api/v1/csrf")).json()["csrf_token"]

        answer = await _add(stranger, own, variant_id, "one")

    assert "idempotency-replayed" not in answer.headers
    assert await _in_cart(database) == 2


async def test_a_request_stopped_at_the_door_may_come_again(client, token, variant_id, database):
    stopped = await _add(client, "wrong", variant_id, "one")
    let_in = await _add(client, token, variant_id, "one")

    assert (stopped.status_code, let_in.status_code) == (403, 200)


@pytest.mark.parametrize("key", ["", "k" * 256, "two words"])
async def test_an_unfit_key_is_refused_in_words(client, token, variant_id, key):
    answer = await _add(client, token, variant_id, key)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_unfit")


async def test_nothing_readable_is_kept(client, token, variant_id, database):
    answer = await _add(client, token, variant_id, "a-key-of-mine")

    async with database.reading() as connection:
        row = (await connection.execute(text("SELECT * FROM kept_answers"))).one()
    stored = b"".join(value for value in row if isinstance(value, bytes))
    assert b"a-key-of-mine" not in stored
    assert answer.content[:20] not in stored


async def test_every_unsafe_operation_of_the_api_names_the_header(client):
    schema = (await client.get("/openapi.json")).json()

    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            named = [one["name"] for one in operation.get("parameters", [])]
            takes_it = method in ("post", "put", "patch", "delete") and path.startswith("/api/")
            assert named.count("Idempotency-Key") == int(takes_it), (method, path)


async def test_a_run_that_died_before_it_stored_anything_is_taken_over(repeats, clock):
    await repeats.begin("ada", "one", PRINT)

    with pytest.raises(StillWorking):
        await repeats.begin("ada", "one", PRINT)
    clock.step(timedelta(minutes=3))

    assert isinstance(await repeats.begin("ada", "one", PRINT), Run)


async def test_a_run_that_died_after_it_stored_something_is_never_run_again(
    repeats, clock, database
):
    run = await repeats.begin("ada", "one", PRINT)
    async with database.unit_of_work() as session:
        await repeats.mark(session, run)
    clock.step(timedelta(hours=3))

    with pytest.raises(AnswerLost):
        await repeats.begin("ada", "one", PRINT)


async def test_a_slow_run_cannot_commit_once_it_was_replaced(repeats, clock, database):
    slow = await repeats.begin("ada", "one", PRINT)
    clock.step(timedelta(minutes=3))
    quick = await repeats.begin("ada", "one", PRINT)

    with pytest.raises(RunReplaced):
        async with database.unit_of_work() as session:
            await repeats.mark(session, slow)
    async with database.unit_of_work() as session:
        await repeats.mark(session, quick)
    await repeats.keep(quick, "ada", "one", ANSWER)

    assert await repeats.begin("ada", "one", PRINT) == ANSWER


async def test_what_a_unit_of_work_commits_carries_the_mark(repeats, database):
    run = await repeats.begin("ada", "one", PRINT)
    token = at_commit.set(lambda session: repeats.mark(session, run))
    try:
        async with database.unit_of_work():
            pass
    finally:
        at_commit.reset(token)

    with pytest.raises(AnswerLost):
        await repeats.begin("ada", "one", PRINT)
