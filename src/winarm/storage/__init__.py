"""Files that are there whole or not at all: caches, scratch folders, delivery."""
