"""How an order's number is written in addresses."""

from typing import Annotated

from fastapi import Path

# Longer than any number of ours, so that nobody sends a book.
OrderNumber = Annotated[str, Path(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9-]+$")]
