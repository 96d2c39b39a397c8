"""The tables of the quiz and of what is learnt and suggested."""

from cloud.recommendations.models.answers import QuizAnswer, QuizPick, QuizRun
from cloud.recommendations.models.learnt import ProductNeighbour, Suggestion, SuggestionTurn
from cloud.recommendations.models.questions import QuizEdition, QuizQuestion
from cloud.recommendations.models.use import ScentUse, UseConsent, UseMark

__all__ = [
    "ProductNeighbour",
    "QuizAnswer",
    "QuizEdition",
    "QuizPick",
    "QuizQuestion",
    "QuizRun",
    "ScentUse",
    "Suggestion",
    "SuggestionTurn",
    "UseConsent",
    "UseMark",
]
