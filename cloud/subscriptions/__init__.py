"""Products that come again and again: what was agreed, when, and each parcel's payment."""
