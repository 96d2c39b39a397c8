"""How patient and how careful the hub is with its devices."""

from pydantic import BaseModel, ConfigDict, Field


class DeviceSettings(BaseModel):
    """The `[devices]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    confirm_s: float = Field(
        default=5.0,
        gt=0,
        le=300,
        description="Seconds a device has to show what it was asked for. 5: ten times what a "
        "slow microcontroller behind Wi-Fi needs.",
    )
    retries: int = Field(
        default=2,
        ge=0,
        le=10,
        description="How often a command is repeated before it counts as unconfirmed. 2: Wi-Fi "
        "that loses three in a row within 15 s is worth telling.",
    )
    override_hours: float = Field(
        default=4.0,
        gt=0,
        le=168,
        description="Hours for which what a person wished holds against rules when no schedule "
        "switches the device before. 4: an evening.",
    )
    max_run_minutes: int = Field(
        default=720,
        ge=1,
        le=10_080,
        description="Minutes a device may run without a pause, whoever wished it. 720: no room "
        "needs scent for longer than a day's waking half.",
    )
    max_run_minutes_of: dict[str, int] = Field(
        default={},
        description="The same for single devices, by id. Empty: all follow max_run_minutes.",
    )
    rest_minutes: int = Field(
        default=15,
        ge=0,
        le=1_440,
        description="Minutes a device rests after it ran for so long; nothing may start it "
        "before. 15: a room airs in that time.",
    )
    silent_after_s: float = Field(
        default=900.0,
        ge=60,
        description="Seconds without a word after which a device is no longer believed to be "
        "there. 900: three of Tasmota's reports.",
    )
    owed_every_s: float = Field(
        default=60.0,
        ge=5,
        description="Seconds between attempts to switch off a device that reports but does not "
        "obey. 60: as often as somebody would look.",
    )
    save_every_s: float = Field(
        default=30.0,
        ge=1,
        le=600,
        description="Seconds between writes of what the devices last reported. 30: spares the "
        "memory card; they report again after a power cut.",
    )
