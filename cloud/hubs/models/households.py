"""Households and who belongs to them."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum


class Household(Timestamped, Base):
    """A home with its own documents and hubs.

    `version` counts changes of its documents; whoever changes one takes the next number with
    UPDATE ... RETURNING, which makes the numbers commit in order. `stamp` is the hybrid clock of
    edits made in the account. Below `low_water` deletions are forgotten: a hub whose cursor is
    older takes a snapshot.
    """

    __tablename__ = "households"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name_length"),
        CheckConstraint("0 <= low_water AND low_water <= version", name="versions"),
        CheckConstraint("stamp >= 0", name="stamp"),
    )

    id: Mapped[BigId]
    name: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("0"))
    stamp: Mapped[int] = mapped_column(server_default=text("0"))
    low_water: Mapped[int] = mapped_column(server_default=text("0"))


class HouseholdRole(StrEnum):
    """OWNER pairs and removes hubs, ADULT may spend, GUEST looks."""

    OWNER = "OWNER"
    ADULT = "ADULT"
    GUEST = "GUEST"


class HouseholdMember(Timestamped, Base):
    """An account's place in a household."""

    __tablename__ = "household_members"

    household_id: Mapped[int] = mapped_column(
        ForeignKey("households.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[HouseholdRole] = mapped_column(text_enum(HouseholdRole, "role"))
