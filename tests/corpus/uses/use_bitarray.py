from bitarray import bitarray
from bitarray.util import ba2int, count_and, int2ba

bits = bitarray("1101")
assert bits.count() == 3 and ba2int(bits) == 13
assert int2ba(13, length=8) == bitarray("00001101")
assert count_and(bitarray("1100"), bitarray("0110")) == 1
assert (bits * 1000).tobytes() == b"\xdd" * 500
assert list(bits.search(bitarray("1"))) == [0, 1, 3]
