"""Reorders: from "this cartridge runs low" to one order, asked for or agreed to beforehand.

Deciding (`decide`, pure) is separate from doing (`service`). The hub reports evidence; whether a
bottle is ordered is decided here.
"""
