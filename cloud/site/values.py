"""What all values of the settings have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
# A picture of the shop's own: browsers are forbidden to load any other.
OwnAddress = Annotated[str, StringConstraints(pattern=r"^(/[^/\s][^\s]*)?$", max_length=300)]
WebAddress = Annotated[str, StringConstraints(pattern=r"^https://[^\s<>\"]+$", max_length=300)]


class Value(BaseModel):
    """A frozen value that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
