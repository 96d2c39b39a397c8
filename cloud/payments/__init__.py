"""Payments: asking for money, saved cards, and what the provider says became of it.

A port with an implementation over Stripe's SDK. Knows orders only by their id: what a payment
means for its order is decided above, by whoever listens to the events.
"""
