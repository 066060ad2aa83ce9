"""Wheelhouses: every wheel that a stack needs on the target, in one folder."""
