"""Reading and changing the settings."""

from cloud.site.service.reading import SiteReader, read_site
from cloud.site.service.writing import change_site

__all__ = ["SiteReader", "change_site", "read_site"]
