"""The companion service: the store, the households and their reorders."""
