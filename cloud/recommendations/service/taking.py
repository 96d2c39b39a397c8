"""Taking the quiz: answers are kept as one goes, back and forth, until there is a result."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.secrets import mint_token
from cloud.recommendations import answers
from cloud.recommendations.errors import (
    AnswerMissing,
    NoQuiz,
    QuestionNotFound,
    QuizNotFinished,
)
from cloud.recommendations.events import QuizCompleted
from cloud.recommendations.kinds import EditionStatus
from cloud.recommendations.models import QuizAnswer, QuizQuestion, QuizRun
from cloud.recommendations.repository import learning, questions, runs
from cloud.recommendations.service.results import recommend
from cloud.recommendations.shapes import Answer, read_options
from cloud.recommendations.takers import Taker

# A guest's quiz, from the last answer on; a member's stays.
KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Progress:
    """Somebody's quiz: its questions in order and their answers by question id.

    `run` None: they have not begun, and these are the questions they would be asked.
    """

    run: QuizRun | None
    questions: Sequence[QuizQuestion]
    answers: dict[int, QuizAnswer] = field(default_factory=dict)

    def question(self, place: int) -> QuizQuestion:
        """Return the question at a place, from 0; raises QuestionNotFound."""
        if not 0 <= place < len(self.questions):
            raise QuestionNotFound
        return self.questions[place]

    @property
    def missing(self) -> int | None:
        """Return the place of the first question that has to be answered and is not."""
        return next(
            (
                place
                for place, one in enumerate(self.questions)
                if one.is_required and one.id not in self.answers
            ),
            None,
        )

    @property
    def next_place(self) -> int:
        """Return where to go on, from 1: no later than at a question that must be answered."""
        step = self.run.step if self.run else 0
        missing = self.missing
        last = max(0, len(self.questions) - 1)
        return min(step, step if missing is None else missing, last) + 1


async def look(session: AsyncSession, taker: Taker | None) -> Progress:
    """Return somebody's quiz (None: a stranger's); raises NoQuiz when none is published."""
    run = await runs.find_run(session, taker) if taker else None
    if run is not None:
        return await _progress(session, run)
    edition = await questions.find_edition(session, EditionStatus.PUBLISHED)
    if edition is None:
        raise NoQuiz
    return Progress(None, await questions.questions_of(session, edition.id))


async def answer(
    session: AsyncSession, taker: Taker, place: int, given: Answer, now: datetime
) -> Progress:
    """Keep an answer to the question at a place, from 0; an empty one takes it back.

    The first answer begins the quiz. What was recommended stays until there is something new.
    Raises NoQuiz, QuestionNotFound, AnswerUnfit, and AnswerMissing for an empty answer to a
    question that has to be answered.
    """
    run = await _begun(session, taker, now)
    progress = await _progress(session, run)
    question = progress.question(place)
    if given.is_empty:
        if question.is_required:
            raise AnswerMissing(place)
        await runs.drop_answers(session, run.id, question.id)
    else:
        answers.check(question.kind, read_options(question.options), given)
        await runs.put_answer(session, run.id, question.id, given.as_json(), now)
    run.step, run.touched_at, run.completed_at = max(run.step, place + 1), now, None
    await session.flush()
    return await _progress(session, run)


async def finish(session: AsyncSession, taker: Taker, now: datetime) -> QuizRun:
    """Work out what somebody's answers recommend; doing it again gives the same.

    Raises NoQuiz, and AnswerMissing for the first question that has to be answered.
    """
    run = await runs.find_run(session, taker, locked=True)
    if run is None:
        raise (
            NoQuiz
            if await questions.find_edition(session, EditionStatus.PUBLISHED) is None
            else AnswerMissing(0)
        )
    progress = await _progress(session, run)
    if progress.missing is not None:
        raise AnswerMissing(progress.missing)
    await complete(session, run, now)
    return run


async def complete(session: AsyncSession, run: QuizRun, now: datetime) -> None:
    """Store the result of a locked run whose answers are all there, and tell of the first one."""
    await recommend(session, run, now)
    is_first = run.first_completed_at is None
    run.completed_at = now
    run.first_completed_at = run.first_completed_at or now
    await session.flush()
    if run.user_id is not None:
        await learning.ask(session, run.user_id, now)
        if is_first:
            await emit(session, QuizCompleted(run.user_id, run.id, now))


async def redo(session: AsyncSession, taker: Taker, now: datetime) -> None:
    """Begin anew, on the newest edition, with the answers that still fit filled in.

    The old result is shown until there is a new one. Raises NoQuiz.
    """
    edition = await questions.find_edition(session, EditionStatus.PUBLISHED)
    if edition is None:
        raise NoQuiz
    run = await runs.begin_run(session, taker, edition.id, now)
    if run.edition_id != edition.id:
        held = await kept_answers(session, run)
        await move(session, run, edition.id, {one.key: one for one in held})
    run.step, run.completed_at, run.touched_at = 0, None, now
    await session.flush()


async def kept_answers(session: AsyncSession, run: QuizRun) -> list[answers.Kept]:
    """Return a run's answers by the keys of their questions."""
    progress = await _progress(session, run)
    keys = {one.id: one.key for one in progress.questions}
    return [
        answers.Kept(keys[one.question_id], one.answer, one.answered_at)
        for one in progress.answers.values()
    ]


async def move(
    session: AsyncSession, run: QuizRun, edition_id: int, held: dict[str, answers.Kept]
) -> None:
    """Put a locked run on an edition with answers by key; what does not fit there is forgotten."""
    await runs.drop_answers(session, run.id)
    run.edition_id = edition_id
    await session.flush()
    for question in await questions.questions_of(session, edition_id):
        one = held.get(question.key)
        if one is not None and answers.fits(
            question.kind, read_options(question.options), one.answer
        ):
            await runs.put_answer(session, run.id, question.id, one.answer, one.answered_at)


async def share(session: AsyncSession, taker: Taker, *, shared: bool) -> QuizRun:
    """Open a result to whoever has its address, or close it again; raises QuizNotFinished."""
    run = await runs.find_run(session, taker, locked=True)
    if run is None or run.first_completed_at is None:
        raise QuizNotFinished
    run.share_slug = (run.share_slug or mint_token()) if shared else None
    await session.flush()
    return run


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Forget the quizzes of guests who did not come back for 90 days."""
    await runs.drop_old_guests(session, now - KEPT)


async def _begun(session: AsyncSession, taker: Taker, now: datetime) -> QuizRun:
    run = await runs.find_run(session, taker, locked=True)
    if run is not None:
        return run
    edition = await questions.find_edition(session, EditionStatus.PUBLISHED)
    if edition is None:
        raise NoQuiz
    return await runs.begin_run(session, taker, edition.id, now)


async def _progress(session: AsyncSession, run: QuizRun) -> Progress:
    asked = await questions.questions_of(session, run.edition_id)
    return Progress(run, asked, (await runs.answers_of(session, [run.id]))[run.id])
