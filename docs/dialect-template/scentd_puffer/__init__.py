"""The Puffer dialect: a template to begin with."""
