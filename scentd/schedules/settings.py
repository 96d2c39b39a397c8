"""What a household may set about its schedules."""

from pydantic import BaseModel, ConfigDict, Field


class ScheduleSettings(BaseModel):
    """How late a window may begin unremarked, and how long the hub remembers what it did."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    punctual_s: int = Field(
        default=60,
        ge=1,
        le=3600,
        description=(
            "Seconds a window may begin late before its beginning counts as missed. 60: a restart "
            "of the hub takes less and is not worth a remark."
        ),
    )
    hold_s: int = Field(
        default=900,
        ge=0,
        le=86_400,
        description=(
            "Seconds to wait at start while the clock shows an earlier time than the hub has "
            "already seen. 900: a clock that lost its time is set right within minutes when "
            "there is a network; without one the home must not wait for ever."
        ),
    )
    log_days: int = Field(
        default=30,
        ge=1,
        le=400,
        description=(
            "Days for which “why did it (not) run” can be answered. 30: a month back, about "
            "150 kB for four busy diffusers."
        ),
    )
