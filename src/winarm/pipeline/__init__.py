"""From a source to a verified wheel."""
