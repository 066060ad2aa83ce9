"""Headers, pyconfig.h and import libraries of the target's Python, and its NumPy."""
