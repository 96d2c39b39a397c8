"""What disputes do at news from payments."""

from collections.abc import Mapping

from cloud.disputes import service
from cloud.foundation.events import Handler
from cloud.payments.events import DisputeObserved

HANDLERS: Mapping[type, Handler] = {DisputeObserved: service.apply_dispute}
