"""Exported names of the CPython DLLs."""
