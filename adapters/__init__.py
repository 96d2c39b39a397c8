"""Translators between the outside world's dialects and the model of scentd."""
