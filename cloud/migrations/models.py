"""Every mapped class of the cloud, so that the migrations can be compared with them.

A feature with tables adds its line.
"""

from cloud.accounts import models as accounts
from cloud.foundation import rate_limits
from cloud.foundation.database import Base
from cloud.foundation.jobs import periodic
from cloud.site import models as site

METADATA = Base.metadata

MODULES = (
    periodic,
    rate_limits,
    accounts,
    site,
)
