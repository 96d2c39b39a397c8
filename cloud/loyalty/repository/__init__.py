"""Queries of points and rewards."""
