# Every target is one call of tools/dev.py, which works without make too.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: run test test-long test-ha test-stripe check bench bench-store recommend-report lock help

run test test-long test-ha test-stripe check bench bench-store recommend-report lock help:
	@$(PYTHON) tools/dev.py $@ $(ARGS)
