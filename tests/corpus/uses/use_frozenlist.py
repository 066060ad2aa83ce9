import frozenlist
from frozenlist import _frozenlist

assert frozenlist.FrozenList is _frozenlist.FrozenList
items = frozenlist.FrozenList([1, 2])
items.append(3)
items.freeze()
assert list(items) == [1, 2, 3] and hash(items) == hash((1, 2, 3))
try:
    items.append(4)
except RuntimeError:
    pass
else:
    raise AssertionError("a frozen list grew")
