"""What a dialect finds in a run of announcements, as the hub would put them together."""

from adapters.corpus.announced import Announced

__all__ = ["Announced"]
