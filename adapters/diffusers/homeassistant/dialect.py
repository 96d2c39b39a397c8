"""The dialect of whatever announces itself for Home Assistant and has no dialect of its own."""

from adapters.diffusers.announced.dialect import AnnouncedDialect
from adapters.diffusers.announced.owners import Owner

DIALECT = "ha"


class HomeAssistantDialect(AnnouncedDialect):
    """Stateless: one instance serves every such device."""

    owner = Owner.OTHERS

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return DIALECT
