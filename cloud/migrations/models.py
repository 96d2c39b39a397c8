"""Every mapped class of the cloud, so that the migrations can be compared with them.

A feature with tables adds its line.
"""

from cloud.accounts import models as accounts
from cloud.carts import models as carts
from cloud.catalogue import models as catalogue
from cloud.foundation import rate_limits
from cloud.foundation.database import Base
from cloud.foundation.jobs import periodic
from cloud.hubs import models as hubs
from cloud.inventory import models as inventory
from cloud.notifications import models as notifications
from cloud.orders import models as orders
from cloud.payments import models as payments
from cloud.refunds import models as refunds
from cloud.reorders import models as reorders
from cloud.site import models as site

METADATA = Base.metadata

MODULES = (
    periodic,
    rate_limits,
    accounts,
    site,
    catalogue,
    inventory,
    carts,
    hubs,
    reorders,
    orders,
    payments,
    refunds,
    notifications,
)
