"""What is built: a requirement, a folder or an sdist, and what its pyproject.toml declares."""
