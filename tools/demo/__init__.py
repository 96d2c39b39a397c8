"""The living demo: `python -m tools.demo`, which `make run` calls."""
