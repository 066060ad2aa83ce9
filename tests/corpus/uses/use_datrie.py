import string

import datrie

trie = datrie.Trie(string.ascii_lowercase)
for number, word in enumerate(("foo", "foobar", "bar", "f")):
    trie[word] = number
assert trie["foobar"] == 1 and "ba" not in trie
assert trie.prefixes("foobarz") == ["f", "foo", "foobar"]
assert trie.keys("fo") == ["foo", "foobar"]
assert trie.longest_prefix("bark") == "bar"
