"""Measurements, side by side in one run: what we cost beside the bare libraries we stand on.

Nothing here asserts anything: machines differ, and only ratios within one run can be compared.
What is measured and what loads it are always different processes.
"""
