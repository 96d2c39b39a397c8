"""Every mapped class of the cloud, so that the migrations can be compared with them.

A feature with tables adds its line.
"""

from cloud.accounts import models as accounts
from cloud.accounts import right_rows
from cloud.admin import models as admin
from cloud.analytics import models as figures
from cloud.carts import left_models as left_carts
from cloud.carts import models as carts
from cloud.catalogue import models as catalogue
from cloud.checkout import models as checkout
from cloud.discounts import models as discounts
from cloud.disputes import models as disputes
from cloud.drafts import models as drafts
from cloud.foundation import audit, files, rate_limits, repeats
from cloud.foundation.database import Base
from cloud.foundation.jobs import failures, periodic
from cloud.gifts import models as gifts
from cloud.hubs import models as hubs
from cloud.inventory import models as inventory
from cloud.inventory import purchase_models as purchases
from cloud.inventory.forecast import tables as forecasts
from cloud.invoices import models as invoices
from cloud.loyalty import models as loyalty
from cloud.newsletter import models as newsletter
from cloud.notifications import models as notifications
from cloud.orders import models as orders
from cloud.payments import models as payments
from cloud.recommendations import models as recommendations
from cloud.refunds import models as refunds
from cloud.reorders import models as reorders
from cloud.returns import models as returns
from cloud.reviews import models as reviews
from cloud.site import models as site
from cloud.subscriptions import models as subscriptions
from cloud.webhooks import models as webhooks
from cloud.wishlists import models as wishlists

METADATA = Base.metadata

MODULES = (
    periodic,
    failures,
    audit,
    repeats,
    rate_limits,
    files,
    accounts,
    right_rows,
    site,
    catalogue,
    inventory,
    purchases,
    forecasts,
    discounts,
    carts,
    left_carts,
    checkout,
    hubs,
    subscriptions,
    reorders,
    orders,
    drafts,
    payments,
    gifts,
    disputes,
    refunds,
    returns,
    invoices,
    notifications,
    webhooks,
    wishlists,
    loyalty,
    reviews,
    newsletter,
    recommendations,
    admin,
    figures,
)
