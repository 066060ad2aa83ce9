"""Native libraries of the target: where they are, how they are found, and how wheels bring them."""
