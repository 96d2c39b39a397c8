"""Disputes: a buyer's bank objects to a payment, the shop answers, the bank decides.

What the provider says is heard like a payment's word: fetched, never believed, in any order. An
order whose goods are still here waits until the bank has decided.
"""
