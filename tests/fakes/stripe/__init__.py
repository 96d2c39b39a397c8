"""A stand-in for Stripe's servers: in memory, on loopback, spoken to by the official SDK.

`FakeStripe` in `server` runs it inside a test; `python -m tests.fakes.stripe` runs it beside the
demo. It keeps to the wire format of the API version that the SDK pins and must not know the shop.
"""
