"""What hubs and account pages ask over HTTP."""

from cloud.hubs.routes.account import account_routes
from cloud.hubs.routes.hub import hub_routes
from cloud.hubs.routes.socket import hub_socket

__all__ = ["account_routes", "hub_routes", "hub_socket"]
