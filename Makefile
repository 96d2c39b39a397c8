# Every target is one call of tools/dev.py, which works without make too.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: run test test-long check bench lock help

run test test-long check bench lock help:
	@$(PYTHON) tools/dev.py $@ $(ARGS)
