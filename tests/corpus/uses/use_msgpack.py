import msgpack
from msgpack import _cmsgpack

assert msgpack.Packer is _cmsgpack.Packer
data = {"ints": [0, -1, 2**63, -(2**63)], "text": "naïve", "bytes": b"\0\xff", "float": 0.1}
assert msgpack.unpackb(msgpack.packb(data)) == data
assert msgpack.packb([1, None]) == b"\x92\x01\xc0"
