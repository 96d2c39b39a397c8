"""Checkout: from lines and an address to an order, and from a payment to a paid one.

The place where orders, stock and payments meet. Webhooks, the buyer's return and jobs all go
through one function, under the order's row lock.
"""
