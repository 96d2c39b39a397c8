"""The household page: server-rendered, usable without JavaScript, live with it.

Reads the house and words it; every change goes through the same parts the API uses.
"""
