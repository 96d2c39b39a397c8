"""Invoices, credit notes and packing slips: numbered without gaps, drawn once, kept as drawn."""
