"""How the hub reaches its broker."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class MqttSettings(BaseModel):
    """The `[mqtt]` table: one broker, one stable client."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Name or address of the broker. 127.0.0.1: mosquitto runs beside the hub.",
    )
    port: int = Field(
        default=1883, ge=1, le=65535, description="TCP port of the broker; 8883 is usual with tls."
    )
    name: str = Field(
        default="hub",
        pattern=r"^[A-Za-z0-9_-]{1,40}$",
        description="Names this hub on the broker: its client id is scentd-<name>, its status "
        "topic scent/hub/<name>/status. Two hubs on one broker need two names.",
    )
    version: Literal["auto", "5", "3.1.1"] = Field(
        default="auto",
        description="MQTT version spoken. auto: 5, and 3.1.1 with a broker that does not take it.",
    )
    username: str | None = Field(
        default=None, description="User of the broker. None: the broker lets anybody in."
    )
    password: SecretStr | None = Field(
        default=None, description="Password of that user; password_file is the safer place."
    )
    password_file: Path | None = Field(
        default=None,
        description="File whose first line is the password, such as a systemd credential. None: "
        "`password` is used.",
    )
    tls: bool = Field(
        default=False, description="Speak TLS 1.2 or newer. Off: the broker is on this machine."
    )
    ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authority that signed the broker's certificate. None: the "
        "authorities this machine trusts.",
    )
    client_cert_file: Path | None = Field(
        default=None, description="PEM certificate by which the hub shows who it is. None: none."
    )
    client_key_file: Path | None = Field(
        default=None, description="PEM key of that certificate. None: it is in the same file."
    )
    keepalive_s: int = Field(
        default=20,
        ge=1,
        le=3600,
        description="Seconds of silence after which either side is asked for a sign of life. 20: "
        "the house learns of a dead hub within 30 s (1.5 times this, by the standard).",
    )
    connect_timeout_s: float = Field(
        default=5.0,
        gt=0,
        le=60,
        description="Seconds an attempt may take. 5: ten times what a slow Wi-Fi needs.",
    )
    backoff_first_s: float = Field(
        default=0.2, gt=0, le=10, description="Seconds the first wait after a loss is at most."
    )
    backoff_factor: float = Field(
        default=1.7, ge=1, le=10, description="By how much each further wait may be longer."
    )
    backoff_ceiling_s: float = Field(
        default=30.0,
        gt=0,
        le=600,
        description="Seconds no wait exceeds. 30: a broker's return is noticed before people do.",
    )
    backoff_ceiling_loopback_s: float = Field(
        default=1.0,
        gt=0,
        le=600,
        description="The same for a broker on this machine. 1: an attempt there costs nothing.",
    )
    healthy_after_s: float = Field(
        default=30.0,
        gt=0,
        description="Seconds a connection must last before the waits begin anew. 30: two clients "
        "that take over each other's session slow down instead of fighting.",
    )
    max_payload_bytes: int = Field(
        default=262_144,
        ge=1024,
        le=16_777_216,
        description="Bytes of payload above which a message is counted and dropped. 256 KiB: 60 "
        "times the longest message a diffuser sends.",
    )
    max_announcement_bytes: int = Field(
        default=8_388_608,
        ge=1024,
        le=16_777_216,
        description="The same where devices announce themselves. 8 MiB: a Zigbee bridge says all "
        "of its devices in one list, up to 15 kB for each, and has room for some hundreds.",
    )
    inbox_messages: int = Field(
        default=10_000,
        ge=100,
        le=1_000_000,
        description="Messages that may wait when they come faster than the house can think; then "
        "the oldest telemetry is dropped and counted. 10,000: about 10 MB at worst.",
    )
    expiry_s: int = Field(
        default=15,
        ge=1,
        le=3600,
        description="Seconds a broker that speaks MQTT 5 may keep an acknowledged message (a "
        "command) for a device that is away. 15: as long as the hub itself tries.",
    )
    outbox_bytes: int = Field(
        default=1_048_576,
        ge=65_536,
        description="Bytes that may wait for a broker that reads slowly; then publishing fails as "
        "if it were away. 1 MiB: thousands of commands.",
    )
