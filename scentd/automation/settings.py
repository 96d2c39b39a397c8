"""What a household may set about its rules."""

from pydantic import BaseModel, ConfigDict, Field


class AutomationSettings(BaseModel):
    """Bounds that keep one rule from drowning the rest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grace_s: int = Field(
        default=900,
        ge=0,
        le=86_400,
        description=(
            "Seconds a time of day may be missed and still fire, once. 900: after a power cut "
            "the morning's scent is still wanted a quarter of an hour later, not at noon."
        ),
    )
    queue_length: int = Field(
        default=10,
        ge=1,
        le=1000,
        description=(
            "Firings of one rule that may wait (mode queued) or run at once (mode parallel). 10: "
            "more than a home needs; the next is told that the rule is busy."
        ),
    )
    loop_links: int = Field(
        default=10,
        ge=2,
        le=1000,
        description=(
            "Firings in a row, each caused by the one before, after which rules count as a loop. "
            "10: real chains have two or three links."
        ),
    )
    loop_window_s: int = Field(
        default=60,
        ge=1,
        le=3600,
        description=(
            "Seconds within which those firings must follow each other. 60: two rules that take "
            "turns every few minutes are a wish, not a fault."
        ),
    )
    loop_hold_s: int = Field(
        default=600,
        ge=1,
        le=86_400,
        description=(
            "Seconds for which a rule that closed a loop stays stopped. 600: long enough to be "
            "noticed, short enough that a mended rule works again without a restart."
        ),
    )
    runs_per_minute: int = Field(
        default=100_000,
        ge=0,
        le=10_000_000,
        description=(
            "Runs of one rule within a minute after which it counts as caught in a loop that "
            "leads outside the hub; 0 sets no bound. 100000: above any burst of a home's "
            "sensors, below what two programs do that answer each other as fast as they can."
        ),
    )
    record_days: int = Field(
        default=30,
        ge=1,
        le=366,
        description=(
            "Days of what happened that are kept to try rules against. 30: long enough for a "
            "rule of the month's habits, short enough to be forgotten."
        ),
    )
    record_bytes: int = Field(
        default=64_000_000,
        ge=100_000,
        le=10_000_000_000,
        description=(
            "Most space that record may take, in bytes; the oldest goes first. 64000000: thirty "
            "busy days take about a tenth of it."
        ),
    )
    traces_kept: int = Field(
        default=100,
        ge=1,
        le=1000,
        description="Firings remembered for each rule. 100: about 60 kB a rule at most.",
    )
