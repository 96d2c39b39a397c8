"""What the services of subscriptions need besides a session."""

from dataclasses import dataclass

from cloud.payments.ports import PaymentGateway


@dataclass(frozen=True, slots=True)
class Desk:
    """The ports of subscriptions, built once by a composition root."""

    gateway: PaymentGateway
