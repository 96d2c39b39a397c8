"""What staff keep of their own work."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


class StaffView(Timestamped, Base):
    """A way to look at a list that somebody keeps under a name, for themselves or for all.

    `listing` is the list's name, `query` what its address asks for ("q=ada&state=low").
    """

    __tablename__ = "staff_views"
    __table_args__ = (
        UniqueConstraint("owner_user_id", "listing", "name"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("listing ~ '^[a-z0-9-]{1,60}$'", name="listing"),
        CheckConstraint("length(query) <= 1000", name="query"),
    )

    id: Mapped[BigId]
    owner_user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    listing: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    is_shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
