"""What a household may set about its hub's memory."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

_MIB = 1024 * 1024


class StoreSettings(BaseModel):
    """Where the hub's file lies and how much of the disk it may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Field(
        default=Path("/var/lib/scentd/scentd.db"),
        description="The database file. The state directory that systemd gives the hub.",
    )
    flush_after_s: float = Field(
        default=30.0,
        gt=0,
        le=300,
        description=(
            "Seconds that state snapshots may wait in memory before they are written. 30: spares "
            "an SD card, and a power cut costs at most half a minute of levels."
        ),
    )
    reserve_bytes: int = Field(
        default=8 * _MIB,
        ge=0,
        le=256 * _MIB,
        description=(
            "Bytes held back in a file of their own and given up when the disk is full. 8 MiB: "
            "room for the facts that must not be lost while droppable rows are cleared."
        ),
    )
    outbox_budget_bytes: int = Field(
        default=64 * _MIB,
        ge=_MIB // 4,
        le=4096 * _MIB,
        description=(
            "Bytes of droppable events (telemetry, history) that may wait for the cloud. 64 MiB: "
            "about three years at 200 events a day."
        ),
    )
