"""Writing the quiz, by staff: in a draft that nobody answers, until it is published.

Every change takes the draft's row under lock, checks the version that staff saw, and raises it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified

from cloud.foundation import audit
from cloud.foundation.identity import SignedIn
from cloud.foundation.versions import check_version
from cloud.recommendations.errors import (
    EditionFixed,
    EditionNotFound,
    FeaturesUnknown,
    NothingToPublish,
    QuestionKeyTaken,
    QuestionNotFound,
)
from cloud.recommendations.kinds import EditionStatus
from cloud.recommendations.models import QuizEdition, QuizQuestion
from cloud.recommendations.repository import questions, shelf
from cloud.recommendations.shapes import Choices, QuestionFields, read_options

_SUBJECT = "quiz_editions"


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition with its questions in their order."""

    edition: QuizEdition
    questions: Sequence[QuizQuestion]


async def view(session: AsyncSession, edition_id: int) -> EditionView:
    """Return an edition; raises EditionNotFound."""
    edition = await questions.get_edition(session, edition_id)
    if edition is None:
        raise EditionNotFound
    return EditionView(edition, await questions.questions_of(session, edition_id))


async def begin_draft(session: AsyncSession, staff: SignedIn) -> QuizEdition:
    """Return the draft; where there is none, a new one with the published questions in it.

    Two who begin at once begin one.
    """
    published = await questions.find_edition(session, EditionStatus.PUBLISHED)
    made = await questions.add_draft(session)
    draft = await questions.find_edition(session, EditionStatus.DRAFT, locked=True)
    if draft is None:
        raise EditionNotFound
    if draft.id == made:
        for one in await questions.questions_of(session, published.id) if published else ():
            await add_to(session, draft.id, one.position, fields_of(one))
        after = {"number": draft.number}
        await audit.note(session, staff, "begin", _SUBJECT, draft.id, after=after)
    return draft


async def put_question(
    session: AsyncSession,
    staff: SignedIn,
    edition_id: int,
    question_id: int | None,
    wish: QuestionFields,
    *,
    seen: int,
) -> QuizQuestion:
    """Add a question at the end of a draft (`question_id` None), or write one anew.

    Raises EditionNotFound, EditionFixed, ChangedMeanwhile, QuestionNotFound, QuestionKeyTaken,
    and FeaturesUnknown for weights about something that no product has.
    """
    draft = await _draft(session, edition_id)
    present = await questions.questions_of(session, edition_id)
    old = next((one for one in present if one.id == question_id), None)
    if question_id is not None and old is None:
        raise QuestionNotFound
    before = facts_of(old) if old else None
    check_version(draft.version, seen, before or {})
    await _check_features(session, wish)
    if any(one.key == wish.key and one is not old for one in present):
        raise QuestionKeyTaken
    if old is None:
        position = max((one.position for one in present), default=-1) + 1
        old = await add_to(session, edition_id, position, wish)
    else:
        _write(old, wish)
    await _touch(session, draft)
    await audit.note(
        session, staff, "change", "quiz_questions", old.id, before=before, after=facts_of(old)
    )
    return old


async def move_question(
    session: AsyncSession,
    staff: SignedIn,
    edition_id: int,
    question_id: int,
    *,
    up: bool,
    seen: int,
) -> None:
    """Swap a question with the one before or after it; at the end of the list nothing happens."""
    draft = await _draft(session, edition_id)
    check_version(draft.version, seen, {})
    present = list(await questions.questions_of(session, edition_id))
    place = next((at for at, one in enumerate(present) if one.id == question_id), None)
    if place is None:
        raise QuestionNotFound
    other = place - 1 if up else place + 1
    if not 0 <= other < len(present):
        return
    before = [one.key for one in present]
    present[place], present[other] = present[other], present[place]
    for position, one in enumerate(present):
        one.position = position
    await _touch(session, draft)
    after = [one.key for one in present]
    await audit.note(
        session,
        staff,
        "move",
        _SUBJECT,
        edition_id,
        before={"order": before},
        after={"order": after},
    )


