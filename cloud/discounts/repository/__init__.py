"""Queries of promotions, coupons and gift cards."""
