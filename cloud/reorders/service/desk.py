"""What the services of reorders need besides a session."""

from dataclasses import dataclass

from cloud.orders.links import OrderLinks
from cloud.payments.ports import PaymentGateway
from cloud.reorders.cases import ReorderRules


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports and numbers of reorders, built once by a composition root."""

    gateway: PaymentGateway
    links: OrderLinks
    rules: ReorderRules
