"""The table of checkout."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base


class VatCheck(Base):
    """What the EU's register said of a VAT number, and when; it is asked again a day later."""

    __tablename__ = "vat_checks"

    number: Mapped[str] = mapped_column(primary_key=True)
    is_valid: Mapped[bool]
    checked_at: Mapped[datetime] = mapped_column(index=True)
