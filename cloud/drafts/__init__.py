"""Orders that staff prepare for a customer: edited by several, sent as a link, paid as an order."""
