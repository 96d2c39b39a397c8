"""The quiz and recommendations in JSON."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.catalogue.schemas import Picture, Price
from cloud.recommendations.kinds import QuestionKind
from cloud.recommendations.shapes import Answer, Options


class QuestionView(BaseModel):
    """A question in the caller's language, with their answer, if any."""

    place: int = Field(description="From 1.")
    key: str
    kind: QuestionKind
    text: str
    help: str
    tooltip: str
    image_url: str
    image_alt: str
    is_required: bool
    options: Options
    answer: Answer | None


class QuizView(BaseModel):
    """The quiz as the caller has it. `next_place` is where to go on, from 1."""

    questions: list[QuestionView]
    next_place: int
    has_begun: bool
    completed_at: datetime | None
    has_result: bool


class PickView(BaseModel):
    """A scent that can be bought now, with the reasons for it in whole sentences."""

    product_id: int
    slug: str
    name: str
    tagline: str
    image: Picture | None
    variant_id: int
    variant_name: str
    price: Price
    reasons: list[str]


class PicksView(BaseModel):
    """Recommended scents, the best first."""

    picks: list[PickView]


class UseConsentView(BaseModel):
    """Whether we may learn from what the caller's diffusers run."""

    given_at: datetime | None = Field(description="Null: we may not.")


class UseConsentChange(BaseModel):
    """The switch; false forgets everything that was learnt."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    is_given: bool
