"""Ids that callers send, held to what the database's column can hold."""

from typing import Annotated

from fastapi import Form, Path

# PostgreSQL's bigint; a larger number is refused at the door and not by the database.
MOST_ID = 2**63 - 1

RowId = Annotated[int, Path(ge=1, le=MOST_ID)]
FormId = Annotated[int, Form(ge=1, le=MOST_ID)]
MaybeFormId = Annotated[int | None, Form(ge=1, le=MOST_ID)]
