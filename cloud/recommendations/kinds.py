"""The words of the quiz and of suggestions that stand in the database."""

from enum import StrEnum


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE_TEXT = "SINGLE_TEXT"
    SINGLE_IMAGE = "SINGLE_IMAGE"
    MULTIPLE_TEXT = "MULTIPLE_TEXT"
    MULTIPLE_IMAGE = "MULTIPLE_IMAGE"
    SCALE = "SCALE"
    TEXT = "TEXT"

    @property
    def has_choices(self) -> bool:
        """Tell whether it is answered by choosing."""
        return self not in (QuestionKind.SCALE, QuestionKind.TEXT)

    @property
    def has_pictures(self) -> bool:
        """Tell whether its choices are pictures."""
        return self in (QuestionKind.SINGLE_IMAGE, QuestionKind.MULTIPLE_IMAGE)

    @property
    def is_multiple(self) -> bool:
        """Tell whether several choices can be taken."""
        return self in (QuestionKind.MULTIPLE_TEXT, QuestionKind.MULTIPLE_IMAGE)


class EditionStatus(StrEnum):
    """Where an edition of the quiz stands: one draft and one published at most."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    RETIRED = "RETIRED"


class NeighbourKind(StrEnum):
    """How two products belong together: ALIKE in what they are, WITH by who buys them."""

    ALIKE = "ALIKE"
    WITH = "WITH"
