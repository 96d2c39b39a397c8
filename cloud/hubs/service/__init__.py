"""What the rest of the cloud asks of hubs and households."""

from cloud.hubs.service.documents import edit, publish

__all__ = ["edit", "publish"]