async def drop_question(
    session: AsyncSession, staff: SignedIn, edition_id: int, question_id: int, *, seen: int
) -> None:
    """Take a question out of a draft."""
    draft = await _draft(session, edition_id)
    check_version(draft.version, seen, {})
    present = await questions.questions_of(session, edition_id)
    old = next((one for one in present if one.id == question_id), None)
    if old is None:
        raise QuestionNotFound
    before = facts_of(old)
    await session.execute(delete(QuizQuestion).where(QuizQuestion.id == question_id))
    await _touch(session, draft)
    await audit.note(session, staff, "delete", "quiz_questions", question_id, before=before)


async def publish(
    session: AsyncSession, staff: SignedIn, edition_id: int, now: datetime, *, seen: int
) -> None:
    """Make a draft the edition that is begun from now on.

    Whoever began another one goes on with that. Raises NothingToPublish for one without questions.
    """
    draft = await _draft(session, edition_id)
    check_version(draft.version, seen, {})
    if not await questions.questions_of(session, edition_id):
        raise NothingToPublish
    published = await questions.find_edition(session, EditionStatus.PUBLISHED, locked=True)
    if published is not None:
        published.status = EditionStatus.RETIRED
        await session.flush()
    draft.status, draft.published_at = EditionStatus.PUBLISHED, now
    await session.flush()
    await audit.note(
        session,
        staff,
        "publish",
        _SUBJECT,
        edition_id,
        before={"status": EditionStatus.DRAFT},
        after={"status": EditionStatus.PUBLISHED},
    )


async def drop_draft(session: AsyncSession, staff: SignedIn, edition_id: int, *, seen: int) -> None:
    """Throw a draft away with its questions."""
    draft = await _draft(session, edition_id)
    check_version(draft.version, seen, {})
    await session.execute(delete(QuizQuestion).where(QuizQuestion.edition_id == edition_id))
    await session.execute(delete(QuizEdition).where(QuizEdition.id == edition_id))
    await audit.note(
        session, staff, "delete", _SUBJECT, edition_id, before={"number": draft.number}
    )


async def add_to(
    session: AsyncSession, edition_id: int, position: int, wish: QuestionFields
) -> QuizQuestion:
    """Add a question to an edition at a position."""
    question = QuizQuestion(edition_id=edition_id, position=position)
    _write(question, wish)
    session.add(question)
    await session.flush()
    return question


def fields_of(question: QuizQuestion) -> QuestionFields:
    """Return a question as staff wrote it."""
    facts = {name: getattr(question, name) for name in QuestionFields.model_fields}
    return QuestionFields.model_validate({**facts, "options": read_options(question.options)})


def facts_of(question: QuizQuestion) -> dict[str, Any]:
    """Return a question as JSON, for the audit log."""
    return fields_of(question).model_dump(mode="json")


def _write(question: QuizQuestion, wish: QuestionFields) -> None:
    for name in QuestionFields.model_fields:
        if name not in ("options", "translations"):
            setattr(question, name, getattr(wish, name))
    question.options = wish.options_json()
    question.translations = {
        language: texts.model_dump(mode="json") for language, texts in wish.translations.items()
    }


async def _draft(session: AsyncSession, edition_id: int) -> QuizEdition:
    edition = await questions.get_edition(session, edition_id, locked=True)
    if edition is None:
        raise EditionNotFound
    if edition.status is not EditionStatus.DRAFT:
        raise EditionFixed
    return edition


async def _touch(session: AsyncSession, draft: QuizEdition) -> None:
    """Raise the version of a draft, though none of its own columns changed."""
    flag_modified(draft, "number")
    await session.flush()


async def _check_features(session: AsyncSession, wish: QuestionFields) -> None:
    if not isinstance(wish.options, Choices):
        return
    named = {feature for one in wish.options.choices for feature in one.weights}
    unknown = named - set(await known_features(session)) if named else set()
    if unknown:
        raise FeaturesUnknown(", ".join(sorted(unknown)[:5]))


async def known_features(session: AsyncSession) -> Collection[str]:
    """Return everything that weights can be about, sorted."""
    return await shelf.list_features(session)
