"""Answering the demo's quiz over HTTP."""

import json

from sqlalchemy import text

API = "/api/v1/quiz"
ANSWERS = (
    {"options": ["woods", "amber"]},
    {"options": ["cosy"]},
    {"options": ["living-room", "study"]},
    {"value": 3},
    {"options": ["evening"]},
    {"options": ["not-sweet"]},
    {"options": ["forest"]},
    {"text": "cedar"},
)


async def answer(client, place, given):
    """Answer the question at a place, from 1."""
    return await client.put_json(f"{API}/answers/{place}", given)


async def take(client, answers=ANSWERS):
    """Answer all questions and return what is recommended."""
    for place, given in enumerate(answers, start=1):
        answered = await answer(client, place, given)
        assert answered.status_code == 200, answered.text
    return await client.post_json(f"{API}/result", {})


async def speak(parts, *languages):
    """Let the shop speak some languages, its own first."""
    async with parts.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE site_settings SET languages = CAST(:languages AS jsonb)"),
            {"languages": json.dumps(languages)},
        )
    parts.site.forget()
