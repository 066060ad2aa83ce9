"""Readers of a wheel's container and metadata, from bytes to values; nothing is ever extracted."""
