"""What the quiz refuses."""

from cloud.foundation.errors import Conflict, Invalid, NotFound, Refused
from cloud.foundation.words import N_, Phrase


class NoQuiz(NotFound):
    """No edition of the quiz is published."""

    code = "no_quiz"

    def __init__(self) -> None:
        super().__init__("There is no quiz at the moment.", hint="Look at the scents instead.")


class QuestionNotFound(NotFound):
    """There is no such question in this quiz."""

    code = "question_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such question.", hint="Go on where you were.")


class AnswerUnfit(Invalid):
    """An answer that this question cannot have."""

    code = "answer_unfit"

    def __init__(self, hint: str) -> None:
        super().__init__("This is no answer to the question.", hint=hint, field="answer")


class AnswerMissing(Refused):
    """A question that has to be answered was not; `place` is its place, from 0."""

    code = "answer_missing"

    def __init__(self, place: int) -> None:
        super().__init__(
            Phrase("Question %(number)d has no answer yet.", number=place + 1),
            hint="Answer it, and we can recommend something.",
        )
        self.place = place


class QuizNotFinished(NotFound):
    """There is no result, or it is not shown to others any more."""

    code = "quiz_not_finished"

    def __init__(self) -> None:
        super().__init__(
            "There is no such result.", hint="Take the quiz, and you have one of your own."
        )


class EditionNotFound(NotFound):
    """There is no such edition of the quiz."""

    code = "edition_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such edition.", hint="Choose one from the list.")


class EditionFixed(Conflict):
    """What was published cannot be changed."""

    code = "edition_fixed"

    def __init__(self) -> None:
        super().__init__(
            "This edition is published; people are answering it.",
            hint="Begin a new draft and publish that.",
        )


class NothingToPublish(Refused):
    """A draft without a question."""

    code = "nothing_to_publish"

    def __init__(self) -> None:
        super().__init__("The draft has no question.", hint="Add one first.")


class QuestionKeyTaken(Conflict):
    """Another question of the draft has that key."""

    code = "question_key_taken"

    def __init__(self) -> None:
        super().__init__("Another question has this key.", hint="Choose another one.", field="key")


class FeaturesUnknown(Invalid):
    """Weights name something that no product has."""

    code = "features_unknown"

    def __init__(self, features: str) -> None:
        super().__init__(
            Phrase("No scent has %(features)s.", features=features),
            hint=N_("Take words from the list beside the form."),
            field="choices",
        )
