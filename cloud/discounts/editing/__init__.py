"""Promotions, coupons and gift cards as staff make and change them, each write in the audit."""
