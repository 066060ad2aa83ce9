"""The Python that builds, and the isolated environment of its requirements."""
