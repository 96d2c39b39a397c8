"""What can be wrong with members, zones and trackers."""

from scentd.model.errors import ScentdError


class MemberUnknown(ScentdError):
    """No member of that id lives here."""

    code = "member_unknown"

    def __init__(self, member_id: str) -> None:
        super().__init__(f"There is no member “{member_id}”.", "Look at the presence page.")
        self.member_id = member_id


class ZoneUnknown(ScentdError):
    """No zone of that id is known."""

    code = "zone_unknown"

    def __init__(self, zone_id: str) -> None:
        super().__init__(f"There is no zone “{zone_id}”.", "Look at the presence page.")
        self.zone_id = zone_id


class TrackerUnknown(ScentdError):
    """No tracker of that id was heard."""

    code = "tracker_unknown"

    def __init__(self, tracker_id: str) -> None:
        super().__init__(
            f"No tracker “{tracker_id}” was heard.",
            "Let it speak once; what nobody was given is forgotten at a restart.",
        )
        self.tracker_id = tracker_id


class HomeZoneFixed(ScentdError):
    """Home goes where the household goes, and cannot be deleted."""

    code = "home_zone_fixed"

    def __init__(self) -> None:
        super().__init__(
            "Home is always a zone; its middle is the household's place.",
            "Change the household's place, or home's radius alone.",
        )


class TooManyPlaces(ScentdError):
    """A household may not have more of these."""

    code = "too_many_places"

    def __init__(self, most: int) -> None:
        super().__init__(f"A household may have {most} of these at most.", "Delete one first.")
        self.most = most
