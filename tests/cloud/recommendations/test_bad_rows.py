"""Rows that no quiz and no suggestion can have are refused by the tables themselves."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.cloud.recommendations.answering import take

pytestmark = pytest.mark.needs_postgres

COPY = "INSERT INTO {0} SELECT (jsonb_populate_record(t, '{1}')).* FROM {0} AS t LIMIT 1"
BAD_ROWS = (
    COPY.format("quiz_editions", '{"id": 99, "number": 2}'),
    "UPDATE quiz_editions SET published_at = NULL",
    "UPDATE quiz_editions SET number = 0",
    "UPDATE quiz_questions SET kind = 'SONG'",
    "UPDATE quiz_questions SET kind = 'SCALE' WHERE kind = 'TEXT'",
    "UPDATE quiz_questions SET options = '{}'",
    "UPDATE quiz_questions SET options = '[]'",
    "UPDATE quiz_questions SET key = 'Not a key'",
    "UPDATE quiz_questions SET text = ''",
    "UPDATE quiz_questions SET image_url = '/media/x.svg'",
    COPY.format("quiz_questions", '{"id": 99}'),
    "DELETE FROM quiz_questions",
    COPY.format("quiz_runs", '{"id": 99, "share_slug": null}'),
    "UPDATE quiz_runs SET user_id = NULL, token_digest = NULL",
    "UPDATE quiz_runs SET token_digest = decode(repeat('00', 32), 'hex')",
    "UPDATE quiz_runs SET first_completed_at = NULL",
    "UPDATE quiz_runs SET step = -1",
    "UPDATE quiz_answers SET answer = '{}'",
    """UPDATE quiz_answers SET answer = '{"value": 1, "text": "x"}'""",
    COPY.format("quiz_answers", "{}"),
    COPY.format("quiz_picks", '{"place": 99}'),
    "UPDATE quiz_picks SET reasons = '{}'",
    "UPDATE quiz_picks SET product_id = 404",
    "INSERT INTO product_neighbours VALUES (1, 'ALIKE', 0, 1, 0.5, 0)",
    "INSERT INTO product_neighbours VALUES (1, 'ALIKE', 0, 2, 1.5, 0)",
    "INSERT INTO product_neighbours VALUES (1, 'NEAR', 0, 2, 0.5, 0)",
    """INSERT INTO scent_uses
    SELECT 1, h.household_id, h.id, 'install-1', 1, 2, 1, now() FROM hubs h""",
)


async def test_every_bad_row_is_refused(customer, market):
    await take(customer)
    await market.open_home(await market.user_id())
    refused = []
    for statement in BAD_ROWS:
        with pytest.raises(DBAPIError) as error:
            await market.run(statement)
        refused.append(getattr(error.value.orig, "sqlstate", ""))

    assert {state[:2] for state in refused} == {"23"}, dict(zip(BAD_ROWS, refused, strict=True))


async def test_good_rows_are_stored_by_the_same_means(customer, market):
    await take(customer)

    await market.run("INSERT INTO product_neighbours VALUES (1, 'ALIKE', 0, 2, 0.5, 0)")
    await market.run("UPDATE quiz_answers SET answer = '{\"value\": 1}'")
    async with market.database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM product_neighbours")) == 1
