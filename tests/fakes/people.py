"""Members who are where a test says."""


class FakePeople:
    """Where members are; whoever is not in `where` is unknown."""

    def __init__(self, **where: str) -> None:
        self.where = where

    def whereabouts(self, member_id: str) -> str:
        return self.where.get(member_id, "unknown")

    def is_someone_home(self) -> bool:
        return "home" in self.where.values()

    def is_nobody_home(self) -> bool:
        return bool(self.where) and set(self.where.values()) == {"away"}
