"""The hub's side of scent-sync: pairing, the outbox up, documents down. All of it is optional:
without a cloud, or without its answer, the home runs just the same.
"""
