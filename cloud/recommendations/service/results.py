"""From answers to a ranked list with reasons."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.recommendations.blend import WEIGHTS, Person, Shop, rank
from cloud.recommendations.likeness import Likeness
from cloud.recommendations.models import QuizRun
from cloud.recommendations.repository import learning, questions, runs, shelf
from cloud.recommendations.shapes import Answer, read_options
from cloud.recommendations.taste import Asked, Taste, taste_of
from cloud.recommendations.variety import varied

MOST_PICKS = 24
"""Kept of a result; more than are shown, because some may be sold out by then."""
LOVED_WITHIN = timedelta(days=365)
"""What is bought often is what was bought often in this time."""
_MOST_LOOKED_AT = 300


async def recommend(session: AsyncSession, run: QuizRun, now: datetime) -> None:
    """Store what the answers of a run recommend, from what can be bought now."""
    taste = (await tastes_of(session, [run]))[run.id]
    scents = await shelf.fitting_scents(session, taste, now, _MOST_LOOKED_AT)
    loved = await loved_share(session, now)
    ranked = rank(Person(taste=taste), scents, Shop({}, {}, loved), WEIGHTS)
    likeness = Likeness(scents)
    await runs.put_picks(session, run.id, varied(ranked, likeness.between, MOST_PICKS))


async def tastes_of(session: AsyncSession, taken: Collection[QuizRun]) -> dict[int, Taste]:
    """Return what the answers of runs say, by run."""
    held = await runs.answers_of(session, [run.id for run in taken])
    asked = await questions.questions_by_id(
        session, {question_id for found in held.values() for question_id in found}
    )
    options = {one.id: read_options(one.options) for one in asked.values()}
    return {
        run_id: taste_of(
            Asked(question_id, options[question_id], Answer.model_validate(one.answer))
            for question_id, one in found.items()
        )
        for run_id, found in held.items()
    }


async def loved_share(session: AsyncSession, now: datetime) -> dict[int, float]:
    """Return how loved products are: buyers in the last year, as a share of the most loved's."""
    buyers = await learning.count_buyers(session, now - LOVED_WITHIN)
    most = max(buyers.values(), default=0)
    return {product_id: count / most for product_id, count in buyers.items()}
