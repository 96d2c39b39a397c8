"""The quiz and recommendations as programs see them."""

from collections.abc import Sequence

from cloud.catalogue.schemas import Picture, Price
from cloud.foundation.words import say
from cloud.recommendations.schemas import PicksView, PickView, QuestionView, QuizView
from cloud.recommendations.service.showing import Shown
from cloud.recommendations.service.taking import Progress
from cloud.recommendations.shapes import Answer
from cloud.recommendations.wording import say_question


def view_quiz(progress: Progress, language: str | None) -> QuizView:
    """Return somebody's quiz; `language` None is the shop's own."""
    run = progress.run
    return QuizView(
        questions=[
            QuestionView(
                place=place,
                key=said.key,
                kind=question.kind,
                text=said.text,
                help=said.help,
                tooltip=said.tooltip,
                image_url=said.image_url,
                image_alt=said.image_alt,
                is_required=question.is_required,
                options=said.options,
                answer=Answer.model_validate(kept.answer) if kept else None,
            )
            for place, question in enumerate(progress.questions, start=1)
            for said in [say_question(question, language)]
            for kept in [progress.answers.get(question.id)]
        ],
        next_place=progress.next_place,
        has_begun=run is not None,
        completed_at=run.completed_at if run else None,
        has_result=run is not None and run.first_completed_at is not None,
    )


def view_picks(shown: Sequence[Shown], language: str) -> PicksView:
    """Return recommendations, their reasons said in a language."""
    return PicksView(
        picks=[
            PickView(
                **{name: one.card[name] for name in _CARD},
                image=Picture.model_validate(one.card["image"]) if one.card["image"] else None,
                price=Price(minor=one.card["minor"], currency=one.card["currency"]),
                reasons=[say(language, reason) for reason in one.reasons],
            )
            for one in shown
        ]
    )


_CARD = ("product_id", "slug", "name", "tagline", "variant_id", "variant_name")
