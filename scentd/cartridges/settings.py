"""What a household may set about its cartridges."""

from pydantic import BaseModel, ConfigDict, Field


class CartridgeSettings(BaseModel):
    """When a cartridge counts as running low, and how often its level is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold_percent: float = Field(
        default=15.0,
        gt=0,
        le=50,
        description=(
            "Percent left at which a cartridge runs low. 15: about nine days of a bottle that "
            "lasts two months, longer than a parcel takes."
        ),
    )
    lead_days: float = Field(
        default=6.0,
        ge=0,
        le=60,
        description=(
            "Days from ordering to having the bottle at home. 6: four for the parcel, one to "
            "say no, one to spare."
        ),
    )
    apart_s: int = Field(
        default=6 * 3600,
        ge=0,
        le=7 * 86_400,
        description=(
            "Seconds between two looks that may count as independent. 21600 (6 h): a device on "
            "its side or a bad reading rights itself within a morning."
        ),
    )
    settle_s: int = Field(
        default=600,
        ge=0,
        le=86_400,
        description=(
            "Seconds after a device (re)joined, a refill or a step of the clock during which "
            "nothing it says counts as evidence of a low level. 600: devices report their level "
            "at least every five minutes, so at least one reading is heard and set aside."
        ),
    )
    tick_s: int = Field(
        default=60,
        ge=1,
        le=3600,
        description=(
            "Seconds between two looks at all cartridges. 60: a minute of oil is far below "
            "what anybody can see."
        ),
    )
    level_every_s: int = Field(
        default=600,
        ge=1,
        le=86_400,
        description=(
            "Seconds between two levels of one slot told to the cloud. 600: enough for a plot, "
            "144 small messages a day at most."
        ),
    )
    history_days: int = Field(
        default=180,
        ge=1,
        le=3650,
        description="Days of levels kept for the plot. 180: two or three bottles in a row.",
    )
    default_capacity_ul: int = Field(
        default=50_000,
        ge=1_000,
        le=5_000_000,
        description=(
            "Microlitres a recognised cartridge is taken to hold when neither it nor the "
            "catalogue says. 50000: the commonest bottle."
        ),
    )
