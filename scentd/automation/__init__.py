"""Automation rules: triggers found by index, conditions, actions in order, and a trace."""
