"""Building: settings, target Python, the child and the way to a verified wheel."""
