"""How many bottles there are: stock, reservations while somebody pays, and the movements ledger."""
