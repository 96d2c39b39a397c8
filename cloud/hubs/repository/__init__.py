"""The statements of this feature, one module per group of tables."""
