"""What is recommended, as pages and programs show it: cards that can be bought, with reasons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.conversion import Conversion
from cloud.foundation.words import Phrase
from cloud.recommendations.kinds import NeighbourKind
from cloud.recommendations.models import QuizPick, QuizRun, Suggestion
from cloud.recommendations.reasons import Reason
from cloud.recommendations.repository import learning, questions, runs, shelf
from cloud.recommendations.wording import (
    ALONG,
    SaidQuestion,
    say_likeness,
    say_question,
    say_reason,
)

MOST_SHOWN = 6
"""On the page of a result, and of suggestions; what goes with a product shows four."""
MOST_BESIDE = 4


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks: in which language (None: the shop's own) and currency (None: the shop's own)."""

    language: str | None
    conversion: Conversion | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A product that can be bought now, with the reasons to be said (`fmt.say`), at least one."""

    card: Mapping[str, Any]
    reasons: tuple[str, ...]


async def result(
    session: AsyncSession, run: QuizRun, eyes: Eyes, most: int = MOST_SHOWN
) -> list[Shown]:
    """Return what a run recommends, the best first, without what cannot be bought now."""
    return await _shown(session, await runs.picks_of(session, run.id), eyes, most)


async def for_member(
    session: AsyncSession, user_id: int, eyes: Eyes, most: int = MOST_SHOWN
) -> list[Shown]:
    """Return what is suggested to a member, the best first; nothing while nothing is known."""
    return await _shown(session, await learning.suggestions_of(session, user_id), eyes, most)


async def alike(
    session: AsyncSession, product_id: int, eyes: Eyes, most: int = MOST_BESIDE
) -> list[Shown]:
    """Return the products most like one that can be bought now, the nearest first."""
    found = await learning.neighbours_of(session, [product_id], NeighbourKind.ALIKE)
    rows = await _cards(session, [tie.product_id for tie in found.get(product_id, ())], eyes, most)
    if not rows:
        return []
    scents = await shelf.scents_of(session, [product_id, *(row["product_id"] for row in rows)])
    own = scents[product_id]
    return [Shown(row, (say_likeness(own, scents[row["product_id"]]),)) for row in rows]


async def along(
    session: AsyncSession, product_ids: Collection[int], eyes: Eyes, most: int = MOST_BESIDE
) -> list[Shown]:
    """Return what people who bought any of some products took too, without those themselves."""
    found = await learning.neighbours_of(session, product_ids, NeighbourKind.WITH)
    if not found:
        return []
    best: dict[int, tuple[float, int]] = {}
    for product_id, ties in sorted(found.items()):
        for tie in ties:
            if tie.product_id not in product_ids:
                best[tie.product_id] = max(
                    best.get(tie.product_id, (0.0, 0)), (tie.score, product_id)
                )
    ids = sorted(best, key=lambda other: (-best[other][0], other))
    rows = await _cards(session, ids, eyes, most)
    names = await shelf.names_of(session, {of for _, of in best.values()}, eyes.language)
    return [Shown(row, (Phrase(ALONG, name=names[best[row["product_id"]][1]]),)) for row in rows]


async def _shown(
    session: AsyncSession,
    chosen: Sequence[QuizPick] | Sequence[Suggestion],
    eyes: Eyes,
    most: int,
) -> list[Shown]:
    rows = await _cards(session, [one.product_id for one in chosen], eyes, most)
    if not rows:
        return []
    seen = {row["product_id"] for row in rows}
    reasons = {
        one.product_id: [Reason.of_json(each) for each in one.reasons]
        for one in chosen
        if one.product_id in seen
    }
    asked, names = await _words(session, [one for each in reasons.values() for one in each], eyes)
    shown = (
        Shown(
            row,
            tuple(
                dict.fromkeys(
                    said
                    for one in reasons[row["product_id"]]
                    if (said := say_reason(one, asked, names))
                )
            ),
        )
        for row in rows
    )
    # A reason can be about a question or a product that is no more: then it is not shown at all.
    return [one for one in shown if one.reasons]


async def _words(
    session: AsyncSession, reasons: Sequence[Reason], eyes: Eyes
) -> tuple[dict[int, SaidQuestion], dict[int, str]]:
    asked = await questions.questions_by_id(
        session, {one.question_id for one in reasons if one.question_id}
    )
    said = {one.id: say_question(one, eyes.language) for one in asked.values()}
    about = {one.product_id for one in reasons if one.product_id}
    return said, await shelf.names_of(session, about, eyes.language)


async def _cards(
    session: AsyncSession, product_ids: Sequence[int], eyes: Eyes, most: int
) -> Sequence[Mapping[str, Any]]:
    if not product_ids:
        return []
    rows = await shelf.list_cards(
        session,
        product_ids,
        eyes.now,
        language=eyes.language,
        conversion=eyes.conversion,
        most=most,
    )
    return [dict(row) for row in rows]
