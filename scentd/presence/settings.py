"""What a household may set about how the hub learns who is home."""

from pydantic import BaseModel, ConfigDict, Field

from scentd.model.presence import TrackerKind
from scentd.presence.tracker import Patience

_ARRIVE = "Seconds a tracker of this kind must say that it came before that counts. 0: at once."


class AppPatience(BaseModel):
    """Apps that speak to the hub's own API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_arrive_s: int = Field(default=0, ge=0, le=3600, description=_ARRIVE)
    app_leave_s: int = Field(
        default=300,
        ge=0,
        le=86_400,
        description=(
            "Seconds an app must say that its bearer is gone before that counts. 300: a fix that "
            "jumps across the street and back switches nothing off."
        ),
    )


class OwnTracksPatience(BaseModel):
    """OwnTracks over MQTT."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    owntracks_prefix: str = Field(
        default="owntracks",
        min_length=1,
        pattern="^[^+#]+$",
        description="Topic before user and device. owntracks: the app's own default.",
    )
    owntracks_arrive_s: int = Field(default=0, ge=0, le=3600, description=_ARRIVE)
    owntracks_leave_s: int = Field(
        default=300,
        ge=0,
        le=86_400,
        description="Seconds OwnTracks must say “gone” before that counts. 300: as for apps.",
    )


class RoomPatience(BaseModel):
    """Receivers in rooms that see phones, watches and beacons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    room_topics: tuple[str, ...] = Field(
        default=("espresense/devices/+/+", "room_presence/+"),
        description=(
            "Topic filters of receivers that see a device. ESPresense's and room-assistant's own."
        ),
    )
    room_arrive_s: int = Field(default=0, ge=0, le=3600, description=_ARRIVE)
    room_leave_s: int = Field(
        default=600,
        ge=1,
        le=86_400,
        description=(
            "Seconds of silence after which what was seen in a room is gone. 600: phones that "
            "sleep are silent for minutes."
        ),
    )


class RouterPatience(BaseModel):
    """The router's list of devices."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    router_topics: tuple[str, ...] = Field(
        default=("device_tracker/+", "presence/+"),
        description=(
            "Topic filters under which a router says home or not_home; the last level names the "
            "device. These two: what scripts for OpenWrt and asuswrt use most."
        ),
    )
    router_arrive_s: int = Field(default=0, ge=0, le=3600, description=_ARRIVE)
    router_leave_s: int = Field(
        default=300,
        ge=0,
        le=86_400,
        description=(
            "Seconds a router must say “gone” before that counts. 300: a phone's radio sleeps, "
            "and roaming between access points takes its time."
        ),
    )


class PresenceSettings(BaseModel):
    """Who tells of the members, and how long they must insist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    gone_after_s: int = Field(
        default=172_800,
        ge=600,
        le=30 * 86_400,
        description=(
            "Seconds of silence after which a tracker's word no longer counts and its bearer's "
            "place is unknown. 172800: two days; a dead battery is noticed before."
        ),
    )
    app: AppPatience = AppPatience()
    owntracks: OwnTracksPatience = OwnTracksPatience()
    room: RoomPatience = RoomPatience()
    router: RouterPatience = RouterPatience()

    def patience_by_kind(self) -> dict[TrackerKind, Patience]:
        """Give how long each kind of tracker must insist; what rooms see fades."""
        app, tracks, room, router = self.app, self.owntracks, self.room, self.router
        return {
            TrackerKind.APP: Patience(app.app_arrive_s, app.app_leave_s),
            TrackerKind.OWNTRACKS: Patience(tracks.owntracks_arrive_s, tracks.owntracks_leave_s),
            TrackerKind.ROOM: Patience(room.room_arrive_s, room.room_leave_s, fades=True),
            TrackerKind.ROUTER: Patience(router.router_arrive_s, router.router_leave_s),
        }
