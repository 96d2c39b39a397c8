"""Households and their hubs: pairing, what hubs report, and what they are told."""
