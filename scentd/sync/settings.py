"""What a household may set about the cloud."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator


class SyncSettings(BaseModel):
    """Which cloud, if any, and how patiently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cloud_url: str | None = Field(
        default=None,
        description=(
            "Where the cloud is, for example https://shop.example.org. None: the hub speaks to no "
            "cloud at all; everything in the home works without one."
        ),
    )
    hub_name: str = Field(
        default="Home",
        max_length=80,
        description="What the account first calls this hub; it can be changed there.",
    )
    key_folder: Path = Field(
        default=Path("/var/lib/scentd/keys"),
        description="Where the hub's private key lies, readable by the hub alone.",
    )
    fact_delay_s: float = Field(
        default=0.3,
        ge=0,
        le=2,
        description=(
            "Seconds an edit or a running-low waits for company before it is sent. 0.3: well "
            "within the two seconds promised, and a burst of edits goes together."
        ),
    )
    state_delay_s: float = Field(
        default=600,
        ge=0,
        description=(
            "Seconds that device state and firings may wait. 600: ten minutes, nobody watches "
            "them closer than that."
        ),
    )
    telemetry_delay_s: float = Field(
        default=43_200,
        ge=0,
        description=(
            "Seconds that levels and health may wait while nothing else is sent. 43200: half a "
            "day, and the account's level is never older."
        ),
    )
    telemetry_count: int = Field(
        default=100,
        ge=1,
        description="Events of any kind that are sent without waiting longer. 100 compress best.",
    )
    poll_every_s: float = Field(
        default=900,
        ge=1,
        description=(
            "Seconds between looks for news while no socket tells of them, varied by a fifth. "
            "900: a quarter of an hour, should the socket not get through."
        ),
    )
    retry_first_s: float = Field(
        default=2,
        gt=0,
        description="Seconds of the first pause after a failure; it doubles, drawn at random.",
    )
    retry_longest_s: float = Field(
        default=900,
        gt=0,
        description="Seconds of the longest pause. 900: an outage must not end in a stampede.",
    )
    retry_longest_with_facts_s: float = Field(
        default=30,
        gt=0,
        description=(
            "Seconds of the longest pause while a fact waits. 30: an order must not wait a quarter "
            "of an hour for a cloud that has come back."
        ),
    )
    timeout_s: float = Field(
        default=20,
        gt=0,
        description="Seconds one request may take in all. 20: slow lines, and no longer.",
    )

    @field_validator("cloud_url")
    @classmethod
    def _is_an_origin(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// (http:// for a cloud on this machine)")
        return url.rstrip("/") if url is not None else None
