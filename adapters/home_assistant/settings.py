"""Whether and where Home Assistant is told of the home."""

from pydantic import BaseModel, ConfigDict, Field


class HomeAssistantSettings(BaseModel):
    """The `[home_assistant]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(
        default=True,
        description="Announce every diffuser to Home Assistant on the broker. On: a home that has "
        "it finds them by itself, and where there is none a few kept messages harm nobody. Off: "
        "what was announced before is taken back.",
    )
    leave_out: frozenset[str] = Field(
        default=frozenset(),
        description="Ids of diffusers not to announce, such as one that Home Assistant reads by "
        "itself and would show twice. None: few homes read one both ways.",
    )
    prefix: str = Field(
        default="homeassistant",
        pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$",
        max_length=100,
        description="Topic below which Home Assistant looks for devices. homeassistant: its own "
        "default; its MQTT options call it the discovery prefix.",
    )
    status_topic: str = Field(
        default="homeassistant/status",
        pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$",
        max_length=100,
        description="Topic on which Home Assistant says that it is online. homeassistant/status: "
        "its own default, whatever the prefix; its MQTT options call it the birth message.",
    )
