"""The catalogue's writing side: what staff change, whichever door it comes through.

Every function takes the member of staff who asks, writes the audit in the same transaction, and
refuses what an outdated copy would overwrite. Nothing here commits. The shop's reads are elsewhere
(`shop_window`); other features ask `cloud.catalogue.service`.
"""
