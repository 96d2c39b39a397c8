"""Returns: bottles that come back, from the buyer's wish to the money.

Stands above refunds, which gives the money; knows nothing of pages and mails.
"""
