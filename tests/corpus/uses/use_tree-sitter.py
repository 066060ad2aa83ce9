from tree_sitter import LANGUAGE_VERSION, Parser, Point

assert LANGUAGE_VERSION >= 14
assert Point(1, 2).row == 1
assert Parser().language is None
